package net.api;

import org.osgi.annotation.versioning.ProviderType;

/** What every attached device answers, whatever its class. Any thread. Source: axdriver_base. */
@ProviderType
public interface BaseDriverOps {
    /** The name under which users know the device: its address in the runtime, such as {@code sim/0000:00:01.0}. */
    String deviceName();

    /** The class of the device. */
    DeviceType deviceType();
}
