/** Answers ARP, neighbour solicitations and pings, in place on the received buffer. */
package net.app.echo;
