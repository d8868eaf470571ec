package net.sim;

import net.api.host.MmioWindow;
import net.hw.virtio.CommonConfig;
import net.hw.virtio.DeviceStatus;
import net.hw.virtio.Feature;
import net.hw.virtio.PciCap;
import net.hw.virtio.VirtqDesc;

/**
 * The registers of a virtio device on PCI: the structures in its BAR, and the capabilities that tell where they are. Virtio 1.2, 4.1.4. Under the engine's
 * lock, except {@link #isNotification}.
 */
final class VirtioBar {
    /** The BAR with the structures: 64-bit, so it takes the next one too. */
    static final int BAR = 2;
    static final int MSIX_BAR = 0;
    private static final int SIZE = 0x4000;
    private static final int NOTIFY = 0x0000;
    private static final int COMMON = 0x1000;
    private static final int DEVICE = 0x2000;
    private static final int ISR = 0x3000;
    private static final int COMMON_LENGTH = 0x40;
    private static final CommonConfig[] REGISTERS = new CommonConfig[COMMON_LENGTH];

    static {
        for (CommonConfig r : CommonConfig.values()) {
            REGISTERS[r.offset()] = r;
            if (r.width() == 8) {
                REGISTERS[r.offset() + 4] = r;
            }
        }
    }

    private final VirtioDevice device;
    private final int multiplier;
    private final int configLength;
    private final int window;
    private final int common;
    private final int notify;
    private int featureSelect;
    private int driverFeatureSelect;
    private int queueSelect;

    VirtioBar(VirtioDevice device, int multiplier, int configLength) {
        this.device = device;
        this.multiplier = multiplier;
        this.configLength = configLength;
        device.bar64(BAR, SIZE);
        notify = capability(PciCap.NOTIFY_CFG, 20, NOTIFY, Math.max(2, multiplier * device.queues.length));
        device.config.set(notify + PciCap.NOTIFY_OFF_MULTIPLIER, 4, multiplier);
        common = capability(PciCap.COMMON_CFG, 16, COMMON, COMMON_LENGTH);
        capability(PciCap.DEVICE_CFG, 16, DEVICE, configLength);
        capability(PciCap.ISR_CFG, 16, ISR, 1);
        window = capability(PciCap.PCI_CFG, 20, 0, 0);
        // 4.1.4.9: the driver chooses BAR, offset and length, and finds the registers in the four bytes behind.
        device.config.writable(window + PciCap.BAR, 1, 0xff);
        device.config.writable(window + PciCap.OFFSET, 4, -1);
        device.config.writable(window + PciCap.LENGTH, 4, -1);
        device.config.writable(window + 16, 4, -1);
    }

    private int capability(int type, int length, int offset, int size) {
        int at = device.config.addCapability(0x09, length);
        device.config.set(at + PciCap.CAP_LEN, 1, length);
        device.config.set(at + PciCap.CFG_TYPE, 1, type);
        device.config.set(at + PciCap.BAR, 1, BAR);
        device.config.set(at + PciCap.OFFSET, 4, offset);
        device.config.set(at + PciCap.LENGTH, 4, size);
        return at;
    }

    void corrupt(CapabilityFault fault) {
        ConfigSpace c = device.config;
        switch (fault) {
            case LOOP -> c.set(notify + 1, 1, notify);
            case INTO_HEADER -> c.set(notify + 1, 1, 0x04);
            case NO_COMMON -> c.set(common + PciCap.CFG_TYPE, 1, 0x77);
            case RESERVED_BAR -> c.set(common + PciCap.BAR, 1, 6);
            case BEYOND_BAR -> c.set(common + PciCap.OFFSET, 4, SIZE - 8);
            case OVERFLOW -> {
                c.set(notify + PciCap.OFFSET, 4, 0xffff_f000);
                c.set(notify + PciCap.LENGTH, 4, 0x2000);
            }
            case SHORT_NOTIFY -> c.set(notify + PciCap.CAP_LEN, 1, 16);
            case ODD_MULTIPLIER -> c.set(notify + PciCap.NOTIFY_OFF_MULTIPLIER, 4, 3);
        }
    }

