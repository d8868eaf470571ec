package net.pool;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import net.api.DevError;
import net.api.DevException;
import net.api.device.DmaMemory;

/** An application's memory that devices reach, and how many packets in it are out. */
final class Mapped implements DmaMemory {
    /** In {@link #out}: no packets any more. */
    private static final int CLOSED = Integer.MIN_VALUE;

    private final ShellPool pool;
    private final DmaMemory memory;
    private final AtomicInteger out = new AtomicInteger();

    Mapped(ShellPool pool, DmaMemory memory) {
        this.pool = pool;
        this.memory = memory;
    }

    ShellPool pool() {
        return pool;
    }

    /** One more packet. @throws DevException INVALID_PARAM if it is closed */
    void enter() {
        if (out.getAndUpdate(n -> n == CLOSED ? n : n + 1) == CLOSED) {
            throw new DevException(DevError.INVALID_PARAM, "the mapping of the memory is closed: map it again");
        }
    }

    /** One less. */
    void leave() {
        out.getAndDecrement();
    }

    @Override
    public MemorySegment segment() {
        return memory.segment();
    }

    @Override
    public long pageSize() {
        return memory.pageSize();
    }

    @Override
    public long iova(long offset) {
        return memory.iova(offset);
    }

    @Override
    public int node() {
        return memory.node();
    }

    @Override
    public void close() {
        int n = out.compareAndExchange(0, CLOSED);
        if (n > 0) {
            throw new DevException(DevError.RESOURCE_BUSY, n + " packets in the mapped memory are out: release them first");
        }
        memory.close();
    }
}
