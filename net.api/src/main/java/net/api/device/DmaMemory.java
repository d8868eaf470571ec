package net.api.device;

import java.lang.foreign.MemorySegment;
import org.osgi.annotation.versioning.ConsumerType;

/** A piece of zeroed memory that devices of one host can read and write, coherent with the processor's caches. */
@ConsumerType
public interface DmaMemory extends AutoCloseable {
    /** The memory, of a shared arena: every thread may use it until {@link #close}, then every access gives IllegalStateException. */
    MemorySegment segment();

    /** Bytes, as many as were asked for or more. */
    default long size() {
        return segment().byteSize();
    }

    /** Device addresses are contiguous within pages of this many bytes, a power of two of at least 4096; beyond, they may jump. */
    long pageSize();

    /**
     * The address under which devices reach the byte at {@code offset}.
     *
     * @param offset 0 to {@code size() - 1}
     * @throws IndexOutOfBoundsException if outside
     */
    long iova(long offset);

    /** The NUMA node that the memory is of, from 0; -1 where that is not known, or no single one. */
    default int node() {
        return -1;
    }

    /** Unmaps it from the devices, then frees it. Only after the devices were stopped. Again is no error. */
    @Override
    void close();
}
