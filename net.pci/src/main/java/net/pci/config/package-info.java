/** Configurations against what the bundles that read them say of them: a key that nobody reads and a value that makes no sense are told, and change nothing. */
package net.pci.config;
