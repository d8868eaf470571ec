package net.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import net.api.EthernetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes out, and what the device does to it: 7.2. */
class IxgbeTransmitTest {
    private static final EthernetAddress TO = RawIxgbe.PEER;
    private static final long EOP = 1L << 24;
    private static final long IFCS = 1L << 25;
    private static final long RS = 1L << 27;
    private static final long DATA = 0x2030_0000L;
    private static final long VLE = 1L << 30;
    private static final long TSE = 1L << 31;
    private static final long IXSM = 1L << 40;
    private static final long TXSM = 1L << 41;
    private static final byte[] A = {10, 0, 0, 1};
    private static final byte[] B = {10, 0, 0, 2};

    @Test
    void frames_go_out_in_order_round_and_round_the_ring() throws InterruptedException {
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            RawIxgbe.Ring tx = c.tx(0, 8, 2048);
            Random random = new Random(2);
            for (int i = 0; i < 100; i++) {
                byte[] f = Bench.frame(TO, RawIxgbe.MAC, 14 + random.nextInt(1501), random);
                c.send(tx, f);
                assertThat(c.next()).as("frame %d", i).isEqualTo(Packets.padded(f));
            }
            assertThat(c.r(0x06010)).as("head").isEqualTo(100 % 8);
            assertThat(c.r(0x06018)).as("tail").isEqualTo(100 % 8);
            assertThat(c.model.complaints()).isEmpty();
        }
    }

    @Test
    void only_descriptors_that_ask_for_it_are_reported() throws InterruptedException {
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            RawIxgbe.Ring tx = c.tx(0, 32, 2048);
            byte[] f = RawIxgbe.frame(TO, 100);
            for (int i = 0; i < 16; i++) {
                c.put(tx, f, i % 4 == 3 ? RawIxgbe.PLAIN : RawIxgbe.PLAIN & ~RS, f.length);
            }
            c.ring(tx);
            Wait.until("the last one", () -> c.isDone(tx, 15));
            for (int i = 0; i < 16; i++) {
                assertThat(c.isDone(tx, i)).as("descriptor %d", i).isEqualTo(i % 4 == 3);
                assertThat(c.next()).isEqualTo(f);
            }
        }
    }

    @Test
    void the_head_is_written_to_memory_for_who_wants_that() {
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            RawIxgbe.Ring tx = c.tx(0, 32, 2048);
            long at = tx.iova(31);
            c.w(0x0603c, (int) (at >>> 32));
            c.w(0x06038, (int) at | 1);
            int i = c.put(tx, RawIxgbe.frame(TO, 60));
            c.put(tx, RawIxgbe.frame(TO, 61));
            c.ring(tx);
            Wait.until("head 2", () -> (int) ValueLayout.JAVA_INT.varHandle().getAcquire(tx.m, (long) tx.buffer(31)) == 2);
            assertThat(c.isDone(tx, i)).as("not in the descriptor").isFalse();
        }
    }

    @Test
    void a_frame_of_many_descriptors_goes_out_when_its_end_is_there() throws InterruptedException {
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            RawIxgbe.Ring tx = c.tx(0, 16, 2048);
            byte[] f = RawIxgbe.frame(TO, 1000);
            int done = 0;
            for (int part = 0; part < 5; part++) {
                byte[] piece = Arrays.copyOfRange(f, done, done + 200);
                done += 200;
                c.put(tx, piece, DATA | (part == 0 ? IFCS : 0) | (part == 4 ? EOP | RS : 0), 1000);
                c.ring(tx);
                if (part == 3) {
                    assertThat(c.peer.received()).isZero();
                }
            }
            assertThat(c.next()).isEqualTo(f);
            assertThat(c.r(0x04080)).isEqualTo(1);
        }
    }

    @Test
    void queues_up_to_the_last_of_128_send() throws InterruptedException {
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            // Counter set 2 for queue 127.
            c.w(0x08600 + 4 * 31, 2 << 24);
            for (int q : new int[] {1, 63, 64, 127}) {
                byte[] f = RawIxgbe.frame(TO, 60 + q);
                c.send(c.tx(q, 8, 2048), f);
                assertThat(c.next()).isEqualTo(f);
            }
            assertThat(c.r(0x08680 + 8)).as("frames in set 2").isEqualTo(1);
            assertThat(c.r(0x06030)).as("frames in set 0, at the other address").isEqualTo(3);
            assertThat(c.r(0x06030)).isZero();
        }
    }

    @Test
    void without_a_link_descriptors_wait() throws InterruptedException {
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            RawIxgbe.Ring tx = c.tx(0, 16, 2048);
            c.model.port().cable().setUp(false);
            int i = c.put(tx, RawIxgbe.frame(TO, 60));
            c.ring(tx);
            for (int n = 0; n < 1000; n++) {
                c.r(0x06010);
            }
            assertThat(c.isDone(tx, i)).isFalse();
            c.model.port().cable().setUp(true);
            assertThat(c.next()).hasSize(60);
        }
    }

    @Test
    void a_vlan_tag_is_inserted() throws InterruptedException {
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            RawIxgbe.Ring tx = c.tx(0, 16, 2048);
            byte[] f = RawIxgbe.frame(TO, 200);
            c.context(tx, 0x6123L << 16 | 14 << 9, 0);
            c.put(tx, f, RawIxgbe.PLAIN | VLE, f.length);
            c.ring(tx);
            assertThat(c.next()).isEqualTo(Packets.tagged(f, 0x6123));
            // The other context has another tag; the first one is still there.
            c.context(tx, 0x0007L << 16 | 14 << 9, 1L << 36);
            c.put(tx, f, RawIxgbe.PLAIN | VLE | 1L << 36, f.length);
            c.put(tx, f, RawIxgbe.PLAIN | VLE, f.length);
            c.ring(tx);
            assertThat(c.next()).isEqualTo(Packets.tagged(f, 7));
            assertThat(c.next()).isEqualTo(Packets.tagged(f, 0x6123));
        }
    }

    /** Places of headers in word 0, kind in word 1. */
    private static long word0(byte[] f) {
        return 14L << 9 | Packets.ipHeader(f, 14);
    }

    private static long word1(byte[] f) {
        return (f[14] >>> 4 == 4 ? 1L << 10 : 0) | (Packets.protocol(f, 14) == Packets.TCP ? 1L << 11 : 0);
    }

    /** As software leaves it to the device: no IPv4 checksum, and the folded sum of the pseudo header in place of the other. */
    private static byte[] unsummed(byte[] f, boolean withLength) {
        byte[] u = f.clone();
        int at = 14 + Packets.ipHeader(f, 14);
        if (f[14] >>> 4 == 4) {
            Packets.put16(u, 14 + 10, 0);
        }
        Packets.put16(u, at + (Packets.protocol(f, 14) == Packets.TCP ? 16 : 6), Packets.fold(withLength ? Packets.pseudo(f, 14) : Packets.pseudo(f, 14, 0)));
        return u;
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void checksums_are_inserted(long seed) throws InterruptedException {
        Random random = new Random(seed);
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            RawIxgbe.Ring tx = c.tx(0, 64, 2048);
            for (int i = 0; i < 40; i++) {
                boolean four = random.nextBoolean();
                byte[] s = four ? A : new byte[16];
                byte[] d = four ? B : new byte[16];
                byte[] f = Packets.ip(TO, s, d, random.nextBoolean() ? Packets.TCP : Packets.UDP, random.nextInt(65_536), random.nextInt(65_536),
                        random.nextInt(1400), random);
                boolean tag = random.nextBoolean();
                c.context(tx, word0(f) | 0x0abcL << 16, word1(f));
                c.put(tx, unsummed(f, true), RawIxgbe.PLAIN | (four ? IXSM : 0) | TXSM | (tag ? VLE : 0), f.length);
                c.ring(tx);
                assertThat(c.next()).as("packet %d of seed %d", i, seed).isEqualTo(Packets.padded(tag ? Packets.tagged(f, 0x0abc) : f));
            }
            assertThat(c.model.complaints()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24})
    void a_long_packet_is_cut_into_segments(long seed) throws InterruptedException {
        Random random = new Random(seed);
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            RawIxgbe.Ring tx = c.tx(0, 64, 65_536);
            for (int i = 0; i < 10; i++) {
                boolean four = random.nextBoolean();
                int payload = 1 + random.nextInt(40_000);
                int mss = 536 + random.nextInt(1460 - 536);
                byte[] f = Packets.ip(TO, four ? A : new byte[16], four ? B : new byte[16], Packets.TCP, 80, 81, payload, random);
                int l4 = 14 + Packets.ipHeader(f, 14);
                // FIN, PSH, ACK, CWR.
                Packets.put16(f, l4 + 12, 0x5099);
                c.context(tx, word0(f), word1(f) | 20L << 40 | (long) mss << 48);
                c.put(tx, unsummed(f, false), 0, 0);
                int at = tx.tail - 1 & 63;
                tx.set(at, tx.iova(at), DATA | EOP | RS | IFCS | TSE | (four ? IXSM : 0) | TXSM | f.length | (long) payload << 46);
                c.ring(tx);
                segments(c, f, l4, mss, "packet %d of seed %d".formatted(i, seed));
            }
            assertThat(c.model.complaints()).isEmpty();
        }
    }

    /** Puts the segments together again, and looks at what changes from one to the next. */
    private static void segments(RawIxgbe c, byte[] f, int l4, int mss, String what) throws InterruptedException {
        int header = l4 + 20;
        ByteBuffer payload = ByteBuffer.allocate(f.length - header);
        boolean four = f[14] >>> 4 == 4;
        for (int n = 0; payload.hasRemaining(); n++) {
            byte[] s = c.next();
            int length = Packets.ipEnd(s, 14) - header;
            boolean last = payload.remaining() <= mss;
            assertThat(length).as("%s: segment %d", what, n).isEqualTo(Math.min(mss, payload.remaining()));
            assertThat(Packets.right(s)).as("%s: checksums of segment %d", what, n).isTrue();
            assertThat(Packets.get32(s, l4 + 4)).as("sequence number").isEqualTo(Packets.get32(f, l4 + 4) + payload.position());
            if (four) {
                assertThat(Packets.get16(s, 18)).as("identification").isEqualTo(Packets.get16(f, 18) + n & 0xffff);
            }
            // 8.2.3.9, defaults: all but the last lose FIN and PSH, the last one loses CWR.
            assertThat(Packets.get16(s, l4 + 12)).as("flags").isEqualTo(last ? 0x5019 : 0x5090);
            payload.put(s, header, length);
        }
        assertThat(payload.array()).as(what).isEqualTo(Arrays.copyOfRange(f, header, f.length));
        assertThat(c.peer.received()).as("no segment too many").isZero();
    }

    @Test
    void software_may_make_the_check_sequence_itself() throws InterruptedException {
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            RawIxgbe.Ring tx = c.tx(0, 16, 2048);
            byte[] f = RawIxgbe.frame(TO, 100);
            CRC32 crc = new CRC32();
            crc.update(f);
            byte[] whole = Arrays.copyOf(f, 104);
            for (int i = 0; i < 4; i++) {
                whole[100 + i] = (byte) (crc.getValue() >>> 8 * i);
            }
            byte[] wrong = whole.clone();
            wrong[50] ^= 1;
            c.put(tx, wrong, RawIxgbe.PLAIN & ~IFCS, 104);
            c.put(tx, whole, RawIxgbe.PLAIN & ~IFCS, 104);
            c.ring(tx);
            assertThat(c.next()).isEqualTo(f);
            assertThat(c.model.complaints()).hasSize(1).first().asString().contains("check sequence");
        }
    }

    @Test
    void what_is_sent_comes_back_in_loopback() {
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            c.model.port().cable().setUp(false);
            c.set(0x04240, 1 << 15);
            RawIxgbe.Ring rx = c.rx(0, 16, 2);
            RawIxgbe.Ring tx = c.tx(0, 16, 2048);
            byte[] f = RawIxgbe.frame(RawIxgbe.MAC, 300);
            c.send(tx, f);
            assertThat(c.receive(rx).bytes()).isEqualTo(f);
            assertThat(c.peer.received()).isZero();
        }
    }

    @Test
    void in_loopback_the_wire_is_not_heard() {
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            c.set(0x04240, 1 << 15);
            RawIxgbe.Ring rx = c.rx(0, 16, 2);
            RawIxgbe.Ring tx = c.tx(0, 16, 2048);
            assertThat(c.peer.send(RawIxgbe.frame(RawIxgbe.MAC, 200))).isTrue();
            Wait.until("the peer's frame is refused", () -> c.model.port().counters().notReady() == 1);
            byte[] f = RawIxgbe.frame(RawIxgbe.MAC, 300);
            c.send(tx, f);
            assertThat(c.receive(rx).bytes()).isEqualTo(f);
        }
    }

    @Test
    void what_a_driver_does_wrong_stops_its_queue_with_a_complaint() {
        long[][] wrong = {
            // Not advanced; type 1; no PAYLEN; PAYLEN of another frame; longer than the device sends; offload without IFCS; no bytes.
            {RawIxgbe.PLAIN & ~(1L << 29), 100, 100}, {RawIxgbe.PLAIN & ~(3L << 20) | 1L << 20, 100, 100}, {RawIxgbe.PLAIN, 100, 0}, {RawIxgbe.PLAIN, 100, 101},
            {RawIxgbe.PLAIN, 15_900, 15_900}, {RawIxgbe.PLAIN & ~IFCS | TXSM, 100, 100}, {RawIxgbe.PLAIN, 0, 0}, {RawIxgbe.PLAIN | TSE, 100, 100}};
        for (long[] w : wrong) {
            try (RawIxgbe c = new RawIxgbe()) {
                c.start();
                RawIxgbe.Ring tx = c.tx(0, 16, 16_384);
                int i = c.put(tx, new byte[(int) w[1]], w[0], (int) w[2]);
                c.put(tx, RawIxgbe.frame(TO, 60));
                c.ring(tx);
                Wait.until("a complaint about %s".formatted(Arrays.toString(w)), () -> !c.model.complaints().isEmpty());
                assertThat(c.isDone(tx, i)).isFalse();
                assertThat(c.isDone(tx, i + 1)).isFalse();
                // Started anew, it works.
                c.w(0x06028, 0);
                c.w(0x06010, 0);
                tx.tail = 0;
                c.w(0x06018, 0);
                c.w(0x06028, 1 << 25);
                c.send(tx, RawIxgbe.frame(TO, 60));
            }
        }
    }
}
