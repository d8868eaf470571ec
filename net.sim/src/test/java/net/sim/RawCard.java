package net.sim;

import java.util.ArrayList;
import java.util.List;
import net.api.device.Interrupt;
import net.api.device.Mmio;
import net.api.device.PciAddress;
import net.api.host.PciAccess;

/** A minimal driver of a virtio device, written from virtio 1.2 with its numbers as literals, apart from all code that it tests. */
final class RawCard {
    static final int ACKNOWLEDGE = 1;
    static final int DRIVER = 2;
    static final int DRIVER_OK = 4;
    static final int FEATURES_OK = 8;
    static final int NEEDS_RESET = 0x40;
    static final long MAC = 1L << 5;
    static final long MTU = 1L << 3;
    static final long MRG_RXBUF = 1L << 15;
    static final long STATUS = 1L << 16;
    static final long CTRL_VQ = 1L << 17;
    static final long CTRL_RX = 1L << 18;
    static final long CTRL_VLAN = 1L << 19;
    static final long CTRL_RX_EXTRA = 1L << 20;
    static final long GUEST_ANNOUNCE = 1L << 21;
    static final long CTRL_MAC_ADDR = 1L << 23;
    static final long INDIRECT = 1L << 28;
    static final long EVENT_IDX = 1L << 29;
    static final long VERSION_1 = 1L << 32;
    static final long ACCESS_PLATFORM = 1L << 33;
    static final long RING_RESET = 1L << 40;
    /** What every driver needs here. */
    static final long BASE = VERSION_1 | ACCESS_PLATFORM;

    final SimHost host;
    final PciAddress at;
    final Mmio common;
    final long commonAt;
    final long notifyAt;
    final long isrAt;
    final long deviceAt;
    final int multiplier;
    final List<RawQueue> queues = new ArrayList<>();
    private final int msixCapability;
    private final Mmio msix;

    /** Switches memory and mastering on, acquires it, and finds its structures. */
    RawCard(SimHost host, PciAddress at) {
        this.host = host;
        this.at = at;
        host.write(at, 0x04, 2, 0x6);
        host.acquire(at);
        long[] place = new long[10];
        int[] bar = new int[10];
        int multi = 0;
        int msixAt = 0;
        for (int c = host.read(at, 0x34, 1); c != 0; c = host.read(at, c + 1, 1)) {
            if (host.read(at, c, 1) == 0x11) {
                msixAt = c;
            } else if (host.read(at, c, 1) == 0x09) {
                int type = host.read(at, c + 3, 1);
                bar[type] = host.read(at, c + 4, 1);
                place[type] = host.read(at, c + 8, 4);
                multi = type == 2 ? host.read(at, c + 16, 4) : multi;
            }
        }
        common = map(bar[1]);
        commonAt = place[1];
        notifyAt = place[2];
        isrAt = place[3];
        deviceAt = place[4];
        multiplier = multi;
        msixCapability = msixAt;
        msix = map(host.read(at, msixAt + 4, 4) & 7);
    }

    private Mmio map(int bar) {
        host.write(at, 0x04, 2, 0x4);
        int saved = host.read(at, 0x10 + 4 * bar, 4);
        host.write(at, 0x10 + 4 * bar, 4, -1);
        long size = -(host.read(at, 0x10 + 4 * bar, 4) & ~0xf) & 0xffff_ffffL;
        host.write(at, 0x10 + 4 * bar, 4, saved);
        host.write(at, 0x04, 2, 0x6);
        long high = (saved & 6) == 4 ? (long) host.read(at, 0x14 + 4 * bar, 4) << 32 : 0;
        return host.mapBar(at, bar, saved & 0xffff_fff0L | high, size);
    }

    int status() {
        return common.read8(commonAt + 0x14);
    }

    void setStatus(int value) {
        common.write8(commonAt + 0x14, value);
    }

    long offered() {
        common.write32(commonAt, 0);
        long low = common.read32(commonAt + 4) & 0xffff_ffffL;
        common.write32(commonAt, 1);
        return low | (long) common.read32(commonAt + 4) << 32;
    }

