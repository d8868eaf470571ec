/** The device manager's components: thin shells around {@link net.pci.DeviceEngine}. */
package net.pci.osgi;
