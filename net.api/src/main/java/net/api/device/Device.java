package net.api.device;

import org.osgi.annotation.versioning.ProviderType;

/**
 * A device as the runtime lists it, attached or not. Registered as a service by the device manager as long as the device is there, under this
 * interface and {@link PciDevice} or {@link PlatformDevice}, with the properties named here and in those. All methods from any thread.
 */
@ProviderType
public interface Device {
    /** Service property, String: {@link #address}. */
    String ADDRESS = "device.address";
    /** Service property, String: the name of the host that supplies it. */
    String HOST = "device.host";
    /** Service property, String: {@link #bus}. */
    String BUS = "device.bus";
    /** Service property, String: {@link DeviceStatus#state} in lower case. */
    String STATE = "device.state";
    /** Service property, String: {@link DeviceStatus#reason}; absent if empty. */
    String REASON = "device.reason";
    /** Service property, String: name of the attached driver; absent without one. */
    String DRIVER = "driver.name";
    /** Service property, String: what the host calls the driver that the operating system has bound; absent without one. */
    String KERNEL_DRIVER = "device.kernel.driver";
    /** Service property, Integer: IOMMU group; absent without one. */
    String IOMMU_GROUP = "device.iommu.group";
    /** Service property, Integer: NUMA node; absent if unknown. */
    String NUMA_NODE = "device.numa.node";
    /** Service property, String[]: the operating system's network interfaces on it, such as {@code eth0 (up, default route)}; absent without one. */
    String KERNEL_INTERFACES = "device.kernel.interfaces";
    /** Service property, String: names of vendor and product, from a list that the host has; absent if unknown. */
    String PRODUCT = "device.product";
    /** {@link #bus} of PCI functions. */
    String PCI = "pci";
    /** {@link #bus} of devices that a device tree describes. */
    String PLATFORM = "platform";

    /** The name in the runtime, unique: host and bus address, such as {@code sim/0000:00:01.0} or {@code sim/ethernet@3200c000}. */
    String address();

    /** The name of the host that supplies it. */
    String host();

    /** {@link #PCI} or {@link #PLATFORM}. */
    String bus();

    /** What the device is, for people: {@code virtio 1af4:1041, class 020000} or {@code cdns,phytium-gem-1.0}. */
    String description();

    /** State, driver and reason, together. */
    DeviceStatus status();
}
