/** Devices by way of VFIO: linux/vfio.h and Documentation/driver-api/vfio.rst of the kernel; iommufd: linux/iommufd.h. */
package net.linux.vfio;
