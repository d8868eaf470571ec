/** The device manager: enumerates hosts, matches devices to drivers, attaches and detaches. */
package net.pci;
