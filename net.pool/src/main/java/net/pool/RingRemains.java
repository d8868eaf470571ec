package net.pool;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import net.api.NetBuf;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a driver that is gone, and is not trusted, left in a ring: buffers of the pool that asks, which are free now; frames of other pools of the host, which
 * go back to theirs; and what cannot be the driver's, which is left alone.
 */
final class RingRemains {
    private static final Logger LOG = LoggerFactory.getLogger(RingRemains.class);

    /** Of the pool that asks, marked as free; {@link #own} of them. */
    final NetBuf[] found;
    final int own;
    /** Of other pools. */
    final int others;
    /** Of another host, an application's, or there a second time. */
    final int strange;

    /** Empties the ring. */
    RingRemains(NetBuf[] ring, Pool pool) {
        Set<NetBuf> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        found = new NetBuf[ring.length];
        NetBuf last = null;
        int mine = 0;
        int foreign = 0;
        int odd = 0;
        for (int i = 0; i < ring.length; i++) {
            NetBuf b = ring[i];
            ring[i] = null;
            if (b == null) {
                continue;
            }
            if (b.isOwned() || !seen.add(b) || !b.pool().host().equals(pool.host())) {
                odd++;
                last = b;
            } else if (b.pool() == pool) {
                b.reclaimed();
                found[mine++] = b;
            } else {
                b.unlink();
                b.fromDevice();
                b.pool().releaseOne(b);
                foreign++;
            }
        }
        own = mine;
        others = foreign;
        strange = odd;
        if (last != null) {
            LOG.error("Pool {}: a driver's ring held {}: it is of another host, an application's, or was there twice, and is left alone", pool.name(), last);
        }
    }
}
