/** Starts and stops the runtime from a command line. */
package net.launch;
