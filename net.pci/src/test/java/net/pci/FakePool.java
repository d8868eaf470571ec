package net.pci;

import java.lang.foreign.Arena;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import net.api.NetBuf;
import net.api.NetBufCache;
import net.api.NetBufPool;
import net.api.PoolStatistics;

/** A pool that only knows how many buffers are out. */
final class FakePool implements NetBufPool {
    private final String name;
    private final List<String> log;
    private final Deque<NetBuf> free = new ArrayDeque<>();
    private static final int CAPACITY = 64;
    /** NUMA node of its memory. */
    int node = -1;

    FakePool(String name, List<String> log) {
        this.name = name;
        this.log = log;
        var memory = Arena.ofAuto().allocate(CAPACITY * 256L, 64);
        for (int i = 0; i < CAPACITY; i++) {
            free.add(new NetBuf(this, i, memory, i * 256L, 256, 128, i * 256L));
        }
    }

    synchronized void post(NetBuf[] ring, int count) {
        for (int i = 0; i < count; i++) {
            ring[i] = free.pop();
        }
    }

    synchronized int missing() {
        return CAPACITY - free.size();
    }

    @Override
    public synchronized int reclaim(NetBuf[] ring) {
        int n = 0;
        for (int i = 0; i < ring.length; i++) {
            if (ring[i] != null) {
                ring[i].reclaimed();
                free.push(ring[i]);
                ring[i] = null;
                n++;
            }
        }
        log.add("reclaimed " + n);
        return n;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int id() {
        return 1;
    }

    @Override
    public String host() {
        return "fake";
    }

    @Override
    public int node() {
        return node;
    }

    @Override
    public int capacity() {
        return CAPACITY;
    }

    @Override
    public int dataRoom() {
        return 128;
    }

    @Override
    public int headroom() {
        return 128;
    }

    @Override
    public NetBuf allocate() {
        throw new UnsupportedOperationException();
    }

    @Override
    public int allocate(NetBuf[] to, int from, int count) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void release(NetBuf buf) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void release(NetBuf[] bufs, int from, int count) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void releaseOne(NetBuf buf) {
        throw new UnsupportedOperationException();
    }

    @Override
    public NetBuf attach(long handle) {
        throw new UnsupportedOperationException();
    }

    @Override
    public NetBufCache cache() {
        throw new UnsupportedOperationException();
    }

    @Override
    public PoolStatistics statistics() {
        throw new UnsupportedOperationException();
    }
}
