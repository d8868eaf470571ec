package net.pool;

import java.time.Duration;

/**
 * The bounds between which a pool's number of buffers follows its use. It grows, by as many as it had at first, when a request got too few, or when a cache finds
 * less than an eighth free; a thread of the pool's own does it, so that the request that showed the need still goes without. It gives back the memory of as many
 * at once when, all the time, it would have been enough to have half as many as would be left.
 *
 * @param min fewest buffers, 1 to what the pool has at first
 * @param max most buffers, from what the pool has at first; -1: the number stays, whatever the rest says
 * @param idle how long it must have been enough
 */
public record Growth(int min, int max, Duration idle) {
    /** The number of buffers stays. */
    public static final Growth NONE = new Growth(-1, -1, Duration.ZERO);
    /** How long, unless somebody says otherwise: 60 s. */
    public static final Duration IDLE = Duration.ofSeconds(60);

    boolean isElastic() {
        return max != -1;
    }

    /** For a pool that has so many at first. */
    Growth atMost(int buffers) {
        return new Growth(Math.min(min, buffers), max, idle);
    }
}
