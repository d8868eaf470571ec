package net.app.traffic;

import java.util.Locale;
import net.shell.text.Units;

/**
 * What a generator sent, and what a sink at the other end saw of it.
 *
 * @param size bytes of a frame without check sequence
 * @param sent frames that the card took
 * @param seconds that it took
 * @param to address of the receiving card, "" if nobody counted
 * @param received frames that arrived, each number once
 * @param late of these, behind one with a higher number
 * @param duplicate arrived again
 */
public record TrafficReport(int size, long sent, double seconds, String to, long received, long late, long duplicate) {
    /** Frames a second. */
    public double rate() {
        return seconds > 0 ? sent / seconds : 0;
    }

    /** Frames that were sent and not received. */
    public long lost() {
        return to.isEmpty() ? 0 : Math.max(0, sent - received);
    }

    /** {@code sent 1,000,000 frames of 60 bytes in 420 ms: 2.38 Mpps, 1.14 Gb/s}, and what arrived. */
    @Override
    public String toString() {
        String text = "sent %s frames of %d bytes in %s: %s, %s".formatted(Units.count(sent), size, Units.duration(seconds), Units.packets(rate()),
                Units.bits(rate() * size * 8));
        if (to.isEmpty()) {
            return text;
        }
        String share = sent > 0 && lost() > 0 ? String.format(Locale.ROOT, " (%.3g %%)", 100.0 * lost() / sent) : "";
        return text + "%n%s received %s, lost %s%s, late %s, duplicate %s".formatted(to, Units.count(received), Units.count(lost()), share, Units.count(late),
                Units.count(duplicate));
    }
}
