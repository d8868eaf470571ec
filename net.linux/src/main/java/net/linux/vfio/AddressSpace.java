package net.linux.vfio;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.api.DevError;
import net.api.DevException;
import net.linux.sys.SystemCallException;

/** What devices reach: nothing but the mappings here. They are the kernel's as long as it has devices in the space. Any thread. */
final class AddressSpace {
    private final List<Mapping> mappings = new ArrayList<>();
    private Optional<Backend> active = Optional.empty();

    /** @throws DevException NO_MEMORY with the limit that stands in the way */
    synchronized void add(Mapping m) {
        active.ifPresent(b -> map(b, m));
        mappings.add(m);
    }

    synchronized void remove(Mapping m) {
        if (mappings.remove(m)) {
            active.ifPresent(b -> b.unmap(m));
        }
    }

    /** Bytes that the kernel has not counted yet as locked, because nothing is mapped without a device. */
    synchronized long uncounted() {
        return active.isPresent() ? 0 : mappings.stream().mapToLong(m -> m.memory().byteSize()).sum();
    }

    /** The kernel has an address space now: everything is mapped into it. If that fails, nothing is. */
    synchronized void activate(Backend backend) {
        if (active.isPresent()) {
            return;
        }
        List<Mapping> done = new ArrayList<>();
        try {
            for (Mapping m : mappings) {
                map(backend, m);
                done.add(m);
            }
            active = Optional.of(backend);
        } catch (DevException e) {
            done.forEach(backend::unmap);
            throw e;
        }
    }

    /** The kernel has dropped it, with everything in it. */
    synchronized void deactivate() {
        active = Optional.empty();
    }

    private static void map(Backend backend, Mapping m) {
        try {
            backend.map(m);
        } catch (SystemCallException e) {
            String advice = switch (e.errno()) {
                case SystemCallException.ENOMEM -> ": " + Memlock.now().advice();
                case SystemCallException.ENOSPC -> ": the kernel allows no more mappings in one container; take huge pages or larger pools, or raise the limit"
                        + " before the start: echo 65535 > /sys/module/vfio_iommu_type1/parameters/dma_entry_limit";
                case SystemCallException.EINVAL -> ": the IOMMU takes " + backend.ranges();
                default -> "";
            };
            throw new DevException(DevError.NO_MEMORY, "%d bytes for %s could not be mapped at device address 0x%x: %s%s"
                    .formatted(m.memory().byteSize(), m.purpose(), m.iova(), e.getMessage(), advice), e);
        }
    }
}
