package net.api.driver;

import java.util.Optional;
import net.api.device.Device;
import net.api.device.PciDevice;
import net.api.device.PlatformDevice;

/** One line of a driver's id table. The more it names, the better it matches. */
public sealed interface DeviceMatch {
    /** What {@link #score} returns when the line does not fit. */
    int NONE = 0;
    /** The device's class fits. */
    int CLASS = 10;
    /** Vendor and device fit; also any but the first compatible string. */
    int DEVICE = 20;
    /** Vendor, device and subsystem fit; also the first compatible string. */
    int SUBSYSTEM = 30;

    /** How well the device fits: {@link #NONE}, {@link #CLASS}, {@link #DEVICE} or {@link #SUBSYSTEM}. */
    int score(Device device);

    /** For people: {@code 1af4:1041}. */
    String text();

    /** A PCI function by vendor and device id. */
    static DeviceMatch pci(int vendor, int device) {
        return new Pci(vendor, device, Optional.empty());
    }

    /** A PCI function by vendor, device, subsystem vendor and subsystem id. */
    static DeviceMatch pci(int vendor, int device, int subsystemVendor, int subsystem) {
        return new Pci(vendor, device, Optional.of(new Subsystem(subsystemVendor, subsystem)));
    }

    /** A PCI function by its class code, compared in the bits of the mask. */
    static DeviceMatch pciClass(int classCode, int mask) {
        return new PciClass(classCode & mask, mask);
    }

    /** A platform device by one of its compatible strings. */
    static DeviceMatch compatible(String compatible) {
        return new Compatible(compatible);
    }

    /**
     * A subsystem.
     *
     * @param vendor 0 to 0xffff
     * @param id 0 to 0xffff
     */
    record Subsystem(int vendor, int id) {
    }

    /**
     * See {@link #pci}.
     *
     * @param vendor 0 to 0xfffe
     * @param device 0 to 0xffff
     * @param subsystem if it must fit too
     */
    record Pci(int vendor, int device, Optional<Subsystem> subsystem) implements DeviceMatch {
        @Override
        public int score(Device d) {
            if (!(d instanceof PciDevice p) || p.vendorId() != vendor || p.deviceId() != device) {
                return NONE;
            }
            if (subsystem.isEmpty()) {
                return DEVICE;
            }
            return subsystem.get().equals(new Subsystem(p.subsystemVendorId(), p.subsystemId())) ? SUBSYSTEM : NONE;
        }

        @Override
        public String text() {
            return "%04x:%04x".formatted(vendor, device) + subsystem.map(s -> " subsystem %04x:%04x".formatted(s.vendor, s.id)).orElse("");
        }
    }

    /**
     * See {@link #pciClass}.
     *
     * @param classCode class, subclass, interface; 24 bits, none outside of the mask
     * @param mask the bits that count
     */
    record PciClass(int classCode, int mask) implements DeviceMatch {
        @Override
        public int score(Device d) {
            return d instanceof PciDevice p && (p.classCode() & mask) == classCode ? CLASS : NONE;
        }

        @Override
        public String text() {
            return "class %06x/%06x".formatted(classCode, mask);
        }
    }

    /**
     * See {@link #compatible}.
     *
     * @param compatible the string to be found
     */
    record Compatible(String compatible) implements DeviceMatch {
        @Override
        public int score(Device d) {
            if (!(d instanceof PlatformDevice p)) {
                return NONE;
            }
            int at = p.compatible().indexOf(compatible);
            return at < 0 ? NONE : at == 0 ? SUBSYSTEM : DEVICE;
        }

        @Override
        public String text() {
            return compatible;
        }
    }
}
