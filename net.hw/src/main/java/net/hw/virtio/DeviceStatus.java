package net.hw.virtio;

/** The bits of {@link CommonConfig#DEVICE_STATUS}: 2.1. */
public final class DeviceStatus {
    /** Written: the device is reset. Read: the reset is complete. */
    public static final int RESET = 0;
    /** The guest has found the device. */
    public static final int ACKNOWLEDGE = 1;
    /** The guest knows how to drive it. */
    public static final int DRIVER = 2;
    /** The driver is ready; the device is live. */
    public static final int DRIVER_OK = 4;
    /** The driver has accepted its features; read back, the device accepts that. */
    public static final int FEATURES_OK = 8;
    /** The device cannot recover by itself. */
    public static final int DEVICE_NEEDS_RESET = 0x40;
    /** The driver has given up. */
    public static final int FAILED = 0x80;

    private DeviceStatus() {
    }

    /** {@code 0x4f ACKNOWLEDGE, DRIVER, DRIVER_OK, FEATURES_OK, DEVICE_NEEDS_RESET}. */
    public static String text(int status) {
        String[] names = {"ACKNOWLEDGE", "DRIVER", "DRIVER_OK", "FEATURES_OK", "bit 4", "bit 5", "DEVICE_NEEDS_RESET", "FAILED"};
        StringBuilder s = new StringBuilder("0x%02x".formatted(status));
        String separator = " ";
        for (int bit = 0; bit < 8; bit++) {
            if ((status >>> bit & 1) != 0) {
                s.append(separator).append(names[bit]);
                separator = ", ";
            }
        }
        return s.toString();
    }
}
