package net.linux.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;

/** See {@link Mappings} and {@link Views}. */
final class SystemMappings implements Mappings, Views {
    /** PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE, MAP_SHARED, MAP_PRIVATE, MAP_ANONYMOUS, MAP_HUGETLB and MAP_HUGE_SHIFT of asm-generic/mman-common.h. */
    private static final int NONE = 0;
    private static final int READ = 1;
    private static final int READ_WRITE = 3;
    private static final int SHARED = 1;
    private static final int PRIVATE = 2;
    private static final int ANONYMOUS = 0x20;
    private static final int HUGETLB = 0x40000;
    private static final int HUGE_SHIFT = 26;
    /** MREMAP_MAYMOVE | MREMAP_FIXED of linux/mman.h. */
    private static final int MOVE_TO = 3;
    private static final long FAILED = -1;
    private static final long PAGE = 4096;

    /** __NR_mbind of asm/unistd_64.h and of asm-generic/unistd.h. */
    private static final long MBIND_NUMBER = System.getProperty("os.arch").equals("amd64") ? 237 : 235;
    /** MPOL_BIND of linux/mempolicy.h. */
    private static final long BIND = 2;
    /** Nodes in the mask; one word more is asked for, because the kernel takes the last bit away. */
    private static final int NODES = 64;

    /** Linked with the first call, as in {@link SystemDescriptors}. */
    private static final class Linked {
        static final MethodHandle MMAP = Libc.function("mmap", FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
        static final MethodHandle MUNMAP = Libc.function("munmap", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));
        static final MethodHandle MREMAP = Libc.variadic("mremap", FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG), 4);
        static final MethodHandle MLOCK = Libc.function("mlock", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));
        /** mbind(2) is not in the C library. */
        static final MethodHandle MBIND = Libc.variadic("syscall",
                FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG), 1);
    }

    @Override
    public MemorySegment map(int fd, long offset, long size, Arena arena) {
        return map("mmap of " + size + " bytes at 0x" + Long.toHexString(offset), size, READ_WRITE, SHARED, fd, offset, arena);
    }

    @Override
    public MemorySegment read(int fd, long offset, long size, Arena arena) {
        return map("mmap of " + size + " bytes to read at 0x" + Long.toHexString(offset), size, READ, SHARED, fd, offset, arena).asReadOnly();
    }

    @Override
    public MemorySegment join(List<MemorySegment> pieces, Arena arena) {
        long size = pieces.stream().mapToLong(MemorySegment::byteSize).sum();
        String what = "mremap of " + pieces.size() + " pieces to " + size + " bytes";
        // Room first, which the arena gives back whatever happens; each piece then takes the place of a part of it.
        MemorySegment joined = map(what, size, NONE, PRIVATE | ANONYMOUS, -1, 0, arena);
        long to = joined.address();
        for (MemorySegment piece : pieces) {
            long address;
            try {
                address = (long) Linked.MREMAP.invokeExact(Libc.state(), piece, 0L, piece.byteSize(), MOVE_TO, to);
            } catch (Throwable t) {
                throw Libc.unexpected(t);
            }
            if (address == FAILED) {
                throw Libc.failure(what);
            }
            to += piece.byteSize();
        }
        return pieces.stream().anyMatch(MemorySegment::isReadOnly) ? joined.asReadOnly() : joined;
    }

    @Override
    public MemorySegment allocate(long size, long page, int node, Arena arena) {
        int huge = page == PAGE ? 0 : HUGETLB | Long.numberOfTrailingZeros(page) << HUGE_SHIFT;
        String what = "mmap of " + size + " bytes in pages of " + page;
        MemorySegment memory = map(what, size, READ_WRITE, SHARED | ANONYMOUS | huge, -1, 0, arena);
        if (node >= 0) {
            bind(memory, node);
        }
        return memory;
    }

    private static MemorySegment map(String what, long size, int access, int flags, int fd, long offset, Arena arena) {
        long address;
        try {
            address = (long) Linked.MMAP.invokeExact(Libc.state(), MemorySegment.NULL, size, access, flags, fd, offset);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
        if (address == FAILED) {
            throw Libc.failure(what);
        }
        return MemorySegment.ofAddress(address).reinterpret(size, arena, SystemMappings::unmap);
    }

    private static void unmap(MemorySegment memory) {
        try {
            int ignored = (int) Linked.MUNMAP.invokeExact(Libc.state(), memory, memory.byteSize());
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    @Override
    public void bind(MemorySegment memory, int node) {
        if (node >= NODES) {
            throw new SystemCallException("mbind to node " + node + " of at most " + NODES, SystemCallException.EINVAL);
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocateFrom(JAVA_LONG, 1L << node);
            long result = (long) Linked.MBIND.invokeExact(Libc.state(), MBIND_NUMBER, memory, memory.byteSize(), BIND, mask, (long) NODES + 1, 0L);
            if (result != 0) {
                throw Libc.failure("mbind to node " + node);
            }
        } catch (SystemCallException e) {
            throw e;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    @Override
    public void lock(MemorySegment memory) {
        int result;
        try {
            result = (int) Linked.MLOCK.invokeExact(Libc.state(), memory, memory.byteSize());
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
        if (result != 0) {
            throw Libc.failure("mlock of " + memory.byteSize() + " bytes");
        }
    }
}
