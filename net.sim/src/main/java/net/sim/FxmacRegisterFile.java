package net.sim;

import java.util.Arrays;
import net.api.driver.Access;
import net.api.driver.Register;
import net.hw.fxmac.Counter;
import net.hw.fxmac.Fxmac;
import net.hw.fxmac.NetworkControl;
import net.hw.fxmac.RxStatus;
import net.hw.fxmac.TxStatus;

/** What the registers of a GEM hold: values after reset, and which bits software can write. TRM B.18; what it leaves open is as UG1087 has it. */
final class FxmacRegisterFile {
    /** Bits of NWCTRL that trigger and read as 0. */
    private static final int TRIGGERS = NetworkControl.CLEAR_COUNTERS | 1 << 6 | NetworkControl.START_TX | NetworkControl.HALT_TX | 1 << 11 | 1 << 12 | 1 << 13 | 1 << 16
            | 1 << 17 | NetworkControl.FLUSH_RX;

    private final int[] values;
    private final int[] writable;
    private final boolean[] exists;
    private final FxmacConfig config;

    FxmacRegisterFile(FxmacConfig config) {
        this.config = config;
        int words = (config.phytium() ? Fxmac.WINDOW : 0x1000) / 4;
        values = new int[words];
        writable = new int[words];
        exists = new boolean[words];
        for (Fxmac r : Fxmac.values()) {
            for (int i = 0; i < r.count() && r.at(i) / 4 < words; i++) {
                exists[r.at(i) / 4] = true;
                writable[r.at(i) / 4] = r.access() == Access.RW ? -1 : 0;
            }
        }
        for (Counter c : Counter.values()) {
            exists[c.offset() / 4] = true;
        }
        mask(Fxmac.NWCTRL, ~TRIGGERS & (config.phytium() ? -1 : 0x7_ffff));
        // Reserved: 31, 27 to 25, 15 to 12. Bit 24 is there.
        mask(Fxmac.DMACR, ~0x8e00_f000);
        mask(Fxmac.RXQBASE, ~3);
        mask(Fxmac.TXQBASE, ~3);
        mask(Fxmac.JUMBOMAX, config.jumbo() ? 0x3fff : 0);
        reset();
    }

    private void mask(Fxmac r, int bits) {
        writable[r.offset() / 4] = bits;
    }

    void reset() {
        Arrays.fill(values, 0);
        set(Fxmac.NWCFG, 0x0008_0000);
        set(Fxmac.NWSR, 2);
        set(Fxmac.DMACR, 0x0002_0784);
        set(Fxmac.IMR, FxmacInterrupts.CAUSES);
        set(Fxmac.TXPAUSE, 0xffff);
        set(Fxmac.TXPARTIAL, 0x3ff);
        set(Fxmac.RXPARTIAL, 0x3ff);
        set(Fxmac.JUMBOMAX, config.jumbo() ? 10_240 : 0);
        long onTheWire = Long.reverseBytes(config.mac().bits()) >>> 16;
        set(Fxmac.SAB, (int) onTheWire);
        set(Fxmac.SAT, (int) (onTheWire >>> 32));
        set(Fxmac.REVISION, config.phytium() ? 0x700c_0000 : 0x0007_0106);
        set(Fxmac.DCFG1, (config.phytium() ? 4 : 1) << 25 | (config.clearOnRead() ? 1 << 23 : 0) | 0x0050_0110 | (config.phytium() ? 0 : 1));
        set(Fxmac.DCFG2, 0x2ab1_2800);
        set(Fxmac.DCFG5, 0x002f_2045);
        set(Fxmac.DCFG6, 1 << 23 | (1 << config.queues()) - 2);
        set(Fxmac.DCFG8, config.screeners() << 24 | config.screeners() << 16 | 2 * config.screeners());
        for (int q = 0; q < config.queues() - 1; q++) {
            set(Fxmac.QIMR.at(q), FxmacInterrupts.QUEUE_CAUSES);
        }
    }

    boolean exists(int offset) {
        return exists[offset / 4];
    }

    int get(int offset) {
        return values[offset / 4];
    }

    int get(Register r) {
        return values[r.offset() / 4];
    }

    int get(Register r, int i) {
        return values[r.at(i) / 4];
    }

    boolean has(Register r, int bits) {
        return (get(r) & bits) != 0;
    }

    /** The device changes a register, all its bits. */
    void set(Register r, int value) {
        values[r.offset() / 4] = value;
    }

    void set(int offset, int value) {
        values[offset / 4] = value;
    }

    void raise(Register r, int bits) {
        values[r.offset() / 4] |= bits;
    }

    /** Software writes: what is kept of it. */
    void write(int offset, int value) {
        int i = offset / 4;
        if (offset == Fxmac.TXSR.offset()) {
            values[i] &= ~(value & TxStatus.CLEARABLE);
        } else if (offset == Fxmac.RXSR.offset()) {
            values[i] &= ~(value & RxStatus.CLEARABLE);
        } else {
            values[i] = values[i] & ~writable[i] | value & writable[i];
        }
    }

    /** Device address of a ring: its low half, and the high half of its direction. */
    long base(Register low, int offset, Register high) {
        return (get(low.offset() + offset) & 0xffff_ffffL & ~3L) | (long) get(high) << 32;
    }
}
