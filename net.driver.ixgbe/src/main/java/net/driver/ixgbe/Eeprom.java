package net.driver.ixgbe;

import net.api.DevError;
import net.api.DevException;
import net.hw.ixgbe.ControlBits;
import net.hw.ixgbe.ControlBits.Eerd;
import net.hw.ixgbe.Reg;

/** The EEPROM, word by word: 8.2.3.2.2. What it says is checked as everything that comes from the device. */
final class Eeprom {
    private static final int ABSENT = 0xffff;
    /** First and last of the words that point to a section which is part of the sum: 6.3. */
    private static final int FIRST_POINTER = 0x03;
    private static final int LAST_POINTER = 0x0e;
    /** Most words of all sections: those of the largest part that there is, 16 Kwords. */
    private static final int MAX_WORDS = Eerd.ADDR_MAX + 1;

    private final Registers regs;
    private final Clock clock;
    private final long deadline;

    /** @param limits how long all reads together may last, from now on */
    Eeprom(Registers regs, Limits limits) {
        this.regs = regs;
        clock = limits.clock();
        deadline = clock.nanoTime() + limits.eepromNanos();
    }

    /** The word at an address, 0 to 0x3fff. */
    int word(int address) {
        if (address < 0 || address > Eerd.ADDR_MAX) {
            throw new DevException(DevError.IO, "%s: its EEPROM points to word 0x%x, beyond 0x%x".formatted(regs.device(), address, Eerd.ADDR_MAX));
        }
        regs.write(Reg.EERD, address << Eerd.ADDR_SHIFT | Eerd.START);
        regs.await(Reg.EERD, 0, Eerd.DONE, Eerd.DONE, Math.max(0, deadline - clock.nanoTime()), "reading word 0x%x of the EEPROM".formatted(address));
        return regs.read(Reg.EERD) >>> Eerd.DATA_SHIFT;
    }

    /** The word at an address, or -1 if there is no pointer in it. */
    int pointer(int address) {
        int p = word(address);
        return p == 0 || p == ABSENT ? -1 : p;
    }

    /**
     * Words 0 to 0x3f, and the sections that words 3 to 0xe point to, must add up to 0xbaba: 6.3.
     *
     * @throws DevException IO if they do not
     */
    void check() {
        int sum = 0;
        for (int i = 0; i <= ControlBits.Eeprom.CHECKSUM; i++) {
            sum += word(i);
        }
        int words = 0;
        for (int i = FIRST_POINTER; i <= LAST_POINTER; i++) {
            int section = pointer(i);
            int length = section < 0 ? 0 : word(section);
            if (length == ABSENT || section + length > Eerd.ADDR_MAX) {
                continue;
            }
            words += length;
            if (words > MAX_WORDS) {
                throw new DevException(DevError.IO, "%s: the sections of its EEPROM have %d words, more than %d".formatted(regs.device(), words, MAX_WORDS));
            }
            for (int w = section + 1; w <= section + length; w++) {
                sum += word(w);
            }
        }
        int found = sum & 0xffff;
        if (found != ControlBits.Eeprom.SUM) {
            throw new DevException(DevError.IO, "%s: the words of its EEPROM add up to 0x%04x, not to 0x%04x: it is damaged, or was never written"
                    .formatted(regs.device(), found, ControlBits.Eeprom.SUM));
        }
    }
}
