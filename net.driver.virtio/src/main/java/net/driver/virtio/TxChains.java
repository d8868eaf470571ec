package net.driver.virtio;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import net.api.DevError;
import net.api.DevException;
import net.api.NetBuf;
import net.api.driver.Attachment;
import net.api.driver.HandOver;
import net.hw.virtio.NetHeader;
import net.hw.virtio.VirtqDesc;

/**
 * Frames that do not fit one descriptor: of several buffers, or without room of their own for the header in front of the packet. With INDIRECT_DESC each is a
 * table of descriptors and takes one of the ring, 2.7.5.3; without, it is a chain of the ring's own.
 *
 * <p>What was given to the device is remembered here and in the ring, and never read back from shared memory.
 */
final class TxChains {
    /** Longest chain of buffers: a frame of 65535 bytes in the smallest buffers takes 43. */
    static final int MAX_SEGMENTS = 47;
    private static final int TABLE_ENTRIES = MAX_SEGMENTS + 1;
    private static final int TABLES = 64;
    /** Twelve zero bytes: every header that is not in a buffer. */
    private static final int HEADER_BYTES = 64;
    private static final byte NO_TABLE = -1;

    private final SplitRing queue;
    private final boolean indirect;
    private final int maxSegments;
    private final MemorySegment memory;
    private final long header;
    private final long tables;
    /** Buffers behind the first one, of frames with a table. */
    private final NetBuf[] further;
    private final byte[] tableOf;
    private final byte[] freeTables;
    private final char[] count;
    private final char[] next;
    /** The entries of the frame that is being written. */
    private final long[] addresses = new long[TABLE_ENTRIES];
    private final int[] lengths = new int[TABLE_ENTRIES];
    private int entries;
    private int freeTableCount;
    private int furtherBuffers;

    /** Bytes behind the rings that this needs. */
    static long memoryFor(boolean indirect) {
        return HEADER_BYTES + (indirect ? (long) TABLES * TABLE_ENTRIES * VirtqDesc.SIZE : 0);
    }

    /** @param indirect INDIRECT_DESC was negotiated */
    TxChains(Attachment attachment, String purpose, SplitRing queue, boolean indirect) {
        this.queue = queue;
        this.indirect = indirect;
        memory = queue.memory;
        header = queue.extra;
        tables = header + HEADER_BYTES;
        // 2.7.5.3.1: no chain and no table is longer than the queue; one descriptor may be the header's.
        maxSegments = Math.max(1, Math.min(MAX_SEGMENTS, queue.size - 1));
        further = indirect ? attachment.ring(purpose + " segments", TABLES * MAX_SEGMENTS) : new NetBuf[0];
        freeTables = new byte[TABLES];
        freeTableCount = indirect ? TABLES : 0;
        for (int i = 0; i < freeTableCount; i++) {
            freeTables[i] = (byte) i;
        }
        tableOf = new byte[queue.size];
        Arrays.fill(tableOf, NO_TABLE);
        count = new char[queue.size];
        next = new char[queue.size];
    }

    /** Notes which frames have what. */
    void save(HandOver.Writer to, String prefix) {
        to.put(prefix + "table", tableOf).put(prefix + "freeTables", Arrays.copyOf(freeTables, freeTableCount)).put(prefix + "count", count)
                .put(prefix + "next", next).put(prefix + "furtherBuffers", furtherBuffers);
    }

    /** Goes on where another driver was. */
    void restore(HandOver from, String prefix) {
        byte[] tablesOf = from.bytes(prefix + "table");
        byte[] unused = from.bytes(prefix + "freeTables");
        char[] counts = from.chars(prefix + "count");
        char[] nexts = from.chars(prefix + "next");
        if (tablesOf.length != tableOf.length || counts.length != count.length || nexts.length != next.length || unused.length > freeTableCount) {
            throw new DevException(DevError.INVALID_PARAM, "chains of a ring of %d descriptors and %d tables, not %d and %d".formatted(tablesOf.length,
                    unused.length, tableOf.length, freeTableCount));
        }
        System.arraycopy(tablesOf, 0, tableOf, 0, tableOf.length);
        System.arraycopy(unused, 0, freeTables, 0, unused.length);
        freeTableCount = unused.length;
        System.arraycopy(counts, 0, count, 0, count.length);
        System.arraycopy(nexts, 0, next, 0, next.length);
        furtherBuffers = from.number(prefix + "furtherBuffers", 0, Integer.MAX_VALUE);
    }

    /** Buffers behind the first one, of frames with a table; some are null. */
    NetBuf[] further() {
        return further;
    }

    int maxSegments() {
        return maxSegments;
    }

    boolean indirect() {
        return indirect;
    }

    boolean hasTable() {
        return freeTableCount > 0;
    }

    /** There are frames with a table. */
    boolean hasFrames() {
        return indirect && freeTableCount < TABLES;
    }

    /** Buffers that the device holds besides the first ones of frames. */
    int furtherBuffers() {
        return furtherBuffers;
    }

