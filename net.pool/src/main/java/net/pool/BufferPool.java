package net.pool;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import net.api.DevException;
import net.api.NetBuf;
import net.api.NetBufShells;
import net.api.device.DmaMemory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A pool over one piece of DMA memory. A plain object: {@link PoolMaker} or the constructor makes it, {@link #close} ends it. */
public final class BufferPool extends Pool {
    private static final Logger LOG = LoggerFactory.getLogger(BufferPool.class);

    /** A buffer that has been held so long is taken for lost when the pool is exhausted, unless somebody says otherwise: 10 s. */
    public static final Duration LONG = Duration.ofSeconds(10);

    private final PoolSpec spec;
    private final DmaMemory memory;
    private final Runnable freed;
    /** Null: the pool has none. */
    private final ShellPool shells;

    /**
     * A pool in memory that is there already; it belongs to the pool from now on. Its shells, if it has any, cannot map further memory.
     *
     * @param spec what it is to be
     * @param id 1 to 65 535, unique among the live pools
     * @param host name of the host whose devices reach the memory
     * @param memory as many bytes as the buffers need
     * @throws DevException NO_MEMORY if fewer buffers fit; INVALID_PARAM if the id is out of range, or if buffers are larger than the memory's pages and
     *         device addresses jump within them; the memory then stays the caller's
     */
    public BufferPool(PoolSpec spec, int id, String host, DmaMemory memory) {
        this(spec, id, host, memory, () -> { }, Mapper.none(host));
    }

    /**
     * @param freed called when the last buffer is back
     * @param mapper for the shells
     */
    BufferPool(PoolSpec spec, int id, String host, DmaMemory memory, Runnable freed, Mapper mapper) {
        super(spec.name(), id, host, spec.cacheSize(), spec.scrub(), pool -> Layout.buffers(pool, spec, memory));
        this.spec = spec;
        this.memory = memory;
        this.freed = freed;
        shells = spec.shells() == 0 ? null : ShellPool.make(spec.name(), host, spec.shells(), mapper);
    }

    @Override
    public int node() {
        return memory.node();
    }

    @Override
    public int dataRoom() {
        return spec.dataRoom();
    }

    @Override
    public int headroom() {
        return HEADROOM;
    }

    @Override
    public NetBufShells shells() {
        return shells == null ? super.shells() : shells;
    }

    @Override
    void tidy(NetBuf b) {
        b.scrub();
    }

    /** The level is that of the pool's shells as well. */
    @Override
    public void leakDetection(LeakDetection level, Duration tooLong) {
        super.leakDetection(level, tooLong);
        if (shells != null) {
            shells.leakDetection(level, tooLong);
        }
    }

    /** Those of the pool's shells are among them. */
    @Override
    public List<Leak> leaks(Duration heldFor) {
        return shells == null ? super.leaks(heldFor) : Stream.concat(super.leaks(heldFor).stream(), shells.leaks(heldFor).stream()).toList();
    }

    /** {@inheritDoc} Its shells are closed first. */
    @Override
    public void close() {
        if (shells != null) {
            shells.close();
        }
        super.close();
    }

    @Override
    void end() {
        try {
            memory.close();
        } catch (RuntimeException e) {
            LOG.error("Pool {} of host {}: its memory could not be freed: {}", name(), host(), e.toString());
        }
        freed.run();
    }

    /** {@code pool default of sim: 8192 buffers of 1920 bytes}. */
    @Override
    public String toString() {
        return "pool " + name() + " of " + host() + ": " + capacity() + " buffers of " + dataRoom() + " bytes";
    }
}
