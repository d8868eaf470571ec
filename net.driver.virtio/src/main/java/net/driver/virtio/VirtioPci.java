package net.driver.virtio;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import net.api.DevError;
import net.api.DevException;
import net.api.device.Mmio;
import net.api.device.PciBar;
import net.api.device.PciCapability;
import net.api.device.PciDevice;
import net.api.driver.Attachment;
import net.api.driver.Register;
import net.hw.virtio.CommonConfig;
import net.hw.virtio.DeviceStatus;
import net.hw.virtio.NetConfig;
import net.hw.virtio.PciCap;

/** The registers of a modern virtio function: where its capabilities say they are, and the few things that are done with them. 4.1.4, 4.1.5. */
final class VirtioPci {
    /** All ones in 8 bits: no status that a device can have. */
    static final int GONE = 0xff;
    private static final int STEP_NANOS = 50_000;

    /**
     * Where a structure is.
     *
     * @param bar index of the BAR
     * @param window its registers
     * @param offset of the first byte in the window
     * @param length in bytes
     */
    record Structure(int bar, Mmio window, long offset, long length) {
    }

    private final String name;
    private final Structure common;
    private final Structure notify;
    private final Structure device;
    private final long notifyMultiplier;

    /**
     * Finds and maps the structures.
     *
     * @throws DevException UNSUPPORTED with what is missing
     */
    VirtioPci(Attachment attachment) {
        if (!(attachment.device() instanceof PciDevice pci)) {
            throw new DevException(DevError.UNSUPPORTED, attachment.device().address() + " is no PCI function");
        }
        name = pci.address();
        List<String> faults = new ArrayList<>();
        Found c = find(pci, PciCap.COMMON_CFG, CommonConfig.SIZE_1_0, 4, faults);
        Found n = find(pci, PciCap.NOTIFY_CFG, 2, 2, faults);
        Found d = find(pci, PciCap.DEVICE_CFG, NetConfig.MAC.count(), 4, faults);
        if (!faults.isEmpty()) {
            throw new DevException(DevError.UNSUPPORTED, "%s: a modern virtio function (1.0 or later) is needed: %s%s".formatted(name,
                    String.join("; ", faults), pci.deviceId() == PciCap.NET_TRANSITIONAL_DEVICE_ID ? "; it is transitional: turn its modern side on" : ""));
        }
        common = c.map(attachment);
        notify = n.map(attachment);
        device = d.map(attachment);
        notifyMultiplier = n.multiplier;
    }

    private record Found(int bar, long offset, long length, long multiplier) {
        Structure map(Attachment attachment) {
            return new Structure(bar, attachment.map(bar), offset, length);
        }
    }

    /** The first capability of the type that can be used, 4.1.4.1; else the faults say why there is none. */
    private static Found find(PciDevice pci, int type, int minLength, int alignment, List<String> faults) {
        String what = switch (type) {
            case PciCap.COMMON_CFG -> "common configuration";
            case PciCap.NOTIFY_CFG -> "notifications";
            default -> "device configuration";
        };
        List<String> why = new ArrayList<>();
        for (PciCapability cap : pci.capabilities()) {
            if (cap.extended() || cap.id() != PciCapability.VENDOR || pci.configRead(cap.offset() + PciCap.CFG_TYPE, 1) != type) {
                continue;
            }
            int capLength = pci.configRead(cap.offset() + PciCap.CAP_LEN, 1);
            int bar = pci.configRead(cap.offset() + PciCap.BAR, 1);
            int needed = type == PciCap.NOTIFY_CFG ? PciCap.MIN_NOTIFY_LEN : PciCap.MIN_LEN;
            if (capLength < needed || cap.offset() + capLength > 256) {
                why.add("the capability at 0x%02x is %d bytes long, %d are needed, within 256 bytes of configuration space"
                        .formatted(cap.offset(), capLength, needed));
                continue;
            }
            // 32-bit fields, read into 64 bits: their sum cannot wrap.
            long offset = pci.configRead(cap.offset() + PciCap.OFFSET, 4) & 0xffff_ffffL;
            long length = pci.configRead(cap.offset() + PciCap.LENGTH, 4) & 0xffff_ffffL;
            long multiplier = type == PciCap.NOTIFY_CFG ? pci.configRead(cap.offset() + PciCap.NOTIFY_OFF_MULTIPLIER, 4) & 0xffff_ffffL : 0;
            Optional<PciBar> memory = pci.bars().stream().filter(b -> b.index() == bar && b.type() != PciBar.Type.IO).findFirst();
            if (memory.isEmpty()) {
                why.add("the capability at 0x%02x names BAR %d, which is no memory BAR of this function".formatted(cap.offset(), bar));
            } else if (offset + length > memory.get().size()) {
                why.add("the capability at 0x%02x: offset 0x%x and length 0x%x reach beyond the 0x%x bytes of BAR %d"
                        .formatted(cap.offset(), offset, length, memory.get().size(), bar));
            } else if (length < minLength || offset % alignment != 0) {
                why.add("the capability at 0x%02x: offset 0x%x must be a multiple of %d, and length 0x%x at least 0x%x"
                        .formatted(cap.offset(), offset, alignment, length, minLength));
            } else if (multiplier != 0 && (Long.bitCount(multiplier) != 1 || multiplier == 1)) {
                why.add("the capability at 0x%02x: notify_off_multiplier %d is no even power of two (4.1.4.4)".formatted(cap.offset(), multiplier));
            } else {
                return new Found(bar, offset, length, multiplier);
            }
        }
        faults.add(why.isEmpty() ? "no capability for its " + what : what + ": " + String.join(", ", why));
        return null;
    }

