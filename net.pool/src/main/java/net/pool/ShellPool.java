package net.pool;

import java.lang.foreign.MemorySegment;
import net.api.DevError;
import net.api.DevException;
import net.api.NetBuf;
import net.api.NetBufShells;
import net.api.device.DmaMemory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shells: {@link NetBufShells}. What one refers to is noted beside it, by index, while it is out: the buffer whose reference a clone holds, or what to call when
 * a wrapped packet is released. Whoever gives up the last reference of a shell settles that before it is free.
 */
final class ShellPool extends Pool implements NetBufShells {
    private static final Logger LOG = LoggerFactory.getLogger(ShellPool.class);
    private static final int LONGEST = HEADROOM + MAX_DATA_ROOM;
    /** Whoever may use this thread's memory, or any thread's: it never runs. */
    private static final Thread ANY_THREAD = new Thread(() -> { });

    /** A packet that was wrapped. */
    private record Wrapped(Mapped memory, Runnable released) {
    }

    private final Mapper mapper;
    private final ReadOnly readOnly = new ReadOnly();
    /** {@link NetBuf} of a clone, {@link Wrapped} or Runnable of wrapped memory, null of one that refers to nothing. Written by the owner alone. */
    private final Object[] refers;

    private ShellPool(String name, int id, String host, int shells, Mapper mapper) {
        super(name, id, host, PoolSpec.cacheOf(shells), true, pool -> {
            NetBuf[] all = new NetBuf[shells];
            for (int i = 0; i < shells; i++) {
                all[i] = new NetBuf(pool, i);
            }
            return all;
        });
        this.mapper = mapper;
        refers = new Object[shells];
    }

    /** Under an id of its own. */
    static ShellPool make(String name, String host, int shells, Mapper mapper) {
        return new ShellPool(name, PoolIds.next(), host, shells, mapper);
    }

    @Override
    public int dataRoom() {
        return 0;
    }

    @Override
    public int headroom() {
        return 0;
    }

    // ---- clones ----

    @Override
    public NetBuf cloneOf(NetBuf frame) {
        frame.frameLength();
        NetBuf head = null;
        NetBuf last = null;
        try {
            for (NetBuf b = frame; b != null; b = b.next()) {
                NetBuf shell = one(b);
                if (shell == null) {
                    break;
                }
                if (head == null) {
                    head = shell;
                } else {
                    last.chain(shell);
                }
                last = shell;
                if (b.next() == null) {
                    return head;
                }
            }
        } catch (DevException e) {
            if (head != null) {
                head.release();
            }
            throw e;
        }
        if (head != null) {
            head.release();
        }
        return null;
    }

    /** A clone of one buffer, or null. */
    private NetBuf one(NetBuf b) {
        if (!b.pool().host().equals(host())) {
            throw new DevException(DevError.INVALID_PARAM, "%s cannot be cloned by shells of host %s: it is of host %s".formatted(b, host(), b.pool().host()));
        }
        NetBuf origin = b.pool() instanceof ShellPool other ? other.origin(b) : b;
        NetBuf shell = allocate();
        if (shell == null) {
            return null;
        }
        try {
            origin.addReference();
        } catch (DevException e) {
            shell.release();
            throw e;
        }
        refers[shell.index()] = origin;
        int offset = b.offset();
        shell.refer(readOnly.of(b.memory()), b.memoryOffset() - offset, b.capacity(), b.hasIova() ? b.bufferIova() : NetBuf.NO_IOVA);
        shell.view(offset, b.headerLength(), b.length());
        shell.found(b.rxInfo());
        return shell;
    }

    /** The buffer whose reference a clone holds; the shell itself if it is no clone. The caller holds a reference of it. */
    private NetBuf origin(NetBuf shell) {
        return refers[shell.index()] instanceof NetBuf origin ? origin : shell;
    }

    // ---- memory of others ----

    @Override
    public DmaMemory map(MemorySegment memory) {
        check(memory, Long.MAX_VALUE);
        return new Mapped(this, mapper.map("packets of an application, pool " + name(), memory));
    }

    @Override
    public NetBuf wrap(DmaMemory memory, long at, int count, Runnable released) {
        if (!(memory instanceof Mapped mapped) || mapped.pool() != this) {
            throw new DevException(DevError.INVALID_PARAM, "the memory was not mapped by the shells of pool " + name() + " of host " + host() + ": map it there first");
        }
        if (count < 1 || count > LONGEST || at < 0 || at > memory.size() - count || !Layout.isContiguous(memory, at, count)) {
            throw new DevException(DevError.INVALID_PARAM, "%d bytes at %d of %d cannot be a packet: give 1 to %d bytes at device addresses that do not jump"
                    .formatted(count, at, memory.size(), LONGEST));
        }
        NetBuf shell = allocate();
        if (shell != null) {
            try {
                mapped.enter();
            } catch (DevException e) {
                shell.release();
                throw e;
            }
            refers[shell.index()] = new Wrapped(mapped, released);
            shell.refer(mapped.segment(), at, count, mapped.iova(at));
            shell.view(0, 0, count);
        }
        return shell;
    }

    @Override
    public NetBuf wrap(MemorySegment memory, Runnable released) {
        check(memory, LONGEST);
        NetBuf shell = allocate();
        if (shell != null) {
            refers[shell.index()] = released;
            shell.refer(memory, 0, (int) memory.byteSize(), NetBuf.NO_IOVA);
            shell.view(0, 0, (int) memory.byteSize());
        }
        return shell;
    }

    private static void check(MemorySegment memory, long most) {
        if (!memory.isNative() || !memory.isAccessibleBy(ANY_THREAD) || memory.isReadOnly() || memory.byteSize() < 1 || memory.byteSize() > most) {
            throw new DevException(DevError.INVALID_PARAM, memory + " cannot be packets: give native memory of a shared arena or the global one, writable, of 1 to " + most
                    + " bytes");
        }
    }

    // ---- release ----

    @Override
    void tidy(NetBuf shell) {
        Object referred = refers[shell.index()];
        refers[shell.index()] = null;
        shell.refer(MemorySegment.NULL, 0, 0, NetBuf.NO_IOVA);
        switch (referred) {
            case null -> { }
            case NetBuf origin -> origin.pool().releaseOne(origin);
            case Wrapped w -> {
                w.memory.leave();
                call(w.released);
            }
            default -> call((Runnable) referred);
        }
    }

    private void call(Runnable released) {
        try {
            released.run();
        } catch (RuntimeException e) {
            LOG.error("Pool {} of host {}: what was to be called when a wrapped packet is released failed", name(), host(), e);
        }
    }

    @Override
    void end() {
        PoolIds.free(id());
    }

    /** {@code shells of pool default of sim: 1024}. */
    @Override
    public String toString() {
        return "shells of pool " + name() + " of " + host() + ": " + capacity();
    }
}
