package net.pool;

import java.time.Duration;
import java.util.List;

/**
 * A buffer that an application has held for long.
 *
 * @param pool the pool's name
 * @param host the name of its host
 * @param buffer its index in the pool
 * @param held for how long
 * @param thread that took it; empty if the place was not noted
 * @param taken where it was allocated or received, from the inner to the outer frame; empty if the place was not noted
 * @param touched where it was touched last; empty if it was not, or not noted
 */
public record Leak(String pool, String host, int buffer, Duration held, String thread, List<StackTraceElement> taken, List<StackTraceElement> touched) {
    /** Several lines: what is lost, where it was taken, where it was touched last. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("buffer %d of pool %s of host %s has been held for %d.%d s".formatted(buffer, pool, host, held.toSeconds(),
                held.toMillisPart() / 100));
        if (taken.isEmpty()) {
            text.append("; where it was taken was not noted: set leakDetection to advanced or paranoid");
        } else {
            text.append("; taken by thread '").append(thread).append("'\n").append(lines(taken));
        }
        if (!touched.isEmpty()) {
            text.append("  last touched\n").append(lines(touched));
        }
        return text.toString().stripTrailing();
    }

    static String lines(List<StackTraceElement> frames) {
        StringBuilder text = new StringBuilder();
        frames.forEach(f -> text.append("    at ").append(f).append('\n'));
        return text.toString();
    }
}