    void reset() {
        featureSelect = 0;
        driverFeatureSelect = 0;
        queueSelect = 0;
    }

    /** Queues are notified at places in reverse order, so that a driver has to look: 4.1.4.4. */
    private int notifyOff(int queue) {
        return device.queues.length - 1 - queue;
    }

    /** The write notifies the queue whose number it writes, at the queue's own place. Any thread. */
    boolean isNotification(int offset, int width, int value) {
        return width == 2 && value < device.queues.length && offset == NOTIFY + notifyOff(value) * multiplier;
    }

    int read(int offset, int width) {
        if (offset >= COMMON && offset + width <= COMMON + COMMON_LENGTH) {
            return readCommon(offset - COMMON, width);
        }
        if (offset >= DEVICE && offset + width <= DEVICE + configLength) {
            return device.deviceConfig(offset - DEVICE, width);
        }
        return offset == ISR && width == 1 ? device.takeIsr() : 0;
    }

    void write(int offset, int width, int value) {
        if (offset >= COMMON && offset + width <= COMMON + COMMON_LENGTH) {
            writeCommon(offset - COMMON, width, value);
        } else if (isNotification(offset, width, value)) {
            device.kick(value);
        } else {
            device.complain("write of %d bytes, 0x%x, at 0x%x of the BAR: no queue is notified so, and nothing else can be written there", width, value, offset);
        }
    }

    /** The register that an access of this width is for; null, with a complaint, if there is none. 4.1.3.1. */
    private CommonConfig register(int offset, int width) {
        CommonConfig r = REGISTERS[offset];
        if (r == null || Math.min(4, r.width()) != width) {
            device.complain("access of %d bytes at 0x%x of the common configuration (4.1.3.1)", width, offset);
            return null;
        }
        return r;
    }

    private VirtQueue selected() {
        return queueSelect < device.queues.length ? device.queues[queueSelect] : null;
    }

    private int readCommon(int offset, int width) {
        CommonConfig r = register(offset, width);
        if (r == null) {
            return 0;
        }
        return switch (r) {
            case DEVICE_FEATURE_SELECT -> featureSelect;
            case DEVICE_FEATURE -> word(device.offered, featureSelect);
            case DRIVER_FEATURE_SELECT -> driverFeatureSelect;
            case DRIVER_FEATURE -> word(device.driverFeatures(), driverFeatureSelect);
            case CONFIG_MSIX_VECTOR -> device.configVector();
            case NUM_QUEUES -> device.queues.length;
            case DEVICE_STATUS -> device.status();
            case CONFIG_GENERATION -> device.generation();
            case QUEUE_SELECT -> queueSelect;
            default -> selected() == null ? 0 : readQueue(r, selected(), offset > r.offset());
        };
    }

    private int readQueue(CommonConfig r, VirtQueue q, boolean high) {
        return switch (r) {
            case QUEUE_SIZE -> q.size;
            case QUEUE_MSIX_VECTOR -> q.vector;
            case QUEUE_ENABLE -> q.enabled ? 1 : 0;
            case QUEUE_NOTIFY_OFF -> notifyOff(q.index);
            case QUEUE_DESC -> half(q.desc, high);
            case QUEUE_DRIVER -> half(q.driver, high);
            case QUEUE_DEVICE -> half(q.used, high);
            // queue_notify_data is of NOTIF_CONFIG_DATA; a reset of a queue is over when the write returns.
            default -> 0;
        };
    }

    private static int word(long bits, int select) {
        return select == 0 ? (int) bits : select == 1 ? (int) (bits >>> 32) : 0;
    }

    private static int half(long value, boolean high) {
        return (int) (high ? value >>> 32 : value);
    }

    private static long withHalf(long value, boolean high, int bits) {
        return high ? value & 0xffff_ffffL | (long) bits << 32 : value & 0xffff_ffff_0000_0000L | bits & 0xffff_ffffL;
    }

