/** The driver contract suite and hosts for it: for tests and for authors of drivers. */
package net.testkit;
