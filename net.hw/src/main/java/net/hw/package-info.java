/** Registers and descriptor layouts as data; copied into the bundles that use it, never deployed. */
package net.hw;
