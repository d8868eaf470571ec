package net.driver.virtio;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import net.api.device.DmaMemory;
import net.api.device.Mmio;
import net.api.driver.Attachment;
import net.api.driver.HandOver;
import net.hw.virtio.VirtqAvail;
import net.hw.virtio.VirtqDesc;
import net.hw.virtio.VirtqUsed;

/**
 * The memory of a split virtqueue, 2.7, and what receive, transmit and control queue do alike with it: publish, notify, look for used buffers.
 * Descriptor table, available and used ring lie in one segment, followed by what the queue's user asked for.
 */
final class SplitRing {
    private static final int LINE = 64;
    private static final VarHandle LAST_USED;

    static {
        try {
            LAST_USED = MethodHandles.lookup().findVarHandle(SplitRing.class, "lastUsed", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The queue's number at the device. */
    final int index;
    /** Descriptors, a power of two. */
    final int size;
    /** {@code size - 1}. */
    final int mask;
    final MemorySegment memory;
    /** Where the available ring begins. */
    final long avail;
    /** Where the used ring begins. */
    final long used;
    /** Where the user's memory begins; a multiple of 64. */
    final long extra;
    private final DmaMemory dma;
    private final boolean eventIdx;
    private Mmio notify;
    private long notifyAt;
    /** queue_notify_off. */
    private int notifyOff;

    /** idx of the available ring as it was published last; 16 bits. */
    int published;
    /** idx of the used ring up to which everything was taken; 16 bits. */
    int lastUsed;

    /**
     * @param purpose in messages
     * @param size descriptors, a power of two, at most 32768
     * @param extraBytes memory for the queue's user, behind the rings
     * @param eventIdx EVENT_IDX was negotiated
     */
    SplitRing(Attachment attachment, String purpose, int index, int size, long extraBytes, boolean eventIdx) {
        this.index = index;
        this.size = size;
        this.mask = size - 1;
        this.eventIdx = eventIdx;
        avail = (long) size * VirtqDesc.SIZE;
        // Four bytes behind a line: so no element of the used ring is cut by a line's end. Four is the alignment that it needs (2.7).
        used = line(avail + VirtqAvail.size(size)) + VirtqUsed.ALIGNMENT;
        extra = line(used + VirtqUsed.size(size));
        dma = attachment.allocateDma(purpose, extra + extraBytes, 4096);
        memory = dma.segment();
    }

    /** A queue that begins wants no interrupts. */
    void begin() {
        suppressInterrupts();
    }

    /** Notes where the ring stands. */
    void save(HandOver.Writer to, String prefix) {
        to.put(prefix + "size", size).put(prefix + "published", published).put(prefix + "lastUsed", lastUsed).put(prefix + "notifyOff", notifyOff);
    }

    /** A ring of a device that runs. */
    void restore(HandOver from, String prefix, VirtioPci pci) {
        published = from.number(prefix + "published", 0, 0xffff);
        lastUsed = from.number(prefix + "lastUsed", 0, 0xffff);
        pci.connect(this, from.number(prefix + "notifyOff", 0, 0xffff));
    }

    private static long line(long offset) {
        return offset + LINE - 1 & -LINE;
    }

    /** Where notifications of this queue are written. */
    void notifyAt(Mmio window, long offset, int queueNotifyOff) {
        notify = window;
        notifyAt = offset;
        notifyOff = queueNotifyOff;
    }

    /** The device address of a place in {@link #memory}. */
    long iova(long offset) {
        return dma.iova(offset);
    }

    /** Buffers that the device has used and nobody has taken, as it claims: 0 to 65535. What it wrote into them is visible. */
    int usedCount() {
        return VirtqUsed.idxAcquire(memory, used) - lastUsed & 0xffff;
    }

    /**
     * Publishes entries of the available ring that were written, and notifies the device if it wants that.
     *
     * @param count how many
     * @return true if it was notified
     */
    boolean publish(int count) {
        int old = published;
        int now = old + count & 0xffff;
        published = now;
        VirtqAvail.setIdxRelease(memory, avail, now);
        // 2.7.13.4.1: idx must be visible before the device's wish is read.
        VarHandle.fullFence();
        boolean wanted = eventIdx ? needEvent(VirtqUsed.availEventOpaque(memory, used, size), now, old)
                : (VirtqUsed.flagsOpaque(memory, used) & VirtqUsed.NO_NOTIFY) == 0;
        if (wanted) {
            notifyDevice();
        }
        return wanted;
    }

    /** Notifies the device, whatever it wants. */
    void notifyDevice() {
        notify.write16(notifyAt, index);
    }

    /**
     * Whether idx passed the event on its way from {@code old} to {@code now}: all of them 16 bits, which wrap. 2.7.10.1.
     */
    static boolean needEvent(int event, int now, int old) {
        return (now - event - 1 & 0xffff) < (now - old & 0xffff);
    }

    /** Asks for an interrupt at the next used buffer; the caller looks at {@link #usedCount} once more afterwards. 2.7.7, 2.7.10. */
    void armInterrupt() {
        if (eventIdx) {
            VirtqAvail.setUsedEventOpaque(memory, avail, size, lastUsed);
        } else {
            VirtqAvail.setFlagsOpaque(memory, avail, 0);
        }
        VarHandle.fullFence();
    }

    /** Asks for no interrupts; with EVENT_IDX one may come every 65536 buffers. */
    void suppressInterrupts() {
        if (eventIdx) {
            VirtqAvail.setUsedEventOpaque(memory, avail, size, lastUsed - 1);
        } else {
            VirtqAvail.setFlagsOpaque(memory, avail, VirtqAvail.NO_INTERRUPT);
        }
    }

    /** For any thread: the device has used something, as a hint. */
    boolean hasUsed() {
        return VirtqUsed.idxOpaque(memory, used) != (int) LAST_USED.getOpaque(this);
    }
}
