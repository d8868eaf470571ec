package net.sim;

import java.util.Set;

/**
 * How a model lies to its driver, for tests of what drivers believe.
 *
 * @param seed of the random choices: the same one gives the same lies at the same frames
 * @param every one of so many chances is taken, 1 or more
 * @param kinds what it does then
 */
public record Hostility(long seed, int every, Set<Kind> kinds) {
    /** A lie. */
    public enum Kind {
        /** A used element with an id outside of the queue. */
        ID_OUT_OF_RANGE,
        /** A used element with the id of another, perhaps not outstanding, descriptor. */
        ID_OF_ANOTHER,
        /** A used element with a length beyond what the driver supplied. */
        LENGTH_TOO_LONG,
        /** A used element with a length shorter than a header. */
        LENGTH_TOO_SHORT,
        /** A used index ahead of the elements that are there. */
        INDEX_AHEAD,
        /** A received frame whose header claims no buffer, or more than there are. */
        WRONG_NUM_BUFFERS
    }

    /** Copies the kinds. */
    public Hostility {
        kinds = Set.copyOf(kinds);
        if (every < 1) {
            throw new IllegalArgumentException("one of " + every + " chances: 1 or more");
        }
    }
}
