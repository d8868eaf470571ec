/**
 * The device manager: enumerates hosts, matches devices to drivers, attaches and detaches.
 *
 * <p>{@link net.pci.DeviceEngine} is the way in. {@code Manager} decides, on one thread; {@code Matchmaker} chooses driver and pool; {@code Lifecycle} joins and parts;
 * {@code DeviceAttachment} owns what a driver was given. {@code net.pci.bus} reads and writes configuration space, {@code net.pci.osgi} holds the components.
 */
package net.pci;
