package net.sim;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What can be in the cage of an SFP+ card: modules with an identification EEPROM as SFF-8472 lays it out, table 4-1. */
public enum SfpModule {
    /** An empty cage. */
    NONE(new byte[0]),
    /** A passive copper cable of 3 m. */
    DIRECT_ATTACH(directAttach()),
    /** A 10GBASE-SR transceiver. */
    SHORT_RANGE(optical(0x10, 850, "SR")),
    /** A 10GBASE-LR transceiver. */
    LONG_RANGE(optical(0x20, 1310, "LR")),
    /** A transceiver of another make for 1 Gb/s, which an 82599 without permission in its EEPROM refuses. */
    GIGABIT(gigabit());

    private static final int SIZE = 256;

    private final byte[] eeprom;

    SfpModule(byte[] eeprom) {
        this.eeprom = eeprom;
    }

    /** The byte at an address of device A0, 0 to 255; 0xff, as of a bus without an answer, if there is no module. */
    int read(int address) {
        return eeprom.length == 0 ? 0xff : eeprom[address] & 0xff;
    }

    private static byte[] base(int connector, int bitRate, String part) {
        byte[] e = new byte[SIZE];
        // Identifier: SFP or SFP+; extended identifier: by the two-wire interface only. SFF-8024 table 4-1, SFF-8472 table 5-2.
        e[0] = 0x03;
        e[1] = 0x04;
        e[2] = (byte) connector;
        e[12] = (byte) bitRate;
        text(e, 20, 16, "HOTNIC");
        // IEEE company id: Intel's, so that drivers that ask for it are content.
        e[37] = 0x00;
        e[38] = 0x1b;
        e[39] = 0x21;
        text(e, 40, 16, part);
        text(e, 56, 4, "A");
        text(e, 68, 16, "SIM0001");
        text(e, 84, 8, "260101");
        return e;
    }

    private static byte[] directAttach() {
        // Connector: copper pigtail; cable technology: passive; length in metres at 18; specification: SFF-8431 appendix E.
        byte[] e = base(0x21, 103, "DAC-3M");
        e[8] = 0x04;
        e[18] = 3;
        e[60] = 0x01;
        return summed(e);
    }

    private static byte[] optical(int compliance, int wavelength, String part) {
        // Connector: LC; 10G Ethernet compliance at 3; encoding: 64B/66B; wavelength in nanometres at 60.
        byte[] e = base(0x07, 103, part);
        e[3] = (byte) compliance;
        e[11] = 0x06;
        e[60] = (byte) (wavelength >> 8);
        e[61] = (byte) wavelength;
        return summed(e);
    }

    private static byte[] gigabit() {
        // Connector: LC; Ethernet compliance at 6: 1000BASE-SX; encoding: 8B/10B.
        byte[] e = base(0x07, 13, "SX");
        e[6] = 0x01;
        e[11] = 0x01;
        e[39] = 0x22;
        return summed(e);
    }

    private static void text(byte[] e, int at, int length, String s) {
        Arrays.fill(e, at, at + length, (byte) ' ');
        byte[] b = s.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(b, 0, e, at, b.length);
    }

    /** Fills in the check codes: sums of bytes 0 to 62 and 64 to 94. */
    private static byte[] summed(byte[] e) {
        e[63] = sum(e, 0, 63);
        e[95] = sum(e, 64, 95);
        return e;
    }

    private static byte sum(byte[] e, int from, int to) {
        int sum = 0;
        for (int i = from; i < to; i++) {
            sum += e[i];
        }
        return (byte) sum;
    }
}