    // ---- registers ----

    /** A register of the common configuration. */
    int read(CommonConfig r) {
        return read(common, r, 0);
    }

    void write(CommonConfig r, int value) {
        long at = common.offset + r.offset();
        switch (r.width()) {
            case 1 -> common.window.write8(at, value);
            case 2 -> common.window.write16(at, value);
            default -> common.window.write32(at, value);
        }
    }

    /** Writes a register of 64 bits, low half first: 4.1.3.1. */
    void write64(CommonConfig r, long value) {
        common.window.write32(common.offset + r.offset(), (int) value);
        common.window.write32(common.offset + r.offset() + 4, (int) (value >>> 32));
    }

    /** Number {@code i} of a field of the device configuration. */
    int read(NetConfig r, int i) {
        return read(device, r, i);
    }

    /** The device configuration is long enough for this field. */
    boolean has(NetConfig r) {
        return r.at(r.count() - 1) + r.width() <= device.length;
    }

    /** The common configuration is long enough for this field. */
    boolean has(CommonConfig r) {
        return r.offset() + r.width() <= common.length;
    }

    Structure common() {
        return common;
    }

    Structure device() {
        return device;
    }

    static int read(Structure s, Register r, int i) {
        long at = s.offset + r.at(i);
        return switch (r.width()) {
            case 1 -> s.window.read8(at);
            case 2 -> s.window.read16(at);
            default -> s.window.read32(at);
        };
    }

    int status() {
        return read(CommonConfig.DEVICE_STATUS);
    }

    void addStatus(int bits) {
        write(CommonConfig.DEVICE_STATUS, status() | bits);
    }

    /**
     * The device still answers.
     *
     * @param step what was done last, for the message
     * @throws DevException IO if it does not
     */
    void alive(String step) {
        if (status() == GONE) {
            throw new DevException(DevError.IO, name + " reads as all ones after " + step + ": it is gone, or its memory decoding is off");
        }
    }

    /** Resets the device; status 0 read back ends it: 4.1.4.3.1. Returns what was read last: 0, {@link #GONE}, or what it hangs at. */
    int reset(long nanos) {
        long deadline = System.nanoTime() + nanos;
        write(CommonConfig.DEVICE_STATUS, DeviceStatus.RESET);
        for (;;) {
            int status = status();
            if (status == DeviceStatus.RESET || status == GONE || System.nanoTime() - deadline > 0) {
                return status;
            }
            LockSupport.parkNanos(STEP_NANOS);
        }
    }

    long offeredFeatures() {
        long bits = 0;
        for (int word = 0; word < 2; word++) {
            write(CommonConfig.DEVICE_FEATURE_SELECT, word);
            bits |= (read(CommonConfig.DEVICE_FEATURE) & 0xffff_ffffL) << 32 * word;
        }
        return bits;
    }

    void acceptFeatures(long bits) {
        for (int word = 0; word < 2; word++) {
            write(CommonConfig.DRIVER_FEATURE_SELECT, word);
            write(CommonConfig.DRIVER_FEATURE, (int) (bits >>> 32 * word));
        }
    }

    /**
     * Connects a ring to the place where its notifications are written: 4.1.4.4.
     *
     * @param notifyOff queue_notify_off of the queue, 0 to 0xffff
     * @throws DevException IO if that is outside of the structure
     */
    void connect(SplitRing ring, int notifyOff) {
        long at = notifyOff * notifyMultiplier;
        if (at + 2 > notify.length) {
            throw new DevException(DevError.IO, "%s: queue %d is notified at %d x %d, beyond the 0x%x bytes of the notification structure"
                    .formatted(name, ring.index, notifyOff, notifyMultiplier, notify.length));
        }
        ring.notifyAt(notify.window, notify.offset + at, notifyOff);
    }
}
