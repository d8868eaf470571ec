package net.sim;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.hw.ixgbe.ControlBits.Eeprom;

/**
 * The EEPROM of an 82599: 1024 words, with the sections that the device and its drivers read: 6. An erased word is 0xffff, and as a pointer says that there
 * is no such section.
 */
final class IxgbeEeprom {
    static final int WORDS = 1024;
    private static final int CORE_0 = 0x09;
    private static final int CORE_0_AT = 0x100;
    private static final int FIRMWARE_AT = 0x140;
    private static final int PATCH_AT = 0x160;
    private static final int PBA_AT = 0x180;
    private static final int PHY_INIT_AT = 0x1a0;
    private static final int PHY_DATA_AT = 0x1c0;
    private static final int PASS_THROUGH = 4;
    private static final int PATCH_VERSION = 7;
    /** Kinds of modules that there is a start sequence for: those of port 0. */
    private static final int[] MODULES = {3, 5, 7, 9, 11, 13};

    private final int[] words = new int[WORDS];

    /** @param mac address of the card, first byte highest */
    IxgbeEeprom(long mac) {
        Arrays.fill(words, 0, Eeprom.CHECKSUM + 1, 0xffff);
        Arrays.fill(words, 0x40, WORDS, 0xffff);
        words[0] = 0x8000;
        core(mac);
        firmware();
        text();
        modules();
        words[Eeprom.DEVICE_CAPS] = 0;
        words[Eeprom.ETRACK_LOW] = 0x82af;
        words[Eeprom.ETRACK_HIGH] = 0x8000;
        sum();
    }

    /** Core section of port 0: length, address. 6.3.4. */
    private void core(long mac) {
        words[CORE_0] = CORE_0_AT;
        words[CORE_0_AT] = 7;
        for (int i = 0; i < 3; i++) {
            int high = (int) (mac >>> 40 - 16 * i) & 0xff;
            int low = (int) (mac >>> 32 - 16 * i) & 0xff;
            words[CORE_0_AT + 1 + i] = low << 8 | high;
            words[Eeprom.SERIAL_NUMBER + i] = low << 8 | high;
        }
    }

    /** The firmware's section, which is not part of the sum, with the version of its pass-through code: drivers want 6 or more on SFP+ cards. 6.4. */
    private void firmware() {
        words[Eeprom.FW_PTR] = FIRMWARE_AT;
        words[FIRMWARE_AT + PASS_THROUGH] = PATCH_AT;
        words[PATCH_AT + PATCH_VERSION] = 0x7;
    }

    /** The part number as text: length in words, then bytes, first one high. 6.2.9. */
    private void text() {
        byte[] pba = "H82599-001".getBytes(StandardCharsets.US_ASCII);
        words[Eeprom.PBA0] = Eeprom.PBA_STRING;
        words[Eeprom.PBA1] = PBA_AT;
        words[PBA_AT] = pba.length / 2 + 1;
        for (int i = 0; i < pba.length / 2; i++) {
            words[PBA_AT + 1 + i] = pba[2 * i] << 8 | pba[2 * i + 1];
        }
    }

    /** Start sequences of modules: behind a word of length, pairs of kind and place; there, behind another one, what is written to CORECTL. */
    private void modules() {
        words[Eeprom.PHY_INIT_PTR] = PHY_INIT_AT;
        for (int i = 0; i < MODULES.length; i++) {
            words[PHY_INIT_AT + 1 + 2 * i] = MODULES[i];
            words[PHY_INIT_AT + 2 + 2 * i] = PHY_DATA_AT;
        }
        words[PHY_INIT_AT] = 2 * MODULES.length;
        words[PHY_DATA_AT] = 2;
        words[PHY_DATA_AT + 1] = 0x1c2d;
        words[PHY_DATA_AT + 2] = 0x2c00;
    }

    /** Makes words 0 to 0x3f, and the sections of words 3 to 0xe but for their lengths, add up. 6.3. */
    private void sum() {
        int sum = 0;
        for (int i = 0; i < Eeprom.CHECKSUM; i++) {
            sum += words[i];
        }
        for (int p = Eeprom.POINTERS; p < Eeprom.FW_PTR; p++) {
            int at = words[p];
            if (at != 0xffff && at != 0) {
                for (int i = 1; i <= words[at]; i++) {
                    sum += words[at + i];
                }
            }
        }
        words[Eeprom.CHECKSUM] = Eeprom.SUM - sum & 0xffff;
    }

    /** Modules of any make are taken, or only those of Intel. */
    void allowAnyModule(boolean any) {
        words[Eeprom.DEVICE_CAPS] = any ? Eeprom.CAPS_ANY_SFP : 0;
        sum();
    }

    /** A word; those beyond the end read as erased. */
    int read(int address) {
        return address < WORDS ? words[address] : 0xffff;
    }

    /** The MAC address in it, first byte highest. */
    long mac() {
        long mac = 0;
        for (int i = 0; i < 3; i++) {
            int w = words[CORE_0_AT + 1 + i];
            mac = mac << 16 | (w & 0xff) << 8 | w >>> 8;
        }
        return mac;
    }
}
