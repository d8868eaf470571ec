package net.api.device;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** A device that a device tree describes. */
@ProviderType
public interface PlatformDevice extends Device {
    /** Service property, String[]: {@link #compatible}. */
    String COMPATIBLE = "platform.compatible";

    /** The {@code compatible} strings, most specific first. Devicetree Specification 0.4, 2.3.1. */
    List<String> compatible();

    /** DMA of the device sees what the caches hold, and the other way round. */
    boolean dmaCoherent();

    /**
     * A property of its node as the device tree has it: strings end with a zero byte, numbers are big-endian cells of four bytes.
     *
     * @param name such as {@code phy-mode}
     * @return a copy; empty if the node has no such property, or the host does not tell
     */
    Optional<byte[]> property(String name);

    /** The first string of a property. */
    default Optional<String> text(String name) {
        return property(name).map(b -> new String(b, StandardCharsets.US_ASCII)).map(t -> t.substring(0, t.indexOf('\0') < 0 ? t.length() : t.indexOf('\0')));
    }
}