    /** There is room for the header in front of the packet of an owned buffer, and the memory is nobody else's. */
    static boolean headerFits(NetBuf head) {
        return head.offset() >= NetHeader.SIZE && head.isDirect();
    }

    /**
     * Writes a frame as a table.
     *
     * @param id its descriptor in the ring
     * @param head its first buffer, marked and cut off
     * @param fits {@link #headerFits} of it
     * @param rest the buffers behind, owned and chained, or null
     */
    void enterTable(int id, NetBuf head, boolean fits, NetBuf rest) {
        byte t = freeTables[--freeTableCount];
        tableOf[id] = t;
        begin(head, fits);
        int slot = t * MAX_SEGMENTS;
        for (NetBuf b = rest; b != null;) {
            NetBuf behind = b.unchain();
            further[slot++] = b;
            add(b);
            b = behind;
        }
        count[id] = (char) (slot - t * MAX_SEGMENTS);
        long table = tables + (long) t * TABLE_ENTRIES * VirtqDesc.SIZE;
        int last = entries - 1;
        for (int i = 0; i < last; i++) {
            VirtqDesc.set(memory, VirtqDesc.at(table, i), addresses[i], lengths[i], VirtqDesc.NEXT, i + 1);
        }
        VirtqDesc.set(memory, VirtqDesc.at(table, last), addresses[last], lengths[last], 0, 0);
        VirtqDesc.set(memory, VirtqDesc.at(0, id), queue.iova(table), entries * VirtqDesc.SIZE, VirtqDesc.INDIRECT, 0);
    }

    /**
     * Writes a frame as a chain of the ring's descriptors.
     *
     * @param id the first of them
     * @param head its first buffer, marked and cut off
     * @param fits {@link #headerFits} of it
     * @param rest the buffers behind, owned and chained, or null
     * @param ring gets the further buffers
     * @param free has one for each further buffer, and one if the header does not fit
     */
    void enterRing(int id, NetBuf head, boolean fits, NetBuf rest, NetBuf[] ring, FreeIds free) {
        begin(head, fits);
        int taken = 1;
        int last = id;
        for (NetBuf b = rest; b != null;) {
            NetBuf behind = b.unchain();
            last = link(last, free.take());
            taken++;
            ring[last] = b;
            add(b);
            b = behind;
        }
        if (!fits) {
            link(last, free.take());
            taken++;
        }
        count[id] = (char) taken;
        int d = id;
        for (int i = 0; i < entries - 1; i++) {
            VirtqDesc.set(memory, VirtqDesc.at(0, d), addresses[i], lengths[i], VirtqDesc.NEXT, next[d]);
            d = next[d];
        }
        VirtqDesc.set(memory, VirtqDesc.at(0, d), addresses[entries - 1], lengths[entries - 1], 0, 0);
    }

    private int link(int from, int to) {
        next[from] = (char) to;
        return to;
    }

    /** The header, and what the first buffer has. */
    private void begin(NetBuf head, boolean fits) {
        entries = 0;
        int length = head.deviceLength();
        if (fits) {
            NetHeader.setPlain(head.memory(), head.memoryOffset() - NetHeader.SIZE);
            entry(head.packetIova() - NetHeader.SIZE, length + NetHeader.SIZE);
        } else {
            entry(queue.iova(header), NetHeader.SIZE);
            if (length > 0) {
                entry(head.packetIova(), length);
            }
        }
    }

    /** Marks a further buffer as the device's. An empty one has no entry: devices refuse descriptors without bytes. */
    private void add(NetBuf b) {
        int length = b.length();
        b.toDevice();
        furtherBuffers++;
        if (length > 0) {
            entry(b.packetIova(), length);
        }
    }

    private void entry(long address, int length) {
        addresses[entries] = address;
        lengths[entries++] = length;
    }

    // ---- completion ----

    /** The frame of this descriptor was sent: if it had a table, its further buffers are free, and the table. */
    void leaveTable(int id, VirtioTxQueue owner) {
        byte t = tableOf[id];
        if (t == NO_TABLE) {
            return;
        }
        int n = count[id];
        int first = t * MAX_SEGMENTS;
        owner.done(further, first, n);
        Arrays.fill(further, first, first + n, null);
        furtherBuffers -= n;
        count[id] = 0;
        tableOf[id] = NO_TABLE;
        freeTables[freeTableCount++] = t;
    }

    /**
     * The frame of this descriptor was sent: its buffers in the ring are free, and its descriptors.
     *
     * @return how many descriptors
     */
    int leaveRing(int id, NetBuf[] ring, FreeIds free, VirtioTxQueue owner) {
        int n = Math.max(1, count[id]);
        count[id] = 0;
        int d = id;
        for (int i = 0; i < n; i++) {
            if (ring[d] != null) {
                owner.done(ring, d, 1);
                ring[d] = null;
                furtherBuffers -= i == 0 ? 0 : 1;
            }
            free.give(d);
            d = next[d];
        }
        return n;
    }
}
