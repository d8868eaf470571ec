package net.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.api.EthernetAddress;
import net.api.device.DmaMemory;
import net.api.device.Interrupt;
import net.api.device.Mmio;
import net.api.device.PciAddress;
import net.api.host.DmaRequest;
import net.api.host.PciAccess;

/** A card on a bench with a minimal driver of the 82599, written from its datasheet with its numbers as literals, apart from all code that it tests. */
final class RawIxgbe implements AutoCloseable {
    static final EthernetAddress MAC = EthernetAddress.parse("02:00:00:00:00:21");
    static final EthernetAddress PEER = EthernetAddress.parse("02:00:00:00:00:99");
    /** TX: EOP, IFCS, RS, DEXT, data. */
    static final long PLAIN = 0x2b30_0000L;

    /** A frame as it was received. */
    record Received(byte[] bytes, long word0, long word1, int descriptors) {
        int status() {
            return (int) word1 & 0xf_ffff;
        }

        int errors() {
            return (int) word1 >>> 20;
        }

        int vlan() {
            return (int) (word1 >>> 48);
        }

        int hash() {
            return (int) (word0 >>> 32);
        }

        int rssType() {
            return (int) word0 & 0xf;
        }

        int type() {
            return (int) word0 >>> 4 & 0x1fff;
        }
    }

    /** A ring of either kind, with a buffer for each descriptor. */
    static final class Ring {
        final DmaMemory memory;
        final MemorySegment m;
        final int size;
        final int bufferSize;
        final int registers;
        int next;
        int tail;

        Ring(SimHost host, int registers, int size, int bufferSize) {
            this.registers = registers;
            this.size = size;
            this.bufferSize = bufferSize;
            memory = host.allocateDma(new DmaRequest("ring", (long) size * (16 + bufferSize), 4096, true, false, DmaRequest.ANY_NODE));
            m = memory.segment();
        }

        int buffer(int i) {
            return 16 * size + i * bufferSize;
        }

        long iova(int i) {
            return memory.iova(buffer(i));
        }

        long word(int i, int w) {
            return m.get(ValueLayout.JAVA_LONG, 16L * i + 8L * w);
        }

        void set(int i, long word0, long word1) {
            m.set(ValueLayout.JAVA_LONG, 16L * i, word0);
            m.set(ValueLayout.JAVA_LONG, 16L * i + 8, word1);
        }
    }

    final SimHost host = new SimHost("test");
    final IxgbeModel model;
    final Endpoint peer;
    final PciAddress at;
    final Mmio bar;
    final Mmio msix;
    final List<PciAccess.Message> messages = new ArrayList<>();

    RawIxgbe() {
        this(IxgbeConfig.of(MAC));
    }

    RawIxgbe(IxgbeConfig config) {
        model = new IxgbeModel(config);
        host.plug(model, false);
        peer = host.endpoint("peer", 4096);
        host.connect(model.port(), peer.port());
        at = RawPci.setUp(host).getFirst();
        host.write(at, 0x04, 2, 0x6);
        host.acquire(at);
        bar = host.mapBar(at, 0, address(0), 0x8_0000);
        msix = host.mapBar(at, 4, address(4), 0x4000);
    }

    private long address(int n) {
        return host.read(at, 0x10 + 4 * n, 4) & 0xffff_fff0L | (long) host.read(at, 0x14 + 4 * n, 4) << 32;
    }

    int r(int offset) {
        return bar.read32(offset);
    }

    void w(int offset, int value) {
        bar.write32(offset, value);
    }

    void set(int offset, int bits) {
        w(offset, r(offset) | bits);
    }

    void clear(int offset, int bits) {
        w(offset, r(offset) & ~bits);
    }

    int eeprom(int word) {
        w(0x10014, 1 | word << 2);
        assertBit(0x10014, 2);
        return r(0x10014) >>> 16;
    }

    void assertBit(int offset, int bit) {
        if ((r(offset) & bit) == 0) {
            throw new AssertionError("bit 0x%x of register 0x%05x is clear: 0x%08x".formatted(bit, offset, r(offset)));
        }
    }

    /** 4.6.3, 4.6.7, 4.6.8: reset, CRC, broadcast, receive and transmit on; queues come later. */
    void start() {
        w(0x00888, 0x7fff_ffff);
        w(0x00000, 0x0400_0000);
        w(0x00888, 0x7fff_ffff);
        set(0x02f00, 0x2);
        set(0x04240, 0x3);
        clear(0x02f00, 0x1f << 17);
        w(0x05080, 0x400);
        w(0x04900, 0x40);
        w(0x08120, 0);
        w(0x04900, 0);
        set(0x04a80, 1);
        set(0x03000, 1);
    }

    /** 4.6.7: a receive queue with all its buffers given but one. */
    Ring rx(int queue, int size, int bufferKiB) {
        int q = queue < 64 ? 0x01000 + 0x40 * queue : 0x0d000 + 0x40 * (queue - 64);
        Ring ring = new Ring(host, q, size, 1024 * bufferKiB);
        for (int i = 0; i < size; i++) {
            ring.set(i, ring.iova(i), 0);
        }
        base(ring);
        w(q + 0x14, 0x0200_0400 | bufferKiB);
        w(q + 0x28, r(q + 0x28) | 1 << 25);
        assertBit(q + 0x28, 1 << 25);
        ring.tail = size - 1;
        w(q + 0x18, ring.tail);
        return ring;
    }

