package net.linux.vfio;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import net.api.DevError;
import net.api.DevException;
import net.api.host.DmaRequest;
import net.linux.device.IovaSpace;
import net.linux.device.Placement;
import net.linux.sys.Descriptors;
import net.linux.sys.Mappings;

/** VFIO for one host: all of its devices share an address space, by iommufd or by a container, whichever the first device has. Any thread. */
public final class VfioHost implements Placement {
    private final Descriptors fds;
    private final Mappings mappings;
    private final Path dev;
    private final Path sysfs;
    private final IovaSpace addresses;
    private final AddressSpace space = new AddressSpace();
    private Backend backend;

    /**
     * @param dev where devices are, {@code /dev}
     * @param sysfs where sysfs is mounted
     * @param addresses without those that are reserved
     */
    public VfioHost(Descriptors fds, Mappings mappings, Path dev, Path sysfs, IovaSpace addresses) {
        this.fds = fds;
        this.mappings = mappings;
        this.dev = dev;
        this.sysfs = sysfs;
        this.addresses = addresses;
    }

    /**
     * Takes a device that a driver of VFIO is bound to.
     *
     * @param directory the device's, in sysfs
     * @param name what the kernel calls it
     * @throws DevException why it cannot be had, and what to do
     */
    public synchronized VfioDevice open(Path directory, String name) {
        if (backend == null) {
            backend = Iommufd.has(dev, directory) ? new Iommufd(fds, mappings, dev, space) : new Type1(fds, mappings, dev, sysfs, space);
        }
        return backend.open(directory, name);
    }

    /** No device is open, and all memory was removed. Again is no error. */
    public synchronized void close() {
        if (backend != null) {
            backend.close();
            backend = null;
        }
    }

    /**
     * What to say of a device that is in no IOMMU group.
     *
     * @param otherwise what else can be done; "" for nothing
     */
    public static DevException noGroup(String name, String otherwise) {
        return new DevException(DevError.UNSUPPORTED, name + " is in no IOMMU group: the machine's IOMMU is off or there is none. Turn VT-d, AMD-Vi or SMMU on in"
                + " the firmware, and boot with intel_iommu=on on Intel; 'dmesg | grep -i -e DMAR -e IOMMU' shows it" + otherwise);
    }

    @Override
    public String obstacle(long bytes) {
        long needed = space.uncounted() + bytes;
        Memlock memlock = Memlock.now();
        if (memlock.forbids(needed)) {
            memlock = Memlock.raised();
        }
        return memlock.forbids(needed) ? memlock.advice() : "";
    }

    @Override
    public Placed place(DmaRequest request, MemorySegment memory, long page) {
        long alignment = Math.max(page, request.alignment());
        long iova = addresses.take(memory.byteSize(), alignment, request.below4GiB()).orElseThrow(() -> new DevException(DevError.NO_MEMORY,
                "no device addresses are left for the %d bytes of %s, aligned to %d%s".formatted(memory.byteSize(), request.purpose(), alignment,
                        request.below4GiB() ? ", below 4 GiB" : "")));
        Mapping mapping = new Mapping(request.purpose(), iova, memory);
        try {
            space.add(mapping);
        } catch (RuntimeException e) {
            addresses.give(iova);
            throw e;
        }
        return new Placed() {
            @Override
            public long pageSize() {
                return Placed.ofOnePiece(memory.byteSize());
            }

            @Override
            public long iova(long offset) {
                return iova + offset;
            }

            @Override
            public void remove() {
                space.remove(mapping);
                addresses.give(iova);
            }
        };
    }
}
