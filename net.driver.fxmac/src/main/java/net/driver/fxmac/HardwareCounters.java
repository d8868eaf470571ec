package net.driver.fxmac;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import net.api.NetCounter;
import net.api.driver.HandOver;
import net.hw.fxmac.Counter;

/** What the device counted since attach. Its counters are cleared by reading, so whoever reads adds up. Any thread. */
final class HardwareCounters {
    private final MacRegisters mac;
    private final long[] totals = new long[Counter.values().length];

    HardwareCounters(MacRegisters mac) {
        this.mac = mac;
    }

    /** Forgets what was counted before. */
    void begin() {
        for (Counter c : Counter.values()) {
            mac.read(c);
        }
    }

    synchronized void save(HandOver.Writer to) {
        to.put("hardware", totals);
    }

    /** As many as there are here: a version that knows more begins those with 0. */
    synchronized void restore(HandOver from) {
        long[] before = from.longs("hardware");
        System.arraycopy(before, 0, totals, 0, Math.min(before.length, totals.length));
    }

    /** Reads the counters: often enough that none overflows, which the octets at 10 Gb/s do not in a day and frames not in four minutes. */
    synchronized void collect() {
        for (Counter c : Counter.values()) {
            collect(c);
        }
    }

    /** Reads one of them; gives what it has counted since attach. */
    synchronized long collect(Counter c) {
        int value = mac.read(c);
        if (value != MacRegisters.GONE) {
            totals[c.ordinal()] += Integer.toUnsignedLong(value);
        }
        return totals[c.ordinal()];
    }

    /** A counter as it was collected last. */
    synchronized long get(Counter c) {
        return totals[c.ordinal()];
    }

    /** All of them, the octets as one number each way. */
    synchronized List<NetCounter> list() {
        List<NetCounter> list = new ArrayList<>();
        for (Counter c : Counter.values()) {
            String name = "mac_" + c.name().toLowerCase(Locale.ROOT);
            long value = totals[c.ordinal()];
            switch (c) {
                case TX_OCTETS_LOW, RX_OCTETS_LOW -> list.add(new NetCounter(name.replace("_low", ""), c.unit(), value + (totals[c.ordinal() + 1] << 32)));
                case TX_OCTETS_HIGH, RX_OCTETS_HIGH -> { }
                default -> list.add(new NetCounter(name, c.unit(), value));
            }
        }
        return list;
    }
}
