package net.driver.fxmac;

import java.lang.foreign.MemorySegment;
import net.api.DevError;
import net.api.DevException;
import net.api.device.DmaMemory;
import net.api.driver.Attachment;
import net.hw.fxmac.RxBd;
import net.hw.fxmac.TxBd;

/**
 * The memory of all rings, in one piece. The upper halves of their addresses are one register for all queues of a direction, so no two of them may lie in
 * different windows of 4 GiB: the piece is aligned to a power of two that it fits in, so that it never crosses from one into the next.
 */
final class Rings {
    private final DmaMemory memory;
    private final Shape shape;

    /** Allocates the memory. */
    Rings(Attachment attachment, Shape shape) {
        this.shape = shape;
        long bytes = tieOff() + 2L * RxBd.ALIGNMENT;
        memory = attachment.allocateDma("rings", bytes, Long.highestOneBit(bytes) << 1);
        if ((memory.iova(0) ^ memory.iova(bytes - 1)) >>> 32 != 0) {
            throw new DevException(DevError.IO, "%s: its rings were given device addresses 0x%x to 0x%x, which cross a multiple of 4 GiB, though they were to be aligned"
                    .formatted(attachment.device().address(), memory.iova(0), memory.iova(bytes - 1)));
        }
    }

    /** Makes what unused queues find. */
    void begin() {
        RxBd.setUsed(segment(), tieOff(), RxBd.WRAP);
        TxBd.setUsed(segment(), tieOff() + RxBd.ALIGNMENT, TxBd.WRAP);
    }

    MemorySegment segment() {
        return memory.segment();
    }

    /** Where receive ring {@code q} begins in the memory. */
    long rx(int q) {
        return (long) q * shape.rxRing() * RxBd.SIZE;
    }

    /** Where transmit ring {@code q} begins in the memory. */
    long tx(int q) {
        return rx(shape.rxQueues()) + (long) q * shape.txRing() * TxBd.SIZE;
    }

    /** Where the rings of unused queues begin: one used descriptor each, at which a device that looks stops. */
    private long tieOff() {
        return tx(shape.txQueues());
    }

    /** Device address of receive ring {@code q}; of the one for unused queues, if it is not one of ours. */
    long rxIova(int q) {
        return memory.iova(q < shape.rxQueues() ? rx(q) : tieOff());
    }

    /** As {@link #rxIova}, for a transmit ring. */
    long txIova(int q) {
        return memory.iova(q < shape.txQueues() ? tx(q) : tieOff() + RxBd.ALIGNMENT);
    }
}
