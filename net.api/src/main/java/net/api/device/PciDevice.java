package net.api.device;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** A PCI function. Ids, BARs and capabilities were read once, when it was found. */
@ProviderType
public interface PciDevice extends Device {
    /** Service property, String: vendor id, four lower-case hexadecimal digits. */
    String VENDOR = "pci.vendor";
    /** Service property, String: device id, four lower-case hexadecimal digits. */
    String DEVICE = "pci.device";
    /** Service property, String: subsystem vendor id, four lower-case hexadecimal digits. */
    String SUBSYSTEM_VENDOR = "pci.subsystem.vendor";
    /** Service property, String: subsystem id, four lower-case hexadecimal digits. */
    String SUBSYSTEM = "pci.subsystem";
    /** Service property, String: class code, six lower-case hexadecimal digits: class, subclass, interface. */
    String CLASS = "pci.class";

    /** Where it is on its host. */
    PciAddress pciAddress();

    /** 0 to 0xfffe. */
    int vendorId();

    /** 0 to 0xffff. */
    int deviceId();

    /** 0 to 0xffff; 0 if there is none. */
    int subsystemVendorId();

    /** 0 to 0xffff; 0 if there is none. */
    int subsystemId();

    /** Class in bits 23 to 16, subclass in 15 to 8, programming interface in 7 to 0. */
    int classCode();

    /** 0 to 255. */
    int revision();

    /** The BARs that are there, by index. */
    List<PciBar> bars();

    /** The capabilities in the order of the lists; a walk that meets a loop or leaves configuration space ends there. */
    List<PciCapability> capabilities();

    /**
     * Reads configuration space.
     *
     * @param offset 0 to 4095, a multiple of the width
     * @param width 1, 2 or 4 bytes
     * @return zero-extended in the low bits; all ones in the width if the device is gone or the offset is beyond what it has
     * @throws net.api.DevException INVALID_PARAM if offset or width are outside
     */
    int configRead(int offset, int width);
}
