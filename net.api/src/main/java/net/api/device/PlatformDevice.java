package net.api.device;

import java.util.List;
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
}
