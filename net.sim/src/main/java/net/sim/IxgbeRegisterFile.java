package net.sim;

import java.util.List;
import net.api.driver.Access;
import net.hw.ixgbe.Counter;
import net.hw.ixgbe.IxgbeRegister;
import net.hw.ixgbe.Reg;

/**
 * What the registers of an 82599 hold, driven by the tables of {@link Reg} and {@link Counter}: values after reset, bits that can be written, clearing by
 * reading and by ones. Offsets where there is no register read as zero and take nothing. Under the engine's lock.
 */
final class IxgbeRegisterFile {
    /** Bytes of BAR 0. */
    static final int SIZE = 0x8_0000;
    private static final int PLACES = 0x1_6000 / 4;
    private static final long OCTETS = 0xf_ffff_ffffL;
    private static final IxgbeRegister[] REGISTER = new IxgbeRegister[PLACES];
    private static final short[] NUMBER = new short[PLACES];

    static {
        for (IxgbeRegister[] table : new IxgbeRegister[][] {Reg.values(), Counter.values()}) {
            for (IxgbeRegister r : table) {
                for (int i = 0; i < r.count(); i++) {
                    put(r, i, r.at(i));
                }
                for (int i = 0; i < r.aliases(); i++) {
                    put(r, i, r.aliasAt(i));
                }
            }
        }
    }

    private final int[] values = new int[PLACES];

    private static void put(IxgbeRegister r, int i, int at) {
        REGISTER[at >> 2] = r;
        NUMBER[at >> 2] = (short) i;
    }

    /** The register at an offset, or null. */
    static IxgbeRegister register(int offset) {
        int place = offset >> 2;
        return place < PLACES ? REGISTER[place] : null;
    }

    /** Which one of its kind the register at this offset is. There must be one. */
    static int number(int offset) {
        return NUMBER[offset >> 2];
    }

    /** As after a reset. What survives resets is set by who knows it. */
    void reset() {
        for (IxgbeRegister[] table : List.of(Reg.values(), Counter.values())) {
            for (IxgbeRegister r : table) {
                for (int i = 0; i < r.count(); i++) {
                    values[r.at(i) >> 2] = r.reset(i);
                }
            }
        }
    }

    /** What the only or first one holds. */
    int get(IxgbeRegister r) {
        return values[r.offset() >> 2];
    }

    /** What number {@code i} holds. */
    int get(IxgbeRegister r, int i) {
        return values[r.at(i) >> 2];
    }

    /** A bit of the only or first one. */
    boolean has(IxgbeRegister r, int bit) {
        return (get(r) & bit) != 0;
    }

    /** The device sets it, whatever software can write. */
    void set(IxgbeRegister r, int value) {
        values[r.offset() >> 2] = value;
    }

    /** The device sets number {@code i}, whatever software can write. */
    void set(IxgbeRegister r, int i, int value) {
        values[r.at(i) >> 2] = value;
    }

    /** Software reads. */
    int read(IxgbeRegister r, int i) {
        int at = r.at(i) >> 2;
        int value = values[at];
        if (r.access() == Access.RC) {
            values[at] = 0;
        }
        return r.access() == Access.WO ? 0 : value;
    }

    /** Software writes. */
    void write(IxgbeRegister r, int i, int value) {
        int at = r.at(i) >> 2;
        int mask = r.writable();
        if (r.access() == Access.RW) {
            values[at] = values[at] & ~mask | value & mask;
        } else if (r.access() == Access.W1C) {
            values[at] &= ~(value & mask);
        }
    }

    /** One more; a full counter stays full. 8.2.3.23. */
    void count(Counter c) {
        count(c, 0, 1);
    }

    /** More of number {@code i}, by 0 to 2^31. */
    void count(Counter c, int i, int more) {
        int at = c.at(i) >> 2;
        int sum = values[at] + more;
        values[at] = Integer.compareUnsigned(sum, more) < 0 ? -1 : sum;
    }

    /** More octets in a pair of counters of 36 bits. */
    void count(Counter low, Counter high, int i, int octets) {
        long sum = (get(low, i) & 0xffff_ffffL | (get(high, i) & 0xfL) << 32) + octets;
        long now = Math.min(sum, OCTETS);
        set(low, i, (int) now);
        set(high, i, (int) (now >>> 32));
    }
}
