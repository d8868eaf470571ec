package net.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Random;
import net.api.EthernetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What comes in, and into which queue: 7.1.1 and 7.1.2. */
class IxgbeFilterTest {
    private static final EthernetAddress BROADCAST = EthernetAddress.parse("ff:ff:ff:ff:ff:ff");
    private static final EthernetAddress GROUP = EthernetAddress.parse("01:00:5e:01:02:03");
    private static final EthernetAddress OTHER = EthernetAddress.parse("02:00:00:00:77:77");

    @Test
    void addresses_are_filtered_as_the_registers_say() {
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            RawIxgbe.Ring rx = c.rx(0, 64, 2);
            c.w(0x05080, 0);
            c.refuses(rx, RawIxgbe.frame(OTHER, 100));
            c.refuses(rx, RawIxgbe.frame(BROADCAST, 100));
            c.refuses(rx, RawIxgbe.frame(GROUP, 100));
            c.w(0x05080, 0x400);
            assertThat(c.accepts(rx, RawIxgbe.frame(BROADCAST, 101)).status() & 0x80).as("in-exact").isEqualTo(0x80);
            // The last of 128 filters; low half first, valid last.
            c.w(0x0a200 + 8 * 127, 0x0000_0002);
            c.w(0x0a204 + 8 * 127, 0x8000_7777);
            assertThat(c.accepts(rx, RawIxgbe.frame(OTHER, 102)).status() & 0x80).isZero();
            c.w(0x0a204 + 8 * 127, 0x7777);
            c.refuses(rx, RawIxgbe.frame(OTHER, 103));
            c.w(0x05080, 0x200);
            c.accepts(rx, RawIxgbe.frame(OTHER, 104));
            c.refuses(rx, RawIxgbe.frame(GROUP, 105));
            c.w(0x05080, 0x100);
            c.accepts(rx, RawIxgbe.frame(GROUP, 106));
            c.refuses(rx, RawIxgbe.frame(OTHER, 107));
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
            c.refuses(rx, RawIxgbe.frame(GROUP, 100));
            c.w(0x05200 + 4 * (v >>> 5), 1 << (v & 31));
            assertThat(c.accepts(rx, RawIxgbe.frame(GROUP, 101)).status() & 0x80).as("in-exact").isEqualTo(0x80);
            c.w(0x05090, offset);
            c.refuses(rx, RawIxgbe.frame(GROUP, 102));
        }
    }

    @Test
    void vlans_are_filtered_and_their_tags_stripped() {
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            RawIxgbe.Ring rx = c.rx(0, 64, 2);
            byte[] plain = RawIxgbe.frame(RawIxgbe.MAC, 200);
            byte[] tagged = Packets.tagged(plain, 0xb064);
            assertThat(c.accepts(rx, tagged).status() & 8).as("VP").isEqualTo(8);
            c.w(0x05088, 0x4000_8100);
            c.refuses(rx, tagged);
            c.w(0x0a000 + 4 * (0x64 >>> 5), 1 << (0x64 & 31));
            c.accepts(rx, tagged);
            c.w(0x01028, c.r(0x01028) | 1 << 30);
            c.peerSends(tagged);
            RawIxgbe.Received r = c.receive(rx);
            assertThat(r.bytes()).isEqualTo(plain);
            assertThat(r.vlan()).isEqualTo(0xb064);
            assertThat(r.status() & 8).isEqualTo(8);
            assertThat(c.accepts(rx, plain).status() & 8).as("untagged frames pass").isZero();
            // Canonical form indicator: 0xb has it set.
            c.w(0x05088, 0x6000_8100);
            c.refuses(rx, tagged);
            c.w(0x05088, 0x7000_8100);
            c.peerSends(tagged);
            assertThat(c.receive(rx).vlan()).isEqualTo(0xb064);
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
    void an_ethertype_has_a_queue_of_its_own() {
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            RawIxgbe.Ring rx = c.rx(63, 32, 2);
            c.w(0x05128 + 4 * 5, 0x8000_88cc);
            c.w(0x0ec00 + 4 * 5, 0x8000_0000 | 63 << 16);
            byte[] f = RawIxgbe.frame(RawIxgbe.MAC, 100);
            Packets.put16(f, 12, 0x88cc);
            assertThat(c.accepts(rx, f).type()).as("filter 5").isEqualTo(0x805);
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
                c.refuses(rx, f);
            }
            assertThat(c.r(0x01430 + 3 * 0x40)).as("dropped in set 3").isEqualTo(4);
            c.rx(5, 8, 2);
            c.peerSends(f);
            c.accepts(rx, RawIxgbe.frame(RawIxgbe.MAC, 90));
            assertThat(c.r(0x01430 + 3 * 0x40)).isZero();
        }
    }
}
