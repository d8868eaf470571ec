package net.sim;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import net.hw.virtio.CommonConfig;
import net.hw.virtio.Feature;
import net.hw.virtio.VirtqAvail;
import net.hw.virtio.VirtqDesc;
import net.hw.virtio.VirtqUsed;

/**
 * The device's side of a split virtqueue. Virtio 1.2, 2.7. Everything that the driver wrote is read once and checked; what is wrong is an error of the
 * driver, after which the device needs a reset. Under the engine's lock.
 */
final class VirtQueue {
    private static final ValueLayout.OfLong LE64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    final int index;
    private final VirtioDevice device;
    private final int maxSize;

    // The registers of the queue. 4.1.4.3.
    int size;
    int vector;
    boolean enabled;
    long desc;
    long driver;
    long used;

    private DmaSpace.Window descWindow;
    private DmaSpace.Window availWindow;
    private DmaSpace.Window usedWindow;
    private MemorySegment descMemory;
    private MemorySegment availMemory;
    private MemorySegment usedMemory;
    private long descAt;
    private long availAt;
    private long usedAt;
    private boolean eventIdx;
    private boolean indirect;
    private int nextAvail;
    private int knownAvail;
    private int usedIdx;
    private int staged;
    private int head;

    VirtQueue(VirtioDevice device, int index, int maxSize) {
        this.device = device;
        this.index = index;
        this.maxSize = maxSize;
        reset();
    }

    /** Registers as after a reset of the device or, with RING_RESET, of the queue. 2.6.1. */
    void reset() {
        size = maxSize;
        vector = CommonConfig.NO_VECTOR;
        enabled = false;
        desc = 0;
        driver = 0;
        used = 0;
        nextAvail = 0;
        knownAvail = 0;
        usedIdx = 0;
        staged = 0;
        descWindow = null;
    }

    int maxSize() {
        return maxSize;
    }

    /** It may be worked on: enabled, and its rings are in memory that the device can reach. */
    boolean ready() {
        return enabled && (reachable() || locate());
    }

    private boolean reachable() {
        return device.mastering() && descWindow != null && descWindow.open && availWindow.open && usedWindow.open;
    }

    private boolean locate() {
        // 2.7: alignment of the three parts.
        if (desc % VirtqDesc.ALIGNMENT != 0 || driver % VirtqAvail.ALIGNMENT != 0 || used % VirtqUsed.ALIGNMENT != 0) {
            device.driverError("queue %d: descriptors 0x%x, available ring 0x%x or used ring 0x%x not aligned", index, desc, driver, used);
            return false;
        }
        descWindow = device.dmaRead(desc, (long) VirtqDesc.SIZE * size, "descriptor table");
        availWindow = device.dmaRead(driver, VirtqAvail.size(size), "available ring");
        usedWindow = device.dma(used, VirtqUsed.size(size), "used ring");
        if (descWindow == null || availWindow == null || usedWindow == null) {
            descWindow = null;
            device.driverError("queue %d: %s", index, device.lastDmaFault());
            return false;
        }
        descMemory = descWindow.segment;
        availMemory = availWindow.segment;
        usedMemory = usedWindow.segment;
        descAt = desc - descWindow.iova;
        availAt = driver - availWindow.iova;
        usedAt = used - usedWindow.iova;
        eventIdx = device.negotiated(Feature.EVENT_IDX);
        indirect = device.negotiated(Feature.INDIRECT_DESC);
        return true;
    }

    /** Chains that the driver has made available and the device has not taken; at most {@code enough} need be right. */
    int available(int enough) {
        int n = knownAvail - nextAvail & 0xffff;
        if (n < enough) {
            int idx = VirtqAvail.idxAcquire(availMemory, availAt);
            n = idx - nextAvail & 0xffff;
            if (n > size) {
                // The driver cannot have more chains than descriptors. 2.7.13.
                device.driverError("queue %d: available index 0x%04x is %d ahead of 0x%04x, with %d descriptors", index, idx, n, nextAvail, size);
                return 0;
            }
            knownAvail = idx;
        }
        return n;
    }

