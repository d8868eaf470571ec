package net.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import net.api.EthernetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes in, and how it stands in the descriptors: 7.1. */
class IxgbeReceiveTest {
    private static final EthernetAddress BROADCAST = EthernetAddress.parse("ff:ff:ff:ff:ff:ff");
    private static final EthernetAddress GROUP = EthernetAddress.parse("01:00:5e:01:02:03");
    private static final EthernetAddress OTHER = EthernetAddress.parse("02:00:00:00:77:77");
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

    /** Sends one that must not come in, and one that must: the order proves it. */
    private static void refuses(RawIxgbe c, RawIxgbe.Ring rx, byte[] frame) {
        byte[] sure = RawIxgbe.frame(RawIxgbe.MAC, 333);
        c.peerSends(frame);
        c.peerSends(sure);
        assertThat(c.receive(rx).bytes()).isEqualTo(sure);
    }

    private static RawIxgbe.Received accepts(RawIxgbe c, RawIxgbe.Ring rx, byte[] frame) {
        c.peerSends(frame);
        RawIxgbe.Received r = c.receive(rx);
        assertThat(r.bytes()).isEqualTo(frame);
        return r;
    }

    @Test
    void addresses_are_filtered_as_the_registers_say() {
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            RawIxgbe.Ring rx = c.rx(0, 64, 2);
            c.w(0x05080, 0);
            refuses(c, rx, RawIxgbe.frame(OTHER, 100));
            refuses(c, rx, RawIxgbe.frame(BROADCAST, 100));
            refuses(c, rx, RawIxgbe.frame(GROUP, 100));
            c.w(0x05080, 0x400);
            assertThat(accepts(c, rx, RawIxgbe.frame(BROADCAST, 101)).status() & 0x80).as("in-exact").isEqualTo(0x80);
            // The last of 128 filters; low half first, valid last.
            c.w(0x0a200 + 8 * 127, 0x0000_0002);
            c.w(0x0a204 + 8 * 127, 0x8000_7777);
            assertThat(accepts(c, rx, RawIxgbe.frame(OTHER, 102)).status() & 0x80).isZero();
            c.w(0x0a204 + 8 * 127, 0x7777);
            refuses(c, rx, RawIxgbe.frame(OTHER, 103));
            c.w(0x05080, 0x200);
            accepts(c, rx, RawIxgbe.frame(OTHER, 104));
            refuses(c, rx, RawIxgbe.frame(GROUP, 105));
            c.w(0x05080, 0x100);
            accepts(c, rx, RawIxgbe.frame(GROUP, 106));
            refuses(c, rx, RawIxgbe.frame(OTHER, 107));
        }
    }

    /** 7.1.1.1.3, figure 7-4: bits 47:36, 46:35, 45:34 or 43:32 of the address, of which the last byte on the wire is the highest. */
    @ParameterizedTest
    @CsvSource({"0, 0x030", "1, 0x060", "2, 0x0c0", "3, 0x302"})
    void the_multicast_table_is_indexed_by_the_bits_that_are_chosen(int offset, String vector) {
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            c.w(0x05080, 0);
            RawIxgbe.Ring rx = c.rx(0, 64, 2);
            int v = Integer.decode(vector);
            c.w(0x05090, 4 | offset);
            refuses(c, rx, RawIxgbe.frame(GROUP, 100));
            c.w(0x05200 + 4 * (v >>> 5), 1 << (v & 31));
            assertThat(accepts(c, rx, RawIxgbe.frame(GROUP, 101)).status() & 0x80).as("in-exact").isEqualTo(0x80);
            c.w(0x05090, offset);
            refuses(c, rx, RawIxgbe.frame(GROUP, 102));
        }
    }

    @Test
    void vlans_are_filtered_and_their_tags_stripped() {
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            RawIxgbe.Ring rx = c.rx(0, 64, 2);
            byte[] plain = RawIxgbe.frame(RawIxgbe.MAC, 200);
            byte[] tagged = Packets.tagged(plain, 0xb064);
            assertThat(accepts(c, rx, tagged).status() & 8).as("VP").isEqualTo(8);
            c.w(0x05088, 0x4000_8100);
            refuses(c, rx, tagged);
            c.w(0x0a000 + 4 * (0x64 >>> 5), 1 << (0x64 & 31));
            accepts(c, rx, tagged);
            c.w(0x01028, c.r(0x01028) | 1 << 30);
            c.peerSends(tagged);
            RawIxgbe.Received r = c.receive(rx);
            assertThat(r.bytes()).isEqualTo(plain);
            assertThat(r.vlan()).isEqualTo(0xb064);
            assertThat(r.status() & 8).isEqualTo(8);
            assertThat(accepts(c, rx, plain).status() & 8).as("untagged frames pass").isZero();
            // Canonical form indicator: 0xb has it set.
            c.w(0x05088, 0x6000_8100);
            refuses(c, rx, tagged);
            c.w(0x05088, 0x7000_8100);
            c.peerSends(tagged);
            assertThat(c.receive(rx).vlan()).isEqualTo(0xb064);
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
            refuses(c, rx, longest);
            accepts(c, rx, RawIxgbe.frame(RawIxgbe.MAC, 1514));
            refuses(c, rx, RawIxgbe.frame(RawIxgbe.MAC, 1515));
            accepts(c, rx, Packets.tagged(RawIxgbe.frame(RawIxgbe.MAC, 1514), 5));
            c.w(0x04268, 9018 << 16);
            refuses(c, rx, longest);
            c.set(0x04240, 4);
            assertThat(accepts(c, rx, longest).descriptors()).isEqualTo((9014 + 1024 * bufferKiB - 1) / (1024 * bufferKiB));
            refuses(c, rx, RawIxgbe.frame(RawIxgbe.MAC, 9015));
            assertThat(c.r(0x040ac)).as("oversize").isEqualTo(4);
        }
    }

    /** The verification suite of receive side scaling, as Microsoft and the datasheet have it: 7.1.2.8.4. */
    @ParameterizedTest
    @CsvSource({"66.9.149.187, 2794, 161.142.100.80, 1766, 0x51ccc178, 0x323e8fc2", "199.92.111.2, 14230, 65.69.140.83, 4739, 0xc626b0ea, 0xd718262a",
        "24.19.198.95, 12898, 12.22.207.184, 38024, 0x5c2b394a, 0xd2d0a5de", "38.27.205.30, 48228, 209.142.163.6, 2217, 0xafc7327f, 0x82989176",
        "153.39.163.191, 44251, 202.188.127.2, 1303, 0x10e828a2, 0x5d1809c5",
        "3ffe:2501:200:1fff::7, 2794, 3ffe:2501:200:3::1, 1766, 0x40207d3d, 0x2cc18cd5",
        "3ffe:501:8::260:97ff:fe40:efab, 14230, ff02::1, 4739, 0xdde51bbf, 0x0f0c461c"})
    void hashes_are_those_of_the_verification_suite(String from, int fromPort, String to, int toPort, String withPorts, String addressesOnly)
            throws UnknownHostException {
        byte[] s = InetAddress.getByName(from).getAddress();
        byte[] d = InetAddress.getByName(to).getAddress();
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            spread(c, 0x0033_0001);
            RawIxgbe.Ring[] rx = rings(c);
            byte[] tcp = Packets.ip(RawIxgbe.MAC, s, d, Packets.TCP, fromPort, toPort, 30, new Random(1));
            byte[] udp = Packets.ip(RawIxgbe.MAC, s, d, Packets.UDP, fromPort, toPort, 30, new Random(1));
            boolean four = s.length == 4;
            hashed(c, rx, tcp, Long.decode(withPorts).intValue(), four ? 1 : 3);
            hashed(c, rx, udp, Long.decode(addressesOnly).intValue(), four ? 2 : 5);
            c.w(0x05818, 0x00c0_0001);
            hashed(c, rx, udp, Long.decode(withPorts).intValue(), four ? 7 : 8);
            c.peerSends(tcp);
            assertThat(c.receive(rx[0]).rssType()).as("no field that fits: queue 0").isZero();
        }
    }

    /** Queue n for entry n mod 8, and the key of the suite. */
    private static void spread(RawIxgbe c, int fields) {
        int[] key = {0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2, 0x41, 0x67, 0x25, 0x3d, 0x43, 0xa3, 0x8f, 0xb0, 0xd0, 0xca, 0x2b, 0xcb, 0xae, 0x7b, 0x30,
            0xb4, 0x77, 0xcb, 0x2d, 0xa3, 0x80, 0x30, 0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa};
        for (int i = 0; i < 10; i++) {
            c.w(0x05c80 + 4 * i, key[4 * i] | key[4 * i + 1] << 8 | key[4 * i + 2] << 16 | key[4 * i + 3] << 24);
        }
        for (int i = 0; i < 32; i++) {
            c.w(0x05c00 + 4 * i, i % 2 == 0 ? 0x0302_0100 : 0x0706_0504);
        }
        c.w(0x05818, fields);
        c.clear(0x03000, 1);
        c.w(0x05000, 0x2000);
        c.set(0x03000, 1);
    }

    private static RawIxgbe.Ring[] rings(RawIxgbe c) {
        RawIxgbe.Ring[] rx = new RawIxgbe.Ring[8];
        Arrays.setAll(rx, q -> c.rx(q, 32, 2));
        return rx;
    }

    private static void hashed(RawIxgbe c, RawIxgbe.Ring[] rx, byte[] frame, int hash, int type) {
        c.peerSends(frame);
        RawIxgbe.Received r = c.receive(rx[hash & 7]);
        assertThat(r.hash()).isEqualTo(hash);
        assertThat(r.rssType()).isEqualTo(type);
        assertThat(r.bytes()).isEqualTo(Packets.padded(frame));
    }

    @Test
    void packet_types_and_checksums_are_told() {
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            RawIxgbe.Ring rx = c.rx(0, 64, 2);
            Random random = new Random(4);
            byte[] tcp = Packets.ip(RawIxgbe.MAC, A, B, Packets.TCP, 1, 2, 101, random);
            RawIxgbe.Received r = accepts(c, rx, tcp);
            assertThat(r.type()).as("IPv4, TCP").isEqualTo(0x11);
            assertThat(r.status() & 0x60).as("both checked").isEqualTo(0x60);
            assertThat(r.errors()).isZero();
            tcp[60] ^= 1;
            assertThat(accepts(c, rx, tcp).errors()).as("TCPE").isEqualTo(1 << 10);
            tcp[60] ^= 1;
            tcp[22] ^= 1;
            assertThat(accepts(c, rx, tcp).errors()).as("IPE").isEqualTo(1 << 11);
            assertThat(c.r(0x04120)).as("checksum errors").isEqualTo(2);
            byte[] udp6 = Packets.ip(RawIxgbe.MAC, new byte[16], new byte[16], Packets.UDP, 1, 2, 50, random);
            r = accepts(c, rx, udp6);
            assertThat(r.type()).as("IPv6, UDP").isEqualTo(0x24);
            assertThat(r.status() & 0x60).as("L4CS only").isEqualTo(0x20);
            byte[] udp = Packets.ip(RawIxgbe.MAC, A, B, Packets.UDP, 1, 2, 50, random);
            Packets.put16(udp, 14 + 20 + 6, 0);
            r = accepts(c, rx, udp);
            assertThat(r.status() & 0x60).as("no UDP checksum was sent").isEqualTo(0x40);
            assertThat(r.errors()).isZero();
            byte[] fragment = Packets.ip(RawIxgbe.MAC, A, B, Packets.UDP, 1, 2, 50, random);
            Packets.put16(fragment, 14 + 6, 0x2000);
            Packets.put16(fragment, 14 + 10, 0);
            Packets.put16(fragment, 14 + 10, ~Packets.fold(Packets.sum(fragment, 14, 20, 0)));
            r = accepts(c, rx, fragment);
            assertThat(r.type()).as("IPv4 alone").isEqualTo(0x1);
            assertThat(r.status() & 0x60).isEqualTo(0x40);
            assertThat(accepts(c, rx, Packets.tagged(Packets.ip(RawIxgbe.MAC, A, B, Packets.TCP, 1, 2, 99, random), 7)).type()).isEqualTo(0x11);
        }
    }

    @Test
    void a_wrong_length_is_an_error_of_the_mac() {
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            RawIxgbe.Ring rx = c.rx(0, 64, 2);
            byte[] f = RawIxgbe.frame(RawIxgbe.MAC, 114);
            Packets.put16(f, 12, 100);
            accepts(c, rx, f);
            byte[] padded = Arrays.copyOf(f, 60);
            Packets.put16(padded, 12, 3);
            accepts(c, rx, padded);
            for (int wrong : new int[] {99, 101, 1500}) {
                Packets.put16(f, 12, wrong);
                refuses(c, rx, f);
                assertThat(c.r(0x04040)).as("length %d", wrong).isEqualTo(1);
            }
            // Store bad packets.
            c.w(0x05080, 0x402);
            assertThat(accepts(c, rx, f).errors()).as("RXE").isEqualTo(1 << 9);
            c.clear(0x04240, 1 << 27);
            assertThat(accepts(c, rx, f).errors()).as("not looked at").isZero();
        }
    }

    @Test
    void an_ethertype_has_a_queue_of_its_own() {
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            RawIxgbe.Ring rx = c.rx(63, 32, 2);
            c.w(0x05128 + 4 * 5, 0x8000_88cc);
            c.w(0x0ec00 + 4 * 5, 0x8000_0000 | 63 << 16);
            byte[] f = RawIxgbe.frame(RawIxgbe.MAC, 100);
            Packets.put16(f, 12, 0x88cc);
            assertThat(accepts(c, rx, f).type()).as("filter 5").isEqualTo(0x805);
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
            accepts(c, rx, RawIxgbe.frame(RawIxgbe.MAC, 90));
            assertThat(c.r(0x01430 + 3 * 0x40)).as("dropped in set 3").isEqualTo(3);
            assertThat(c.r(0x01030 + 3 * 0x40)).as("received in set 3").isEqualTo(7);
            assertThat(c.receive(small).bytes()).isEqualTo(f);
        }
    }

    @Test
    void what_comes_for_a_queue_that_is_disabled_is_counted_as_dropped_there() {
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            RawIxgbe.Ring rx = c.rx(0, 32, 2);
            c.w(0x05128, 0x8000_88cc);
            c.w(0x0ec00, 0x8000_0000 | 5 << 16);
            c.w(0x02304, 3 << 8);
            byte[] f = RawIxgbe.frame(RawIxgbe.MAC, 100);
            Packets.put16(f, 12, 0x88cc);
            for (int i = 0; i < 4; i++) {
                refuses(c, rx, f);
            }
            assertThat(c.r(0x01430 + 3 * 0x40)).as("dropped in set 3").isEqualTo(4);
            c.rx(5, 8, 2);
            c.peerSends(f);
            accepts(c, rx, RawIxgbe.frame(RawIxgbe.MAC, 90));
            assertThat(c.r(0x01430 + 3 * 0x40)).isZero();
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
