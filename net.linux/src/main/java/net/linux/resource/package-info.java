/** Devices without VFIO: their registers by files of sysfs, memory where the machine itself has it. Nothing keeps a device within that memory. */
package net.linux.resource;
