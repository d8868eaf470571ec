/** Packet applications: echo, forward, generate. */
package net.app;