    void accept(long features) {
        common.write32(commonAt + 8, 0);
        common.write32(commonAt + 0x0c, (int) features);
        common.write32(commonAt + 8, 1);
        common.write32(commonAt + 0x0c, (int) (features >>> 32));
    }

    /** From reset to FEATURES_OK; false if the device refused. */
    boolean negotiate(long features) {
        setStatus(0);
        setStatus(ACKNOWLEDGE);
        setStatus(ACKNOWLEDGE | DRIVER);
        accept(features);
        setStatus(ACKNOWLEDGE | DRIVER | FEATURES_OK);
        return (status() & FEATURES_OK) != 0;
    }

    /** Sets up the queues; each with its own memory. */
    void setUpQueues(int size, long features) {
        int n = common.read16(commonAt + 0x12);
        for (int q = 0; q < n; q++) {
            RawQueue queue = new RawQueue(this, q, Math.min(size, maxSize(q)), features);
            queues.add(queue);
            queue.enable();
        }
    }

    int maxSize(int queue) {
        common.write16(commonAt + 0x16, queue);
        return common.read16(commonAt + 0x18);
    }

    void go() {
        setStatus(ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);
    }

    /** All of the above. */
    RawCard start(long features, int size) {
        if (!negotiate(features)) {
            throw new AssertionError("features refused: 0x%x".formatted(features));
        }
        setUpQueues(size, features);
        go();
        return this;
    }

    RawQueue rx() {
        return queues.get(0);
    }

    RawQueue tx() {
        return queues.get(1);
    }

    RawQueue control() {
        return queues.get(2);
    }

    int deviceConfig16(int offset) {
        return common.read16(deviceAt + offset);
    }

    int isr() {
        return common.read8(isrAt);
    }

    boolean linkUp() {
        return (deviceConfig16(6) & 1) != 0;
    }

    /** Enables MSI-X and puts a message into the entry, not masked. */
    Interrupt vector(int vector) {
        PciAccess.Message m = host.openMessage(at);
        msix.write32(16L * vector, (int) m.address());
        msix.write32(16L * vector + 4, (int) (m.address() >>> 32));
        msix.write32(16L * vector + 8, m.data());
        setMask(vector, false);
        host.write(at, msixCapability + 2, 2, 0x8000);
        return m.interrupt();
    }

    void setMask(int vector, boolean masked) {
        msix.write32(16L * vector + 12, masked ? 1 : 0);
    }

    int msixWord(long offset) {
        return msix.read32(offset);
    }

    int msixControl() {
        return host.read(at, msixCapability + 2, 2);
    }

    void setMsixControl(int value) {
        host.write(at, msixCapability + 2, 2, value);
    }

    int msixCapability() {
        return msixCapability;
    }

    void setQueueVector(int queue, int vector) {
        common.write16(commonAt + 0x16, queue);
        common.write16(commonAt + 0x1a, vector);
    }

    void setConfigVector(int vector) {
        common.write16(commonAt + 0x10, vector);
    }

    /** Carries out a command; its acknowledgement. */
    int command(int type, int command, byte... data) {
        byte[] bytes = new byte[2 + data.length];
        bytes[0] = (byte) type;
        bytes[1] = (byte) command;
        System.arraycopy(data, 0, bytes, 2, data.length);
        RawQueue q = control();
        q.put(0, bytes);
        q.memory.segment().set(java.lang.foreign.ValueLayout.JAVA_BYTE, q.bufferAt(1), (byte) 0x55);
        q.descriptor(0, q.bufferIova(0), bytes.length, RawQueue.NEXT, 1);
        q.descriptor(1, q.bufferIova(1), 1, RawQueue.WRITE, 0);
        q.offer(0);
        q.kick();
        q.awaitUsed(q.offered());
        return q.memory.segment().get(java.lang.foreign.ValueLayout.JAVA_BYTE, q.bufferAt(1)) & 0xff;
    }

    /** Stops it and gives everything back. */
    void close() {
        setStatus(0);
        queues.forEach(q -> q.memory.close());
        host.release(at);
    }
}
