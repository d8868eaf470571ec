/** Gogo commands. */
package net.shell;
