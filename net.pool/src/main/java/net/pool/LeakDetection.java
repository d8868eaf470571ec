package net.pool;

import java.util.Locale;
import net.api.DevError;
import net.api.DevException;

/**
 * How hard a pool looks for buffers that an application holds and never releases. Source: the levels of Netty's {@code ResourceLeakDetector}.
 *
 * <p>Some buffers of the pool are followed: each time one is allocated or received, the time is noted, and, as often as the level allows, the place in the
 * program. The others cost nothing but the look at a flag.
 */
public enum LeakDetection {
    /** Nothing is followed. */
    DISABLED(Integer.MAX_VALUE, Long.MAX_VALUE, false),
    /** One buffer in 512 is followed; at most once a second it is noted where one was taken: what a stack trace takes is nothing to a packet then. */
    SIMPLE(512, 1_000_000_000, false),
    /** One buffer in 128 is followed; at most 10 000 times a second it is noted where one was taken, and at most as often where one was touched last. */
    ADVANCED(128, 100_000, true),
    /** Every buffer is followed, and each time it is noted where it was taken and where it was touched last. Slow; allocates on the packet path. */
    PARANOID(1, 0, true);

    /** One buffer in so many is followed. */
    final int every;
    /** Nanoseconds from one noted place to the next. */
    final long pause;
    /** Touches are noted. */
    final boolean touches;

    LeakDetection(int every, long pause, boolean touches) {
        this.every = every;
        this.pause = pause;
        this.touches = touches;
    }

    /** @throws DevException INVALID_PARAM if it is not one of the names, in upper or lower case */
    public static LeakDetection parse(String name) {
        for (LeakDetection level : values()) {
            if (level.name().equalsIgnoreCase(name.strip())) {
                return level;
            }
        }
        throw new DevException(DevError.INVALID_PARAM, "leakDetection is '" + name + "'; give disabled, simple, advanced or paranoid");
    }

    /** The name as configurations have it: lower case. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
