package net.driver.ixgbe;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import net.api.DevError;
import net.api.DevException;
import net.api.NetCounter;
import net.api.driver.HandOver;
import net.hw.ixgbe.Counter;

/**
 * The device's statistics since it was reset: 8.2.3.23. Each register is cleared by reading and stays at its largest value when it is full, so they are read
 * often enough and added up here; a pair of 36 bits is read low half first. Any thread.
 */
final class HardwareCounters {
    /** Registers that count something which this driver lets happen; pairs by their low half. */
    private static final List<Counter> READ = List.of(Counter.CRCERRS, Counter.ILLERRC, Counter.ERRBC, Counter.MSPDC, Counter.RXMPC, Counter.MLFC, Counter.MRFC,
            Counter.RLEC, Counter.LXONTXC, Counter.LXONRXCNT, Counter.LXOFFTXC, Counter.LXOFFRXCNT, Counter.PRC64, Counter.PRC127, Counter.PRC255, Counter.PRC511,
            Counter.PRC1023, Counter.PRC1522, Counter.BPRC, Counter.MPRC, Counter.GPRC, Counter.GORCL, Counter.GPTC, Counter.GOTCL, Counter.RUC, Counter.RFC,
            Counter.ROC, Counter.RJC, Counter.TORL, Counter.TPR, Counter.TPT, Counter.PTC64, Counter.PTC127, Counter.PTC255, Counter.PTC511, Counter.PTC1023,
            Counter.PTC1522, Counter.MPTC, Counter.BPTC, Counter.XEC, Counter.QPRDC);
    private static final Map<Counter, Counter> HIGH = Map.of(Counter.GORCL, Counter.GORCH, Counter.GOTCL, Counter.GOTCH, Counter.TORL, Counter.TORH);
    private static final List<Counter> MISSED = List.of(Counter.RXMPC, Counter.QPRDC);
    private static final List<Counter> ERRORS = List.of(Counter.CRCERRS, Counter.ILLERRC, Counter.ERRBC, Counter.MSPDC, Counter.RLEC, Counter.RUC, Counter.RFC,
            Counter.ROC, Counter.RJC);

    private final Registers regs;
    private final Map<Counter, long[]> sums = new EnumMap<>(Counter.class);
    private boolean handedOver;

    HardwareCounters(Registers regs) {
        this.regs = regs;
        READ.forEach(c -> sums.put(c, new long[1]));
    }

    /** Forgets what was counted before the reset. */
    void clear() {
        for (Counter c : Counter.values()) {
            for (int i = 0; i < c.count(); i++) {
                regs.read(c, i);
            }
        }
    }

    /** Reads what was counted since the last time. A device that is gone counts nothing. */
    synchronized void collect() {
        if (handedOver) {
            return;
        }
        Map<Counter, Long> news = new EnumMap<>(Counter.class);
        for (Counter c : READ) {
            long n = 0;
            for (int i = 0; i < c.count(); i++) {
                n += regs.read(c, i) & 0xffff_ffffL;
            }
            Counter high = HIGH.get(c);
            if (high != null) {
                n |= (regs.read(high) & 0xfL) << 32;
            }
            news.put(c, n);
        }
        if (!regs.isGone()) {
            news.forEach((c, n) -> sums.get(c)[0] += n);
        }
    }

    /** Notes what was counted; from now on somebody else collects. */
    synchronized void save(HandOver.Writer to) {
        collect();
        handedOver = true;
        sums.forEach((c, n) -> to.put("hw." + c.name(), n[0]));
    }

    /** Goes on from what another version of the driver counted; what it did not, begins with 0. */
    synchronized void restore(HandOver from) {
        for (Map.Entry<Counter, long[]> sum : sums.entrySet()) {
            String name = "hw." + sum.getKey().name();
            long n = from.has(name) ? from.number(name) : 0;
            if (n < 0) {
                throw new DevException(DevError.INVALID_PARAM, "%s: '%s' is %d, less than 0".formatted(from, name, n));
            }
            sum.getValue()[0] = n;
        }
    }

    /** Frames that the device dropped because no buffer was posted, or no room was left. */
    long missed() {
        return sum(MISSED);
    }

    /** Frames that the device dropped for their errors. */
    long errors() {
        return sum(ERRORS);
    }

    private synchronized long sum(List<Counter> of) {
        return of.stream().mapToLong(c -> sums.get(c)[0]).sum();
    }

    /** All of them, by the datasheet's names; pairs without their L. */
    synchronized List<NetCounter> all() {
        List<NetCounter> list = new ArrayList<>();
        for (Counter c : READ) {
            boolean bytes = HIGH.containsKey(c);
            String name = c.name().toLowerCase(Locale.ROOT);
            list.add(new NetCounter("hw_" + (bytes ? name.substring(0, name.length() - 1) : name), bytes ? "bytes" : "packets", sums.get(c)[0]));
        }
        return list;
    }
}
