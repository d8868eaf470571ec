package net.sim;

/** What the configuration space of an 82599 has besides the header and MSI-X: 9.3. */
final class IxgbeCapabilities {
    private static final int SERIAL_NUMBER = 0x0003;

    private IxgbeCapabilities() {
    }

    /** Power management, version 3: D0 and D3. PCI Bus Power Management 1.2, 3.2. */
    static void power(ConfigSpace config, int at) {
        config.addCapability(0x01, 8, at);
        config.set(at + 2, 2, 0x0003);
        config.set(at + 4, 2, 0x0008);
        config.writable(at + 4, 2, 0x0003);
    }

    /** Link of eight lanes at 5 GT/s, completion timeout ranges, and the serial number: 9.3.10, 9.4.2. */
    static void express(ConfigSpace config, int at, long mac) {
        config.set(at + 0x0c, 4, 0x0000_0082);
        config.set(at + 0x12, 2, 0x1082);
        config.set(at + 0x24, 4, 0x0000_001f);
        config.writable(at + 0x28, 2, 0x001f);
        int serial = config.addExtendedCapability(SERIAL_NUMBER, 1, 12);
        config.set(serial + 4, 4, (int) (mac & 0xff_ffff | 0xff00_0000L));
        config.set(serial + 8, 4, (int) (mac >>> 24 << 8 | 0xff));
    }
}
