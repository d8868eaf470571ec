package net.api.host;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
     * @param properties those of its node that the host tells of, as the device tree has them
     */
    record Node(String name, List<String> compatible, List<Long> regions, int interrupts, boolean dmaCoherent, Map<String, ByteBuffer> properties) {
        /** Copies the lists and the properties. */
        public Node {
            compatible = List.copyOf(compatible);
            regions = List.copyOf(regions);
            Map<String, ByteBuffer> copies = new TreeMap<>();
            properties.forEach((key, value) -> copies.put(key, ByteBuffer.allocate(value.remaining()).put(value.duplicate()).flip().asReadOnlyBuffer()));
            properties = Collections.unmodifiableMap(copies);
        }

        /** A device whose host tells of no properties. */
        public Node(String name, List<String> compatible, List<Long> regions, int interrupts, boolean dmaCoherent) {
            this(name, compatible, regions, interrupts, dmaCoherent, Map.of());
        }

        /** A property that is one string, as the device tree has it. */
        public static ByteBuffer text(String value) {
            return StandardCharsets.US_ASCII.encode(value + "\0");
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

    /** {@link #release} keeps the device from all memory, so that may be freed afterwards; else nobody but its driver can stop it. For one that was acquired. */
    default boolean releaseStopsDma(String name) {
        return true;
    }

    /** Lets the device go. Nothing if it was not acquired. */
    default void release(String name) {
    }

    /** Maps a register window; valid until {@link #release}. */
    Mmio mapRegion(String name, int region);

    /** Opens its interrupts, in the order of the device tree. */
    List<Interrupt> openInterrupts(String name, int count);
}
