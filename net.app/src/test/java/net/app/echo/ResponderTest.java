package net.app.echo;

import static net.app.echo.Packets.OUR4;
import static net.app.echo.Packets.OUR6;
import static net.app.echo.Packets.THEIR4;
import static net.app.echo.Packets.THEIR6;
import static net.app.echo.Packets.THEM;
import static net.app.echo.Packets.US;
import static net.app.echo.Packets.arp;
import static net.app.echo.Packets.counting;
import static net.app.echo.Packets.ethernet;
import static net.app.echo.Packets.icmp;
import static net.app.echo.Packets.ipv4;
import static net.app.echo.Packets.ipv6;
import static net.app.echo.Packets.join;
import static net.app.echo.Packets.linkAddress;
import static net.app.echo.Packets.pad;
import static net.app.echo.Packets.ping4;
import static net.app.echo.Packets.ping6;
import static net.app.echo.Packets.pong6;
import static net.app.echo.Packets.put;
import static net.app.echo.Packets.solicitation;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.api.EthernetAddress;
import net.api.NetBuf;
import net.app.fake.Pools;
import net.pool.BufferPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResponderTest {
    private static final byte[] NONE = {};
    private static final String GROUP6 = "ff02::1:ff00:2";
    private static final String GROUP_MAC = "33:33:ff:00:00:02";
    private static final String BROADCAST = "ff:ff:ff:ff:ff:ff";
    private static final String NO_MAC = "00:00:00:00:00:00";

    private final BufferPool pool = Pools.of(64);
    private final Responder responder = new Responder(EthernetAddress.parse(US), List.of(LocalAddress.parse(OUR4 + "/24"), LocalAddress.parse("fd00::2/64")));
    private int maxFrame = 1518;
    private int maxSegments = 8;
    private byte[] answer;

    private Outcome send(byte[] frame) {
        return send(frame, pool.dataRoom());
    }

    private Outcome send(byte[] frame, int piece) {
        NetBuf b = Pools.frame(pool, frame, piece);
        Outcome outcome = responder.answer(b, maxFrame, maxSegments);
        answer = b.toByteArray();
        b.release();
        return outcome;
    }

    @AfterEach
    void every_buffer_is_back() {
        Pools.assertWhole(pool);
    }

    // ---- ARP ----

    @Test
    void an_arp_request_for_our_address_is_answered_to_its_sender() {
        assertThat(send(pad(arp(1, BROADCAST, THEM, THEIR4, NO_MAC, OUR4), 60))).isEqualTo(Outcome.ARP_REPLY);
        assertThat(answer).containsExactly(arp(2, THEM, US, OUR4, THEM, THEIR4));
    }

    @Test
    void an_arp_probe_without_sender_address_is_answered_so_that_nobody_takes_ours() {
        assertThat(send(arp(1, BROADCAST, THEM, "0.0.0.0", NO_MAC, OUR4))).isEqualTo(Outcome.ARP_REPLY);
        assertThat(answer).containsExactly(arp(2, THEM, US, OUR4, THEM, "0.0.0.0"));
    }

    @Test
    void arp_for_others_replies_and_announcements_are_ignored() {
        assertThat(send(arp(1, BROADCAST, THEM, THEIR4, NO_MAC, "10.0.0.3"))).isEqualTo(Outcome.IGNORED);
        assertThat(send(arp(2, US, THEM, THEIR4, US, OUR4))).isEqualTo(Outcome.IGNORED);
        assertThat(send(arp(1, BROADCAST, THEM, OUR4, NO_MAC, OUR4))).isEqualTo(Outcome.IGNORED);
    }

    @Test
    void arp_of_other_hardware_other_lengths_or_with_a_group_as_sender_is_malformed() {
        for (int[] change : new int[][] {{14, 2}, {16, 0x86dd}, {18, 0x0804}, {18, 0x0610}}) {
            byte[] f = arp(1, BROADCAST, THEM, THEIR4, NO_MAC, OUR4);
            put(f, change[0], change[1]);
            assertThat(send(f)).isEqualTo(Outcome.MALFORMED);
        }
        byte[] f = arp(1, BROADCAST, THEM, THEIR4, NO_MAC, OUR4);
        f[22] |= 1;
        assertThat(send(f)).isEqualTo(Outcome.MALFORMED);
    }

    // ---- IPv4 ----

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 17, 18, 19, 55, 56, 57, 1471, 1472})
    void a_ping_comes_back_with_its_payload(int size) {
        assertThat(send(pad(ping4(counting(size)), 60))).isEqualTo(Outcome.ICMP_REPLY);
        assertThat(answer).containsExactly(ethernet(THEM, US, 0x0800, ipv4(OUR4, THEIR4, 0x1234, 0x4000, 64, 1, NONE, icmp(0, 0, 0xbeef, 7, counting(size)))));
    }

    @ParameterizedTest
    @CsvSource({"8972, 1920", "8972, 2048", "8971, 1501", "3000, 43", "8972, 9014"})
    void a_jumbo_ping_over_several_buffers_comes_back(int size, int piece) {
        maxFrame = 9018;
        maxSegments = 100;
        BufferPool big = Pools.of(128, 10_000);
        NetBuf b = Pools.frame(big, ping4(counting(size)), piece);
        assertThat(responder.answer(b, maxFrame, maxSegments)).isEqualTo(Outcome.ICMP_REPLY);
        assertThat(b.toByteArray()).containsExactly(ethernet(THEM, US, 0x0800,
                ipv4(OUR4, THEIR4, 0x1234, 0x4000, 64, 1, NONE, icmp(0, 0, 0xbeef, 7, counting(size)))));
        b.release();
        NetBuf six = Pools.frame(big, ping6(counting(size - 20)), Math.max(piece, 70));
        assertThat(responder.answer(six, maxFrame, maxSegments + 200)).isEqualTo(Outcome.ICMPV6_REPLY);
        assertThat(six.toByteArray()).containsExactly(pong6(counting(size - 20)));
        six.release();
        Pools.assertWhole(big);
    }

    @Test
    void bytes_behind_the_packet_are_cut_off_even_where_they_fill_buffers_of_their_own() {
        assertThat(send(pad(ping4(counting(100)), 900), 150)).isEqualTo(Outcome.ICMP_REPLY);
        assertThat(answer).hasSize(142);
    }

    @Test
    void a_ping_of_zeros_gets_a_checksum_that_verifies() {
        byte[] f = ethernet(US, THEM, 0x0800, ipv4(THEIR4, OUR4, 1, 0, 37, 1, NONE, icmp(8, 0, 0, 0, new byte[56])));
        assertThat(send(f)).isEqualTo(Outcome.ICMP_REPLY);
        assertThat(Packets.checksum(java.util.Arrays.copyOfRange(answer, 34, answer.length))).isZero();
    }

    @Test
    void options_are_not_carried_back() {
        byte[] route = {7, 11, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0};
        assertThat(send(ethernet(US, THEM, 0x0800, ipv4(THEIR4, OUR4, 1, 0, 37, 1, route, icmp(8, 0, 1, 2, counting(9)))))).isEqualTo(Outcome.ICMP_REPLY);
        byte[] nothing = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
        assertThat(answer).containsExactly(ethernet(THEM, US, 0x0800, ipv4(OUR4, THEIR4, 1, 0, 64, 1, nothing, icmp(0, 0, 1, 2, counting(9)))));
    }

    @Test
    void fragments_are_counted_and_not_answered() {
        assertThat(send(ethernet(US, THEM, 0x0800, ipv4(THEIR4, OUR4, 1, 0x2000, 37, 1, NONE, icmp(8, 0, 1, 2, counting(8)))))).isEqualTo(Outcome.FRAGMENT);
        assertThat(send(ethernet(US, THEM, 0x0800, ipv4(THEIR4, OUR4, 1, 1, 37, 1, NONE, icmp(8, 0, 1, 2, counting(8)))))).isEqualTo(Outcome.FRAGMENT);
    }

    @Test
    void pings_for_others_or_on_broadcast_or_of_other_kinds_are_ignored() {
        byte[] ping = icmp(8, 0, 1, 2, counting(8));
        assertThat(send(ethernet(US, THEM, 0x0800, ipv4(THEIR4, "10.0.0.3", 1, 0, 37, 1, NONE, ping)))).isEqualTo(Outcome.IGNORED);
        assertThat(send(ethernet(BROADCAST, THEM, 0x0800, ipv4(THEIR4, OUR4, 1, 0, 37, 1, NONE, ping)))).isEqualTo(Outcome.IGNORED);
        assertThat(send(ethernet(US, THEM, 0x0800, ipv4(THEIR4, OUR4, 1, 0, 37, 17, NONE, ping)))).isEqualTo(Outcome.IGNORED);
        assertThat(send(ethernet(US, THEM, 0x0800, ipv4(THEIR4, OUR4, 1, 0, 37, 1, NONE, icmp(0, 0, 1, 2, counting(8)))))).isEqualTo(Outcome.IGNORED);
        assertThat(send(ethernet(US, THEM, 0x0800, ipv4(THEIR4, OUR4, 1, 0, 37, 1, NONE, icmp(8, 1, 1, 2, counting(8)))))).isEqualTo(Outcome.IGNORED);
        assertThat(send(ethernet(US, THEM, 0x88cc, ping))).isEqualTo(Outcome.IGNORED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "127.0.0.1", "224.0.0.1", "255.255.255.255", "10.0.0.255", OUR4})
    void pings_from_where_nobody_can_be_are_malformed(String source) {
        assertThat(send(ethernet(US, THEM, 0x0800, ipv4(source, OUR4, 1, 0, 37, 1, NONE, icmp(8, 0, 1, 2, counting(8)))))).isEqualTo(Outcome.MALFORMED);
    }

    @Test
    void every_single_wrong_byte_of_header_or_payload_is_found() {
        byte[] right = ping4(counting(33));
        for (int i = 14; i < right.length; i++) {
            byte[] wrong = right.clone();
            wrong[i] ^= 0x10;
            assertThat(send(wrong).isReply()).as("byte %d", i).isFalse();
        }
        byte[] header = right.clone();
        header[14 + 10] ^= 1;
        assertThat(send(header)).isEqualTo(Outcome.BAD_CHECKSUM);
        byte[] payload = right.clone();
        payload[60] ^= 1;
        assertThat(send(payload)).isEqualTo(Outcome.BAD_CHECKSUM);
    }

    @Test
    void frames_that_end_early_are_malformed_at_every_length() {
        byte[] four = ping4(counting(20));
        byte[] six = ping6(counting(20));
        byte[] ns = solicitation(GROUP_MAC, THEIR6, GROUP6, OUR6, linkAddress(1, THEM));
        byte[] arp = arp(1, BROADCAST, THEM, THEIR4, NO_MAC, OUR4);
        for (byte[] frame : List.of(four, six, ns, arp)) {
            for (int n = 0; n < frame.length; n++) {
                assertThat(send(java.util.Arrays.copyOf(frame, n))).as("%d of %d bytes", n, frame.length).isEqualTo(Outcome.MALFORMED);
            }
        }
    }

    @Test
    void what_the_card_cannot_send_is_not_answered() {
        maxFrame = 100;
        assertThat(send(ping4(counting(58)))).isEqualTo(Outcome.ICMP_REPLY);
        assertThat(send(ping4(counting(59)))).isEqualTo(Outcome.TOO_LONG);
        maxFrame = 1518;
        maxSegments = 2;
        assertThat(send(ping4(counting(100)), 71)).isEqualTo(Outcome.ICMP_REPLY);
        assertThat(send(ping4(counting(101)), 71)).isEqualTo(Outcome.TOO_LONG);
    }

    // ---- IPv6 ----

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 55, 56, 1451, 1452})
    void an_ipv6_ping_comes_back_with_its_payload(int size) {
        assertThat(send(pad(ping6(counting(size)), 60))).isEqualTo(Outcome.ICMPV6_REPLY);
        assertThat(answer).containsExactly(pong6(counting(size)));
    }

    @Test
    void a_solicitation_gets_an_advertisement_that_says_where_we_are() {
        assertThat(send(solicitation(GROUP_MAC, THEIR6, GROUP6, OUR6, linkAddress(1, THEM)))).isEqualTo(Outcome.NEIGHBOUR_ADVERTISEMENT);
        assertThat(answer).containsExactly(Packets.advertisement(THEM, OUR6, THEIR6, 0x60));
    }

    @Test
    void a_solicitation_without_options_and_straight_to_us_is_answered_to_the_sender_of_the_frame() {
        assertThat(send(solicitation(US, THEIR6, OUR6, OUR6, NONE))).isEqualTo(Outcome.NEIGHBOUR_ADVERTISEMENT);
        assertThat(answer).containsExactly(Packets.advertisement(THEM, OUR6, THEIR6, 0x60));
    }

    @Test
    void options_that_we_do_not_know_are_passed_over_and_the_link_address_counts() {
        byte[] nonce = {14, 1, 1, 2, 3, 4, 5, 6};
        String other = "02:00:00:00:00:77";
        assertThat(send(solicitation(GROUP_MAC, THEIR6, GROUP6, OUR6, join(nonce, linkAddress(1, other), nonce)))).isEqualTo(Outcome.NEIGHBOUR_ADVERTISEMENT);
        assertThat(answer).containsExactly(Packets.advertisement(other, OUR6, THEIR6, 0x60));
    }

    @Test
    void a_test_for_duplicates_is_answered_to_everybody() {
        assertThat(send(solicitation(GROUP_MAC, "::", GROUP6, OUR6, NONE))).isEqualTo(Outcome.NEIGHBOUR_ADVERTISEMENT);
        assertThat(answer).containsExactly(Packets.advertisement("33:33:00:00:00:01", OUR6, "ff02::1", 0x20));
    }

    @Test
    void solicitations_that_break_rfc_4861_7_1_1_are_malformed() {
        byte[] routed = solicitation(GROUP_MAC, THEIR6, GROUP6, OUR6, NONE);
        routed[14 + 7] = (byte) 254;
        assertThat(send(routed)).as("hop limit").isEqualTo(Outcome.MALFORMED);
        assertThat(send(solicitation(GROUP_MAC, "::", GROUP6, OUR6, linkAddress(1, THEM)))).as("link address of nobody").isEqualTo(Outcome.MALFORMED);
        assertThat(send(solicitation(US, "::", OUR6, OUR6, NONE))).as("probe to one").isEqualTo(Outcome.MALFORMED);
        assertThat(send(solicitation(GROUP_MAC, THEIR6, GROUP6, OUR6, new byte[] {14, 0, 0, 0, 0, 0, 0, 0}))).as("option of length 0")
                .isEqualTo(Outcome.MALFORMED);
        assertThat(send(solicitation(GROUP_MAC, THEIR6, GROUP6, OUR6, new byte[] {14, 2, 0, 0, 0, 0, 0, 0}))).as("option too long")
                .isEqualTo(Outcome.MALFORMED);
        assertThat(send(solicitation(GROUP_MAC, THEIR6, GROUP6, OUR6, new byte[] {14, 1, 0, 0}))).as("half an option").isEqualTo(Outcome.MALFORMED);
        assertThat(send(solicitation(GROUP_MAC, THEIR6, GROUP6, OUR6, linkAddress(1, BROADCAST)))).as("group as sender").isEqualTo(Outcome.MALFORMED);
        assertThat(send(solicitation(GROUP_MAC, "ff02::5", GROUP6, OUR6, NONE))).as("multicast source").isEqualTo(Outcome.MALFORMED);
    }

    @Test
    void solicitations_for_others_are_ignored() {
        assertThat(send(solicitation(GROUP_MAC, THEIR6, GROUP6, "fd00:1::2", NONE))).isEqualTo(Outcome.IGNORED);
        assertThat(send(solicitation(GROUP_MAC, THEIR6, "ff02::1", OUR6, NONE))).isEqualTo(Outcome.IGNORED);
    }

    @Test
    void wrong_checksums_fragments_and_other_headers_of_ipv6_are_told_apart() {
        byte[] ping = ping6(counting(5));
        ping[ping.length - 1] ^= 4;
        assertThat(send(ping)).isEqualTo(Outcome.BAD_CHECKSUM);
        byte[] ns = solicitation(GROUP_MAC, THEIR6, GROUP6, OUR6, linkAddress(1, THEM));
        ns[56] ^= 4;
        assertThat(send(ns)).isEqualTo(Outcome.BAD_CHECKSUM);
        assertThat(send(ethernet(US, THEM, 0x86dd, ipv6(THEIR6, OUR6, 44, 64, counting(20))))).isEqualTo(Outcome.FRAGMENT);
        assertThat(send(ethernet(US, THEM, 0x86dd, ipv6(THEIR6, OUR6, 0, 64, counting(20))))).isEqualTo(Outcome.IGNORED);
        assertThat(send(ethernet(US, THEM, 0x86dd, ipv4(THEIR4, OUR4, 1, 0, 3, 1, NONE, counting(40))))).isEqualTo(Outcome.MALFORMED);
    }

    @Test
    void frames_from_a_group_address_or_from_nobody_are_malformed() {
        assertThat(send(ethernet(US, BROADCAST, 0x0800, ipv4(THEIR4, OUR4, 1, 0, 37, 1, NONE, icmp(8, 0, 1, 2, NONE))))).isEqualTo(Outcome.MALFORMED);
        assertThat(send(ethernet(US, NO_MAC, 0x0800, ipv4(THEIR4, OUR4, 1, 0, 37, 1, NONE, icmp(8, 0, 1, 2, NONE))))).isEqualTo(Outcome.MALFORMED);
    }
}
