package net.shell;

import java.util.List;
import net.api.NetStatistics;

/**
 * The traffic of a card: totals since it was attached, rates over the time between two looks.
 *
 * @param address of the card
 * @param link as {@link DeviceRow#link}
 * @param seconds between the two looks; 0 if there was only one
 * @param now totals
 * @param rxRate frames received a second
 * @param rxBits bits of them, without check sequence and gap
 * @param txRate frames sent a second
 * @param txBits bits of them
 * @param threads those that poll it
 */
public record StatsRow(String address, String link, double seconds, NetStatistics now, double rxRate, double rxBits, double txRate, double txBits,
        List<ThreadShare> threads) {
    /**
     * How busy a thread was between the two looks.
     *
     * @param name of the thread
     * @param busy share of the time in which it had work, 0 to 1
     * @param processor that it is pinned to, -1 if to none
     */
    public record ThreadShare(String name, double busy, int processor) {
        @Override
        public String toString() {
            return "%s %.0f %% busy%s".formatted(name, 100 * busy, processor < 0 ? "" : ", on processor " + processor);
        }
    }

    /** The busiest of its threads, {@code 12 %}; "" if nobody polls it. */
    String busy() {
        return threads.isEmpty() || seconds == 0 ? "" : "%.0f %%".formatted(100 * threads.stream().mapToDouble(ThreadShare::busy).max().orElse(0));
    }

    /** The difference of two looks; {@code before} may be null. */
    static StatsRow of(String address, String link, NetStatistics before, NetStatistics now, double seconds, List<ThreadShare> threads) {
        if (before == null || seconds <= 0) {
            return new StatsRow(address, link, 0, now, 0, 0, 0, 0, threads);
        }
        return new StatsRow(address, link, seconds, now, rate(before.ipackets(), now.ipackets(), seconds), 8 * rate(before.ibytes(), now.ibytes(), seconds),
                rate(before.opackets(), now.opackets(), seconds), 8 * rate(before.obytes(), now.obytes(), seconds), threads);
    }

    /** Counters start again at 0 when a driver is attached anew. */
    private static double rate(long before, long now, double seconds) {
        return (now >= before ? now - before : now) / seconds;
    }

    /** Frames that were received and could not be kept, or were bad. */
    public long lost() {
        return now.imissed() + now.ierrors();
    }
}
