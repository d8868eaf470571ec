package net.shell;

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
 */
public record StatsRow(String address, String link, double seconds, NetStatistics now, double rxRate, double rxBits, double txRate, double txBits) {
    /** The difference of two looks; {@code before} may be null. */
    static StatsRow of(String address, String link, NetStatistics before, NetStatistics now, double seconds) {
        if (before == null || seconds <= 0) {
            return new StatsRow(address, link, 0, now, 0, 0, 0, 0);
        }
        return new StatsRow(address, link, seconds, now, rate(before.ipackets(), now.ipackets(), seconds), 8 * rate(before.ibytes(), now.ibytes(), seconds),
                rate(before.opackets(), now.opackets(), seconds), 8 * rate(before.obytes(), now.obytes(), seconds));
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
