package net.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import net.api.EthernetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes in, and how it stands in the descriptors: 7.1. */
class IxgbeReceiveTest {
    private static final EthernetAddress BROADCAST = EthernetAddress.parse("ff:ff:ff:ff:ff:ff");
    private static final byte[] A = {10, 0, 0, 1};
    private static final byte[] B = {10, 0, 0, 2};

    @Test
    void frames_come_in_order_and_whole_round_and_round_the_ring() {
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            RawIxgbe.Ring rx = c.rx(0, 32, 2);
            Random random = new Random(1);
            for (int i = 0; i < 200; i++) {
                byte[] f = Bench.frame(RawIxgbe.MAC, RawIxgbe.PEER, 14 + random.nextInt(1500), random);
                f[13] = 0x7;
                c.peerSends(f);
                RawIxgbe.Received r = c.receive(rx);
                assertThat(r.bytes()).as("frame %d", i).isEqualTo(Packets.padded(f));
                assertThat(r.status()).as("DD, EOP").isEqualTo(3);
                assertThat(r.errors()).isZero();
            }
            assertThat(c.r(0x04074)).as("good frames").isEqualTo(200);
            assertThat(c.r(0x01010)).as("head").isEqualTo(200 % 32);
            assertThat(c.model.complaints()).isEmpty();
        }
    }

    @Test
    void descriptors_given_with_dd_set_are_used_and_told_of_once() {
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            RawIxgbe.Ring rx = c.rx(0, 32, 2);
            for (int i = 0; i < 32; i++) {
                rx.set(i, rx.iova(i), 1);
            }
            for (int i = 0; i < 3; i++) {
                c.peerSends(RawIxgbe.frame(RawIxgbe.MAC, 100));
            }
            Wait.until("three frames", () -> c.r(0x01010) == 3);
            assertThat(c.model.complaints()).singleElement().asString().contains("descriptor 0 given with DD set");
        }
    }

    @Test
    void the_check_sequence_is_given_to_who_wants_it() {
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            c.clear(0x04240, 2);
            c.clear(0x02f00, 2);
            RawIxgbe.Ring rx = c.rx(0, 32, 2);
            byte[] f = RawIxgbe.frame(RawIxgbe.MAC, 77);
            c.peerSends(f);
            byte[] got = c.receive(rx).bytes();
            CRC32 crc = new CRC32();
            crc.update(f);
            int v = (int) crc.getValue();
            assertThat(got).hasSize(81).startsWith(f).endsWith((byte) v, (byte) (v >>> 8), (byte) (v >>> 16), (byte) (v >>> 24));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 10})
    void long_frames_take_several_buffers_and_no_more_than_allowed_come_in(int bufferKiB) {
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            RawIxgbe.Ring rx = c.rx(0, 64, bufferKiB);
            byte[] longest = RawIxgbe.frame(RawIxgbe.MAC, 9018 - 4);
            c.refuses(rx, longest);
            c.accepts(rx, RawIxgbe.frame(RawIxgbe.MAC, 1514));
            c.refuses(rx, RawIxgbe.frame(RawIxgbe.MAC, 1515));
            c.accepts(rx, Packets.tagged(RawIxgbe.frame(RawIxgbe.MAC, 1514), 5));
            c.w(0x04268, 9018 << 16);
            c.refuses(rx, longest);
            c.set(0x04240, 4);
            assertThat(c.accepts(rx, longest).descriptors()).isEqualTo((9014 + 1024 * bufferKiB - 1) / (1024 * bufferKiB));
            c.refuses(rx, RawIxgbe.frame(RawIxgbe.MAC, 9015));
            assertThat(c.r(0x040ac)).as("oversize").isEqualTo(4);
        }
    }

    @Test
    void packet_types_and_checksums_are_told() {
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            RawIxgbe.Ring rx = c.rx(0, 64, 2);
            Random random = new Random(4);
            byte[] tcp = Packets.ip(RawIxgbe.MAC, A, B, Packets.TCP, 1, 2, 101, random);
            RawIxgbe.Received r = c.accepts(rx, tcp);
            assertThat(r.type()).as("IPv4, TCP").isEqualTo(0x11);
            assertThat(r.status() & 0x60).as("both checked").isEqualTo(0x60);
            assertThat(r.errors()).isZero();
            tcp[60] ^= 1;
            assertThat(c.accepts(rx, tcp).errors()).as("TCPE").isEqualTo(1 << 10);
            tcp[60] ^= 1;
            tcp[22] ^= 1;
            assertThat(c.accepts(rx, tcp).errors()).as("IPE").isEqualTo(1 << 11);
            assertThat(c.r(0x04120)).as("checksum errors").isEqualTo(2);
            byte[] udp6 = Packets.ip(RawIxgbe.MAC, new byte[16], new byte[16], Packets.UDP, 1, 2, 50, random);
            r = c.accepts(rx, udp6);
            assertThat(r.type()).as("IPv6, UDP").isEqualTo(0x24);
            assertThat(r.status() & 0x60).as("L4CS only").isEqualTo(0x20);
            byte[] udp = Packets.ip(RawIxgbe.MAC, A, B, Packets.UDP, 1, 2, 50, random);
            Packets.put16(udp, 14 + 20 + 6, 0);
            r = c.accepts(rx, udp);
            assertThat(r.status() & 0x60).as("no UDP checksum was sent").isEqualTo(0x40);
            assertThat(r.errors()).isZero();
            byte[] fragment = Packets.ip(RawIxgbe.MAC, A, B, Packets.UDP, 1, 2, 50, random);
            Packets.put16(fragment, 14 + 6, 0x2000);
            Packets.put16(fragment, 14 + 10, 0);
            Packets.put16(fragment, 14 + 10, ~Packets.fold(Packets.sum(fragment, 14, 20, 0)));
            r = c.accepts(rx, fragment);
            assertThat(r.type()).as("IPv4 alone").isEqualTo(0x1);
            assertThat(r.status() & 0x60).isEqualTo(0x40);
            assertThat(c.accepts(rx, Packets.tagged(Packets.ip(RawIxgbe.MAC, A, B, Packets.TCP, 1, 2, 99, random), 7)).type()).isEqualTo(0x11);
        }
    }

    @Test
    void a_wrong_length_is_an_error_of_the_mac() {
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            RawIxgbe.Ring rx = c.rx(0, 64, 2);
            byte[] f = RawIxgbe.frame(RawIxgbe.MAC, 114);
            Packets.put16(f, 12, 100);
            c.accepts(rx, f);
            byte[] padded = Arrays.copyOf(f, 60);
            Packets.put16(padded, 12, 3);
            c.accepts(rx, padded);
            for (int wrong : new int[] {99, 101, 1500}) {
                Packets.put16(f, 12, wrong);
                c.refuses(rx, f);
                assertThat(c.r(0x04040)).as("length %d", wrong).isEqualTo(1);
            }
            // Store bad packets.
            c.w(0x05080, 0x402);
            assertThat(c.accepts(rx, f).errors()).as("RXE").isEqualTo(1 << 9);
            c.clear(0x04240, 1 << 27);
            assertThat(c.accepts(rx, f).errors()).as("not looked at").isZero();
        }
    }

    @Test
    void without_descriptors_frames_wait_in_the_packet_buffer_until_that_is_full() {
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            c.w(0x03c00, 16 << 10);
            RawIxgbe.Ring rx = c.rx(0, 8, 2);
            byte[][] frames = new byte[30][];
            for (int i = 0; i < frames.length; i++) {
                frames[i] = Bench.frame(RawIxgbe.MAC, RawIxgbe.PEER, 1000, new Random(i));
                c.peerSends(frames[i]);
            }
            Wait.until("all are sent", () -> c.model.port().counters().received() + c.model.port().counters().dropped() == 30);
            // Seven in the ring, and what fits into 16 KiB.
            for (int i = 0; i < 7 + 16; i++) {
                assertThat(c.receive(rx).bytes()).as("frame %d", i).isEqualTo(frames[i]);
            }
            assertThat(c.r(0x03fa0)).as("missed").isEqualTo(7);
            assertThat(c.r(0x03fa0)).isZero();
            assertThat(c.r(0x00800) & 1 << 17).as("RX_MISS").isNotZero();
        }
    }

    @Test
    void a_queue_that_drops_holds_no_other_up() {
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            RawIxgbe.Ring small = c.rx(5, 8, 2);
            RawIxgbe.Ring rx = c.rx(0, 32, 2);
            c.w(0x01014 + 5 * 0x40, c.r(0x01014 + 5 * 0x40) | 1 << 28);
            c.w(0x05128, 0x8000_88cc);
            c.w(0x0ec00, 0x8000_0000 | 5 << 16);
            // Queue 5 counts in set 3.
            c.w(0x02304, 3 << 8);
            byte[] f = RawIxgbe.frame(RawIxgbe.MAC, 100);
            Packets.put16(f, 12, 0x88cc);
            for (int i = 0; i < 10; i++) {
                c.peerSends(f);
            }
            c.accepts(rx, RawIxgbe.frame(RawIxgbe.MAC, 90));
            assertThat(c.r(0x01430 + 3 * 0x40)).as("dropped in set 3").isEqualTo(3);
            assertThat(c.r(0x01030 + 3 * 0x40)).as("received in set 3").isEqualTo(7);
            assertThat(c.receive(small).bytes()).isEqualTo(f);
        }
    }

    @Test
    void sizes_and_kinds_are_counted() {
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            RawIxgbe.Ring rx = c.rx(0, 64, 2);
            int[] lengths = {20, 60, 61, 123, 124, 251, 252, 507, 508, 1019, 1020, 1514};
            int octets = 0;
            for (int n : lengths) {
                c.peerSends(RawIxgbe.frame(n == 61 ? BROADCAST : RawIxgbe.MAC, n));
                c.receive(rx);
                octets += Math.max(60, n) + 4;
            }
            for (int i = 0; i < 6; i++) {
                assertThat(c.r(0x0405c + 4 * i)).as("PRC %d", i).isEqualTo(2);
            }
            assertThat(c.r(0x04078)).as("broadcast").isEqualTo(1);
            assertThat(c.r(0x0407c)).as("multicast").isZero();
            assertThat(c.r(0x04088)).isEqualTo(octets);
            assertThat(c.r(0x040c0)).isEqualTo(octets);
            assertThat(c.r(0x040d0)).isEqualTo(lengths.length);
        }
    }

    @Test
    void a_pause_frame_stops_transmission_for_its_time() throws InterruptedException {
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            c.rx(0, 32, 2);
            RawIxgbe.Ring tx = c.tx(0, 32, 2048);
            c.w(0x04294, 8);
            byte[] pause = new byte[60];
            System.arraycopy(EthernetAddress.parse("01:80:c2:00:00:01").toBytes(), 0, pause, 0, 6);
            Packets.put16(pause, 12, 0x8808);
            Packets.put16(pause, 14, 1);
            Packets.put16(pause, 16, 0xffff);
            long start = System.nanoTime();
            c.peerSends(pause);
            Wait.until("XOFF is counted", () -> c.r(0x041a8) == 1);
            c.send(tx, RawIxgbe.frame(RawIxgbe.PEER, 60));
            assertThat(c.next()).hasSize(60);
            // The pause began after the first look at the clock, however slow this machine is.
            assertThat(System.nanoTime() - start).as("65 535 times 512 bits at 10 Gb/s").isGreaterThanOrEqualTo(65_535 * 512L / 10);
            Packets.put16(pause, 16, 0xffff);
            c.peerSends(pause);
            Packets.put16(pause, 16, 0);
            c.peerSends(pause);
            Wait.until("XON is counted", () -> c.r(0x041a4) == 1);
            assertThat(c.r(0x0ce00)).as("not paused any more").isZero();
        }
    }

    @Test
    void a_filling_packet_buffer_asks_the_sender_to_pause() throws InterruptedException {
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            c.w(0x03d00, 8);
            c.w(0x03200, 0x1234);
            c.w(0x03260, 0x8000_0000 | 4096);
            c.w(0x03220, 0x8000_0000 | 1024);
            RawIxgbe.Ring rx = c.rx(0, 8, 2);
            for (int i = 0; i < 7 + 5; i++) {
                c.peerSends(Bench.frame(RawIxgbe.MAC, RawIxgbe.PEER, 1000, new Random(i)));
            }
            byte[] xoff = c.next();
            assertThat(Packets.get16(xoff, 12)).isEqualTo(0x8808);
            assertThat(Packets.get16(xoff, 16)).isEqualTo(0x1234);
            for (int i = 0; i < 12; i++) {
                c.receive(rx);
            }
            assertThat(Packets.get16(c.next(), 16)).as("XON").isZero();
            assertThat(c.r(0x03f68)).isEqualTo(1);
            assertThat(c.r(0x03f60)).isEqualTo(1);
        }
    }
}
