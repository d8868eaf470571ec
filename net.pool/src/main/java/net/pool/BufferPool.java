package net.pool;

import java.time.Duration;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import net.api.DevError;
import net.api.DevException;
import net.api.NetBuf;
import net.api.NetBufShells;
import net.api.device.DmaMemory;

/** A pool in DMA memory. A plain object: {@link PoolMaker} or the constructor makes it, {@link #close} ends it. */
public final class BufferPool extends Pool {

    /** A buffer that has been held so long is taken for lost when the pool is exhausted, unless somebody says otherwise: 10 s. */
    public static final Duration LONG = Duration.ofSeconds(10);

    private final PoolSpec spec;
    private final int node;
    private final Elastic memory;
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
        this(spec, id, host, memory, null, () -> { }, Mapper.none(host));
    }

    /**
     * @param memory as many bytes as the buffers need that the pool always has
     * @param more memory for so many further buffers; null: the pool was made without its host
     * @param freed called when the last buffer is back
     * @param mapper for the shells
     */
    BufferPool(PoolSpec spec, int id, String host, DmaMemory memory, IntFunction<DmaMemory> more, Runnable freed, Mapper mapper) {
        super(spec.name(), id, host, spec.cacheSize(), spec.scrub(), pool -> Layout.place(pool, spec, memory, new NetBuf[0], 0,
                spec.growth().isElastic() ? spec.growth().min() : spec.buffers()));
        if (spec.growth().isElastic() && more == null) {
            throw new DevException(DevError.INVALID_PARAM, "pool " + spec.name() + ": memory of the caller's does not grow: leave growth at none");
        }
        this.spec = spec;
        this.node = memory.node();
        this.freed = freed;
        this.memory = new Elastic(this, spec, memory, more);
        shells = spec.shells() == 0 ? null : ShellPool.make(spec.name(), host, spec.shells(), mapper);
        try {
            this.memory.start();
        } catch (RuntimeException e) {
            if (shells != null) {
                shells.close();
            }
            throw e;
        }
    }

    @Override
    public int node() {
        return node;
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

    @Override
    void starved() {
        memory.starved();
    }

    /** The pool's memory, in pieces. */
    Elastic memory() {
        return memory;
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
        memory.stop();
        super.close();
    }

    @Override
    void end() {
        memory.free();
        freed.run();
    }

    /** {@code pool default of sim: 8192 buffers of 1920 bytes}. */
    @Override
    public String toString() {
        return "pool " + name() + " of " + host() + ": " + capacity() + " buffers of " + dataRoom() + " bytes";
    }
}
