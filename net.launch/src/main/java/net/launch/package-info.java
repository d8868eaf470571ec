/**
 * From a command line to a running system and back: the one line at the start, the Gogo shell or the commands given with {@code -c}, the exit status,
 * and a stop in which every component is deactivated.
 *
 * <p>bnd's launcher starts the framework and its bundles. What it leaves open is closed here, in a bundle, so that {@code java -jar run.jar -c ...}
 * behaves as {@code ./run -c ...} does: without it SIGTERM ends the virtual machine with components still active (devices keep writing into memory that
 * is about to be given to somebody else), the shell prompts before the last bundle is up, and its {@code exit} ends with status 117.
 */
package net.launch;
