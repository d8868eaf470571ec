package net.pool;

import java.util.BitSet;
import java.util.concurrent.ThreadLocalRandom;
import net.api.DevError;
import net.api.DevException;

/**
 * The ids of live pools. They go round, from a random start, so that a handle of a pool that is gone, or of one that an earlier version of the bundle
 * left behind, rarely meets a pool with its id.
 */
final class PoolIds {
    private static final int MAX = 65_535;
    private static final BitSet USED = new BitSet(MAX + 1);
    private static int last = ThreadLocalRandom.current().nextInt(MAX);

    private PoolIds() {
    }

    static synchronized int next() {
        int id = USED.nextClearBit(last + 1);
        if (id > MAX) {
            id = USED.nextClearBit(1);
        }
        if (id > MAX) {
            throw new DevException(DevError.NO_MEMORY, "all " + MAX + " pool ids are in use: close pools that are not needed");
        }
        USED.set(id);
        last = id;
        return id;
    }

    static synchronized void free(int id) {
        USED.clear(id);
    }
}
