package net.pool;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import net.api.DevError;
import net.api.DevException;
import net.api.NetBuf;
import net.api.NetBufPool;
import net.api.NetBufPoolSet;

/** Size classes: {@link NetBufPoolSet}. A plain object; its pools are made, and closed, by others. */
public final class PoolSet implements NetBufPoolSet {
    private static final Comparator<NetBufPool> BY_SIZE = Comparator.comparingInt(NetBufPool::dataRoom).thenComparing(NetBufPool::name);

    private final String name;
    private final String host;
    /** Replaced, never changed. */
    private volatile NetBufPool[] pools = {};

    /**
     * Without a class yet.
     *
     * @param host name of the host whose devices reach the memory of all classes
     */
    public PoolSet(String name, String host) {
        this.name = name;
        this.host = host;
    }

    /** @throws DevException INVALID_PARAM if the pool is of another host; ALREADY_EXISTS if it is there already */
    public synchronized void add(NetBufPool pool) {
        if (!pool.host().equals(host)) {
            throw new DevException(DevError.INVALID_PARAM, "pool %s of host %s cannot be a class of set %s, which is of host %s".formatted(pool.name(), pool.host(), name,
                    host));
        }
        if (List.of(pools).contains(pool)) {
            throw new DevException(DevError.ALREADY_EXISTS, "pool " + pool.name() + " is a class of set " + name + " already");
        }
        pools = Stream.concat(Arrays.stream(pools), Stream.of(pool)).sorted(BY_SIZE).toArray(NetBufPool[]::new);
    }

    /** Buffers of the pool that are out stay out. No effect if it is no class of this set. */
    public synchronized void remove(NetBufPool pool) {
        pools = Arrays.stream(pools).filter(p -> p != pool).toArray(NetBufPool[]::new);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String host() {
        return host;
    }

    @Override
    public List<NetBufPool> pools() {
        return List.of(pools);
    }

    @Override
    public NetBufPool poolFor(int size) {
        NetBufPool[] all = pools;
        return all[smallest(all, size)];
    }

    @Override
    public NetBuf allocate(int size) {
        NetBufPool[] all = pools;
        for (int i = smallest(all, size); i < all.length; i++) {
            NetBuf b = all[i].allocate();
            if (b != null) {
                return b;
            }
        }
        return null;
    }

    @Override
    public NetBuf allocate(MemorySegment data) {
        NetBufPool[] all = pools;
        for (int i = smallest(all, data.byteSize()); i < all.length; i++) {
            NetBuf b = all[i].allocate(data);
            if (b != null) {
                return b;
            }
        }
        return null;
    }

    @Override
    public NetBuf copy(NetBuf frame) {
        NetBuf copy = allocate(frame.frameLength());
        if (copy != null) {
            for (NetBuf b = frame; b != null; b = b.next()) {
                int at = copy.length();
                copy.append(b.length());
                copy.copyFrom(at, b, 0, b.length());
            }
        }
        return copy;
    }

    private int smallest(NetBufPool[] all, long size) {
        for (int i = 0; i < all.length && size >= 0; i++) {
            if (all[i].dataRoom() >= size) {
                return i;
            }
        }
        throw new DevException(DevError.INVALID_PARAM, "set %s of host %s has no class for %d bytes: %s".formatted(name, host, size, size < 0 ? "give 0 or more"
                : all.length == 0 ? "it has no pools" : "the largest has room for " + all[all.length - 1].dataRoom() + "; add a pool with a larger dataRoom"));
    }

    /** {@code set default of sim: 1920, 9216 bytes}. */
    @Override
    public String toString() {
        return "set " + name + " of " + host + ": " + String.join(", ", Arrays.stream(pools).map(p -> String.valueOf(p.dataRoom())).toList()) + " bytes";
    }
}