    /** 4.6.8. */
    Ring tx(int queue, int size, int bufferSize) {
        Ring ring = new Ring(host, 0x06000 + 0x40 * queue, size, bufferSize);
        base(ring);
        w(ring.registers + 0x28, 0x0200_0000 | 36 | 8 << 8);
        assertBit(ring.registers + 0x28, 1 << 25);
        return ring;
    }

    private void base(Ring ring) {
        long iova = ring.memory.iova(0);
        w(ring.registers, (int) iova);
        w(ring.registers + 4, (int) (iova >>> 32));
        w(ring.registers + 8, 16 * ring.size);
        w(ring.registers + 0x10, 0);
        w(ring.registers + 0x18, 0);
    }

    /** Sends one that must not come in, and one that must: the order proves it. */
    void refuses(Ring rx, byte[] frame) {
        byte[] sure = frame(MAC, 333);
        peerSends(frame);
        peerSends(sure);
        assertThat(receive(rx).bytes()).isEqualTo(sure);
    }

    /** Sends one that must come in as it is. */
    Received accepts(Ring rx, byte[] frame) {
        peerSends(frame);
        Received r = receive(rx);
        assertThat(r.bytes()).isEqualTo(frame);
        return r;
    }

    /** The next frame of a queue, of as many descriptors as it has; waits for it. Its buffers go back. */
    Received receive(Ring ring) {
        int first = ring.next;
        byte[] bytes = {};
        long word0 = 0;
        for (int n = 1;; n++) {
            int i = ring.next;
            Wait.until("descriptor " + i, () -> ((long) ValueLayout.JAVA_LONG.varHandle().getAcquire(ring.m, 16L * i + 8) & 1) != 0);
            long word1 = ring.word(i, 1);
            word0 = ring.word(i, 0);
            int length = (int) (word1 >>> 32) & 0xffff;
            int done = bytes.length;
            bytes = Arrays.copyOf(bytes, done + length);
            MemorySegment.copy(ring.m, ValueLayout.JAVA_BYTE, ring.buffer(i), bytes, done, length);
            ring.next = (i + 1) % ring.size;
            if ((word1 & 2) != 0) {
                for (int j = first; j != ring.next; j = (j + 1) % ring.size) {
                    ring.set(j, ring.iova(j), 0);
                }
                ring.tail = (ring.tail + n) % ring.size;
                w(ring.registers + 0x18, ring.tail);
                return new Received(bytes, word0, word1, n);
            }
        }
    }

    boolean isDone(Ring ring, int i) {
        return ((long) ValueLayout.JAVA_LONG.varHandle().getAcquire(ring.m, 16L * i + 8) & 1L << 32) != 0;
    }

    /** Puts a frame into one descriptor, without telling the card. */
    int put(Ring ring, byte[] frame, long bits, int payload) {
        int i = ring.tail;
        MemorySegment.copy(frame, 0, ring.m, ValueLayout.JAVA_BYTE, ring.buffer(i), frame.length);
        ring.set(i, ring.iova(i), bits | frame.length | (long) payload << 46);
        ring.tail = (i + 1) % ring.size;
        return i;
    }

    int put(Ring ring, byte[] frame) {
        return put(ring, frame, PLAIN, frame.length);
    }

    /** A context descriptor. */
    void context(Ring ring, long word0, long word1) {
        ring.set(ring.tail, word0, word1 | 0x2020_0000L);
        ring.tail = (ring.tail + 1) % ring.size;
    }

    void ring(Ring ring) {
        w(ring.registers + 0x18, ring.tail);
    }

    /** Sends a frame and waits until it is done. */
    void send(Ring ring, byte[] frame) {
        int i = put(ring, frame);
        ring(ring);
        Wait.until("descriptor " + i, () -> isDone(ring, i));
    }

    byte[] next() throws InterruptedException {
        return peer.receive(10_000_000_000L);
    }

    void peerSends(byte[] frame) {
        if (!peer.send(frame)) {
            throw new AssertionError("the peer's queue is full");
        }
    }

    /** Turns MSI-X on with messages for so many vectors; each unmasked. */
    void enableMsix(int vectors) {
        for (int v = 0; v < vectors; v++) {
            PciAccess.Message m = host.openMessage(at);
            messages.add(m);
            msix.write32(16L * v, (int) m.address());
            msix.write32(16L * v + 4, (int) (m.address() >>> 32));
            msix.write32(16L * v + 8, m.data());
            msix.write32(16L * v + 12, 0);
        }
        host.write(at, 0x72, 2, host.read(at, 0x72, 2) | 0x8000);
        // Several vectors, other causes kept on reads, automatic masks.
        w(0x00898, 0xc000_0030);
    }

    Interrupt vector(int v) {
        return messages.get(v).interrupt();
    }

    static byte[] frame(EthernetAddress to, int length) {
        return Bench.frame(to, PEER, length, new java.util.Random(length));
    }

    @Override
    public void close() {
        host.close(0);
    }
}
