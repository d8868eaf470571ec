package net.api.host;

import java.util.List;
import net.api.device.Interrupt;
import net.api.device.Mmio;
import org.osgi.annotation.versioning.ConsumerType;

/** A host's devices that a device tree describes. */
@ConsumerType
public interface PlatformAccess {
    /**
     * A device.
     *
     * @param name its node, such as {@code ethernet@3200c000}
     * @param compatible {@code compatible} strings, most specific first
     * @param regions sizes of its register windows in bytes
     * @param interrupts number of its interrupts
     * @param dmaCoherent its DMA is coherent with the caches
     */
    record Node(String name, List<String> compatible, List<Long> regions, int interrupts, boolean dmaCoherent) {
        /** Copies the lists. */
        public Node {
            compatible = List.copyOf(compatible);
            regions = List.copyOf(regions);
        }
    }

    /** What is there now. */
    List<Node> nodes();

    /** Why drivers may not be attached to it, in a sentence; "" if they may. */
    default String restriction(String name) {
        return "";
    }

    /**
     * Takes the device for this process, before anything below is called.
     *
     * @throws net.api.DevException RESOURCE_BUSY or UNSUPPORTED, with who holds it and what to do
     */
    default void acquire(String name) {
    }

    /** Lets the device go. Nothing if it was not acquired. */
    default void release(String name) {
    }

    /** Maps a register window; valid until {@link #release}. */
    Mmio mapRegion(String name, int region);

    /** Opens its interrupts, in the order of the device tree. */
    List<Interrupt> openInterrupts(String name, int count);
}
