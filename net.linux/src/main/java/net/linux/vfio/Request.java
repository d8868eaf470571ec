package net.linux.vfio;

import java.lang.foreign.MemorySegment;
import net.linux.sys.Descriptors;

/** Requests of VFIO and iommufd: {@code _IO(';', number)} of linux/vfio.h and linux/iommufd.h. */
enum Request {
    VFIO_GET_API_VERSION(100),
    VFIO_CHECK_EXTENSION(101),
    VFIO_SET_IOMMU(102),
    VFIO_GROUP_GET_STATUS(103),
    VFIO_GROUP_SET_CONTAINER(104),
    VFIO_GROUP_GET_DEVICE_FD(106),
    VFIO_DEVICE_GET_INFO(107),
    VFIO_DEVICE_GET_REGION_INFO(108),
    VFIO_DEVICE_GET_IRQ_INFO(109),
    VFIO_DEVICE_SET_IRQS(110),
    VFIO_DEVICE_RESET(111),
    VFIO_IOMMU_GET_INFO(112),
    VFIO_IOMMU_MAP_DMA(113),
    VFIO_IOMMU_UNMAP_DMA(114),
    VFIO_DEVICE_BIND_IOMMUFD(118),
    VFIO_DEVICE_ATTACH_IOMMUFD_PT(119),
    IOMMU_IOAS_ALLOC(0x81),
    IOMMU_IOAS_MAP(0x85),
    IOMMU_IOAS_UNMAP(0x86);

    private final int code;

    Request(int number) {
        code = ';' << 8 | number;
    }

    int code() {
        return code;
    }

    /** @throws net.linux.sys.SystemCallException what the kernel refuses with */
    int on(Descriptors fds, int fd, MemorySegment argument) {
        return fds.ioctl(fd, code, name(), argument);
    }

    /** With a number for an argument. */
    int on(Descriptors fds, int fd, long argument) {
        return fds.ioctl(fd, code, name(), MemorySegment.ofAddress(argument));
    }
}
