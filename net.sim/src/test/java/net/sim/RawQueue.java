package net.sim;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import net.api.device.DmaMemory;
import net.api.host.DmaRequest;

/** The driver's side of a split virtqueue, with one buffer of 2 KiB for each descriptor. */
final class RawQueue {
    static final int NEXT = 1;
    static final int WRITE = 2;
    static final int INDIRECT = 4;
    static final int BUFFER = 2048;
    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED;

    final int size;
    final DmaMemory memory;
    private final RawCard card;
    private final int index;
    private final boolean eventIdx;
    private final long availAt;
    private final long usedAt;
    private final long buffersAt;
    private int offered;
    private int kicked;

    RawQueue(RawCard card, int index, int size, long features) {
        this.card = card;
        this.index = index;
        this.size = size;
        eventIdx = (features & RawCard.EVENT_IDX) != 0;
        availAt = 16L * size;
        usedAt = availAt + 6 + 2L * size + 3 & ~3L;
        buffersAt = usedAt + 6 + 8L * size + 63 & ~63L;
        memory = card.host.allocateDma(new DmaRequest("raw queue " + index, buffersAt + (long) BUFFER * size, 4096, true, false));
    }

    void enable() {
        enable(memory.iova(0), memory.iova(availAt), memory.iova(usedAt));
    }

    void enable(long desc, long avail, long used) {
        long c = card.commonAt;
        card.common.write16(c + 0x16, index);
        card.common.write16(c + 0x18, size);
        write64(c + 0x20, desc);
        write64(c + 0x28, avail);
        write64(c + 0x30, used);
        card.common.write16(c + 0x1c, 1);
    }

    private void write64(long at, long value) {
        card.common.write32(at, (int) value);
        card.common.write32(at + 4, (int) (value >>> 32));
    }

    long availIova() {
        return memory.iova(availAt);
    }

    long usedIova() {
        return memory.iova(usedAt);
    }

    long bufferAt(int i) {
        return buffersAt + (long) BUFFER * i;
    }

    long bufferIova(int i) {
        return memory.iova(bufferAt(i));
    }

    void put(int buffer, byte[] bytes) {
        MemorySegment.copy(bytes, 0, memory.segment(), ValueLayout.JAVA_BYTE, bufferAt(buffer), bytes.length);
    }

    byte[] get(int buffer, int offset, int length) {
        return memory.segment().asSlice(bufferAt(buffer) + offset, length).toArray(ValueLayout.JAVA_BYTE);
    }

    void descriptor(int i, long iova, int length, int flags, int next) {
        writeDescriptor(16L * i, iova, length, flags, next);
    }

    /** A descriptor of an indirect table in a buffer. */
    void descriptorIn(int buffer, int i, long iova, int length, int flags, int next) {
        writeDescriptor(bufferAt(buffer) + 16L * i, iova, length, flags, next);
    }

    private void writeDescriptor(long at, long iova, int length, int flags, int next) {
        MemorySegment m = memory.segment();
        m.set(U64, at, iova);
        m.set(U32, at + 8, length);
        m.set(U16, at + 12, (short) flags);
        m.set(U16, at + 14, (short) next);
    }

    /** Puts a chain into the available ring and shows it. */
    void offer(int head) {
        memory.segment().set(U16, availAt + 4 + 2L * (offered & size - 1), (short) head);
        offered++;
        show(offered);
    }

    void show(int idx) {
        VarHandle.releaseFence();
        memory.segment().set(U16, availAt + 2, (short) idx);
        VarHandle.fullFence();
    }

    /** Index counters start here: for tests of their wrap; before anything was offered. */
    void pretend(int start) {
        offered = start;
        kicked = start;
    }

    int offered() {
        return offered & 0xffff;
    }

    /** Notifies the device. */
    void kick() {
        kicked = offered;
        card.common.write16(card.commonAt + 0x16, index);
        card.common.write16(card.notifyAt + (long) card.common.read16(card.commonAt + 0x1e) * card.multiplier, index);
    }

    /** The device wants to be notified of what was offered since the last time. */
    boolean wantsKick() {
        VarHandle.fullFence();
        boolean wants = eventIdx ? (offered - availEvent() - 1 & 0xffff) < (offered - kicked & 0xffff) : (memory.segment().get(U16, usedAt) & 1) == 0;
        kicked = offered;
        return wants;
    }

    int availEvent() {
        return memory.segment().get(U16, usedAt + 4 + 8L * size) & 0xffff;
    }

    void setUsedEvent(int event) {
        memory.segment().set(U16, availAt + 4 + 2L * size, (short) event);
        VarHandle.fullFence();
    }

    void setAvailFlags(int flags) {
        memory.segment().set(U16, availAt, (short) flags);
        VarHandle.fullFence();
    }

    int usedIdx() {
        int v = memory.segment().get(U16, usedAt + 2) & 0xffff;
        VarHandle.acquireFence();
        return v;
    }

    int usedId(int i) {
        return memory.segment().get(U32, usedAt + 4 + 8L * (i & size - 1));
    }

    int usedLength(int i) {
        return memory.segment().get(U32, usedAt + 8 + 8L * (i & size - 1));
    }

    void awaitUsed(int idx) {
        Wait.until("queue %d uses %d".formatted(index, idx & 0xffff), () -> usedIdx() == (idx & 0xffff));
    }

    /** Offers {@code count} empty buffers of a length, one descriptor each, from {@code first} on. */
    void offerBuffers(int first, int count, int length) {
        for (int i = first; i < first + count; i++) {
            descriptor(i, bufferIova(i), length, WRITE, 0);
            offer(i);
        }
    }

    /** Puts header and frame into one buffer and offers it. */
    void offerFrame(int i, byte[] frame) {
        byte[] bytes = new byte[12 + frame.length];
        System.arraycopy(frame, 0, bytes, 12, frame.length);
        put(i, bytes);
        descriptor(i, bufferIova(i), bytes.length, 0, 0);
        offer(i);
    }
}