    private void writeCommon(int offset, int width, int value) {
        CommonConfig r = register(offset, width);
        if (r == null) {
            return;
        }
        switch (r) {
            case DEVICE_FEATURE_SELECT -> featureSelect = value;
            case DRIVER_FEATURE_SELECT -> driverFeatureSelect = value;
            case DRIVER_FEATURE -> device.writeDriverFeatures(driverFeatureSelect, value);
            case CONFIG_MSIX_VECTOR -> device.setConfigVector(value);
            case DEVICE_STATUS -> device.writeStatus(value);
            case QUEUE_SELECT -> queueSelect = value;
            case QUEUE_SIZE, QUEUE_MSIX_VECTOR, QUEUE_ENABLE, QUEUE_DESC, QUEUE_DRIVER, QUEUE_DEVICE, QUEUE_RESET -> {
                if (selected() == null) {
                    device.complain("%s written for queue %d, which is not there", r, queueSelect);
                } else {
                    writeQueue(r, selected(), offset > r.offset(), value);
                }
            }
            default -> device.complain("%s is read-only", r);
        }
    }

    private void writeQueue(CommonConfig r, VirtQueue q, boolean high, int value) {
        if (r == CommonConfig.QUEUE_MSIX_VECTOR) {
            q.vector = device.mapVector(value);
        } else if (r == CommonConfig.QUEUE_RESET) {
            resetQueue(q, value);
        } else if (q.enabled) {
            // 4.1.4.3.2: all else is set before; a queue is not disabled by writing 0.
            device.complain("%s of queue %d written after it was enabled (4.1.4.3.2)", r, q.index);
        } else {
            switch (r) {
                case QUEUE_SIZE -> writeSize(q, value);
                case QUEUE_DESC -> q.desc = withHalf(q.desc, high, value);
                case QUEUE_DRIVER -> q.driver = withHalf(q.driver, high, value);
                case QUEUE_DEVICE -> q.used = withHalf(q.used, high, value);
                default -> enable(q, value);
            }
        }
    }

    private void writeSize(VirtQueue q, int value) {
        if (value < 1 || value > q.maxSize() || Integer.bitCount(value) != 1 || value > VirtqDesc.MAX_QUEUE_SIZE) {
            device.complain("size %d of queue %d: a power of two up to %d (4.1.4.3.2)", value, q.index, q.maxSize());
        } else {
            q.size = value;
        }
    }

    private void enable(VirtQueue q, int value) {
        if (value != 1) {
            device.complain("queue_enable %d of queue %d (4.1.4.3.2)", value, q.index);
        } else {
            if ((device.status() & DeviceStatus.FEATURES_OK) == 0) {
                device.complain("queue %d enabled before FEATURES_OK (3.1.1)", q.index);
            }
            q.enabled = true;
        }
    }

    private void resetQueue(VirtQueue q, int value) {
        if (!device.negotiated(Feature.RING_RESET) || value != 1) {
            device.complain("queue_reset %d of queue %d, RING_RESET %snegotiated (2.6.1)", value, q.index, device.negotiated(Feature.RING_RESET) ? "" : "not ");
        } else {
            q.reset();
        }
    }

    // ---- the window in configuration space: 4.1.4.9 ----

    private boolean windowValid() {
        ConfigSpace c = device.config;
        int length = c.read(window + PciCap.LENGTH, 4);
        long offset = c.read(window + PciCap.OFFSET, 4) & 0xffff_ffffL;
        int bar = c.read(window + PciCap.BAR, 1);
        return (length == 1 || length == 2 || length == 4) && bar < 6 && offset % length == 0 && offset + length <= device.barSize(bar);
    }

    private int windowLength() {
        return device.config.read(window + PciCap.LENGTH, 4);
    }

    void refreshWindow(int offset, int width) {
        if (offset < window + 20 && offset + width > window + 16 && windowValid()) {
            ConfigSpace c = device.config;
            c.set(window + 16, 4, device.readBar(c.read(window + PciCap.BAR, 1), c.read(window + PciCap.OFFSET, 4), windowLength()));
        }
    }

    void windowWritten(int offset, int width) {
        if (offset < window + 20 && offset + width > window + 16 && windowValid()) {
            ConfigSpace c = device.config;
            int length = windowLength();
            device.writeBar(c.read(window + PciCap.BAR, 1), c.read(window + PciCap.OFFSET, 4), length, c.read(window + 16, 4) & MmioWindow.ones(length));
        }
    }
}