    /**
     * Reads a chain without taking it.
     *
     * @param ahead how many chains are before it
     * @param readable gets what the device may read, or is cleared
     * @param writable gets what the device may write
     * @return false after an error of the driver
     */
    boolean chain(int ahead, SgList readable, SgList writable) {
        readable.clear();
        writable.clear();
        head = VirtqAvail.entry(availMemory, availAt, nextAvail + ahead & size - 1);
        int at = head;
        MemorySegment table = descMemory;
        long tableAt = descAt;
        int entries = size;
        boolean inTable = false;
        for (int n = 0;; n++) {
            if (at >= entries || n >= (inTable ? entries : size)) {
                device.driverError("queue %d: chain from descriptor %d goes on to %d after %d, of %d", index, head, at, n, entries);
                return false;
            }
            long addr = table.get(LE64, tableAt + (long) at * VirtqDesc.SIZE);
            long word = table.get(LE64, tableAt + (long) at * VirtqDesc.SIZE + 8);
            int length = (int) word;
            int flags = (int) (word >>> 32) & 0xffff;
            if ((flags & VirtqDesc.INDIRECT) != 0) {
                // 2.7.5.3.1: negotiated, not nested, alone in its chain or the last, a whole number of descriptors.
                if (!indirect || inTable || (flags & VirtqDesc.NEXT) != 0 || length <= 0 || length % VirtqDesc.SIZE != 0 || length / VirtqDesc.SIZE > size) {
                    device.driverError("queue %d: indirect descriptor %d, flags 0x%x, %d bytes%s", index, at, flags, length, inTable ? ", in a table" : "");
                    return false;
                }
                DmaSpace.Window w = device.dmaRead(addr, length, "indirect table");
                if (w == null) {
                    device.driverError("queue %d: %s", index, device.lastDmaFault());
                    return false;
                }
                inTable = true;
                table = w.segment;
                tableAt = addr - w.iova;
                entries = length / VirtqDesc.SIZE;
                at = 0;
                n = -1;
                continue;
            }
            if (!piece(addr, length, (flags & VirtqDesc.WRITE) != 0, readable, writable)) {
                return false;
            }
            if ((flags & VirtqDesc.NEXT) == 0) {
                return true;
            }
            at = (int) (word >>> 48);
        }
    }

    private boolean piece(long addr, int length, boolean write, SgList readable, SgList writable) {
        if (length < 0 || !write && writable.bytes() > 0) {
            // 2.7.4.2: what the device writes comes last; a chain is shorter than 4 GiB, and nothing here is longer than 2.
            device.driverError("queue %d: chain from descriptor %d has %s", index, head, length < 0 ? "2 GiB and more" : "a readable part behind a writable one");
            return false;
        }
        DmaSpace.Window w = write ? device.dma(addr, length, "buffer") : device.dmaRead(addr, length, "buffer");
        if (w == null) {
            device.driverError("queue %d: %s", index, device.lastDmaFault());
            return false;
        }
        (write ? writable : readable).add(w.segment, addr - w.iova, length);
        return true;
    }

    /** The first descriptor of the chain read last: its id in the used ring. */
    int head() {
        return head;
    }

    /** Takes the chain whose id this is, the next one, and puts it into the used ring; {@link #publish} shows it to the driver. 2.7.8. */
    void use(int id, int length) {
        nextAvail = nextAvail + 1 & 0xffff;
        int at = usedIdx + staged++ & size - 1;
        Liar liar = device.liar();
        if (liar == null) {
            VirtqUsed.setElement(usedMemory, usedAt, at, id, length);
        } else {
            VirtqUsed.setElement(usedMemory, usedAt, at, liar.id(id, size), liar.length(length));
        }
    }

    /** Shows what was used to the driver, all at once, and interrupts it if it wants that. */
    void publish() {
        if (staged == 0) {
            return;
        }
        int count = staged;
        staged = 0;
        if (!reachable()) {
            return;
        }
        int old = usedIdx;
        usedIdx = old + count & 0xffff;
        Liar liar = device.liar();
        VirtqUsed.setIdxRelease(usedMemory, usedAt, liar == null ? usedIdx : liar.index(usedIdx, size));
        // Between the store of the index and the look whether the driver sleeps; its side does the same the other way round. 2.7.7.2.
        VarHandle.fullFence();
        boolean wanted;
        if (eventIdx) {
            int event = VirtqAvail.usedEventOpaque(availMemory, availAt, size);
            wanted = (usedIdx - event - 1 & 0xffff) < count;
        } else {
            wanted = (VirtqAvail.flagsOpaque(availMemory, availAt) & VirtqAvail.NO_INTERRUPT) == 0;
        }
        if (wanted) {
            device.queueInterrupt(this);
        }
    }

    /** The device looks by itself: no notifications, please. 2.7.10. */
    void suppressNotifications() {
        if (!eventIdx) {
            VirtqUsed.setFlagsOpaque(usedMemory, usedAt, VirtqUsed.NO_NOTIFY);
        }
    }

    /**
     * The device stops looking: notifications, please. 2.7.10.
     *
     * @return true if more has come in between, so that it is to look again at once
     */
    boolean requestNotifications() {
        if (eventIdx) {
            VirtqUsed.setAvailEventOpaque(usedMemory, usedAt, size, nextAvail);
        } else {
            VirtqUsed.setFlagsOpaque(usedMemory, usedAt, 0);
        }
        VarHandle.fullFence();
        return VirtqAvail.idxAcquire(availMemory, availAt) != nextAvail;
    }
}
