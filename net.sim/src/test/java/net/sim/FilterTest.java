package net.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import net.api.EthernetAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the control queue makes of received frames. QEMU starts promiscuous where this model does not; all else is the same. */
class FilterTest {
    private static final EthernetAddress OTHER = EthernetAddress.parse("02:00:00:00:00:77");
    private static final EthernetAddress GROUP = EthernetAddress.parse("01:00:5e:00:00:01");
    private static final EthernetAddress GROUP2 = EthernetAddress.parse("33:33:00:00:00:02");
    private static final long ALL = RawCard.CTRL_VQ | RawCard.CTRL_RX | RawCard.CTRL_RX_EXTRA | RawCard.CTRL_MAC_ADDR;

    private final Bench bench = Bench.withPeer();
    private RawCard card;
    private int received;

    @AfterEach
    void close() {
        bench.close();
    }

    private void start(long features) {
        card = bench.card().start(RawCard.BASE | features, 64);
        card.rx().offerBuffers(0, 64, 2048);
    }

    /** Sends a frame, and one to the card itself behind it; tells whether the first came through. */
    private boolean passes(byte[] frame) {
        PortCounters before = bench.model().port().counters();
        bench.peer.send(frame);
        Wait.until("frame", () -> {
            PortCounters c = bench.model().port().counters();
            return c.received() + c.filtered() == before.received() + before.filtered() + 1;
        });
        boolean passed = bench.model().port().counters().received() > before.received();
        received += passed ? 1 : 0;
        card.rx().awaitUsed(received);
        return passed;
    }

    private boolean passes(EthernetAddress to) {
        return passes(Bench.frame(to, 60));
    }

    private static byte[] tagged(EthernetAddress to, int vlan) {
        byte[] f = Bench.frame(to, 64);
        f[12] = (byte) 0x81;
        f[13] = 0;
        f[14] = (byte) (vlan >>> 8 | 0x60);
        f[15] = (byte) vlan;
        return f;
    }

    private static byte[] tables(EthernetAddress[] unicast, EthernetAddress[] multicast) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (EthernetAddress[] table : new EthernetAddress[][] {unicast, multicast}) {
            out.writeBytes(new byte[] {(byte) table.length, 0, 0, 0});
            for (EthernetAddress a : table) {
                out.writeBytes(a.toBytes());
            }
        }
        return out.toByteArray();
    }

    @Test
    void without_control_everything_comes_in() {
        start(0);
        assertThat(passes(Bench.MAC0)).isTrue();
        assertThat(passes(OTHER)).isTrue();
        assertThat(passes(GROUP)).isTrue();
        assertThat(passes(tagged(Bench.MAC0, 5))).isTrue();
    }

    @Test
    void at_first_only_own_and_broadcast_come_in() {
        start(ALL);
        assertThat(passes(Bench.MAC0)).isTrue();
        assertThat(passes(EthernetAddress.BROADCAST)).isTrue();
        assertThat(passes(OTHER)).isFalse();
        assertThat(passes(GROUP)).isFalse();
    }

    @Test
    void modes_open_and_close() {
        start(ALL);
        assertThat(card.command(0, 0, (byte) 1)).isZero();
        assertThat(passes(OTHER)).isTrue();
        assertThat(passes(GROUP)).isTrue();
        assertThat(card.command(0, 0, (byte) 0)).isZero();
        assertThat(passes(OTHER)).isFalse();
        assertThat(card.command(0, 1, (byte) 1)).isZero();
        assertThat(passes(GROUP)).isTrue();
        assertThat(passes(OTHER)).isFalse();
        assertThat(card.command(0, 2, (byte) 1)).isZero();
        assertThat(passes(OTHER)).isTrue();
        assertThat(card.command(0, 3, (byte) 1)).isZero();
        assertThat(passes(GROUP)).isFalse();
        assertThat(card.command(0, 4, (byte) 1)).isZero();
        assertThat(passes(Bench.MAC0)).isFalse();
        assertThat(card.command(0, 5, (byte) 1)).isZero();
        assertThat(passes(EthernetAddress.BROADCAST)).isFalse();
    }

    @Test
    void tables_let_their_addresses_in() {
        start(ALL);
        assertThat(card.command(1, 0, tables(new EthernetAddress[] {OTHER}, new EthernetAddress[] {GROUP2, GROUP}))).isZero();
        assertThat(passes(OTHER)).isTrue();
        assertThat(passes(GROUP)).isTrue();
        assertThat(passes(EthernetAddress.parse("02:00:00:00:00:78"))).isFalse();
        assertThat(passes(EthernetAddress.parse("01:00:5e:00:00:02"))).isFalse();
        assertThat(card.command(1, 0, tables(new EthernetAddress[0], new EthernetAddress[0]))).isZero();
        assertThat(passes(OTHER)).isFalse();
    }

    @Test
    void table_with_more_addresses_than_fit_lets_all_of_that_kind_in() {
        start(ALL);
        EthernetAddress[] many = new EthernetAddress[NetFilter.TABLE + 1];
        java.util.Arrays.fill(many, GROUP2);
        assertThat(card.command(1, 0, tables(new EthernetAddress[0], many))).isZero();
        assertThat(passes(GROUP)).isTrue();
        assertThat(passes(OTHER)).isFalse();
    }

    @Test
    void own_address_can_be_set_and_comes_back_with_a_reset() {
        start(ALL);
        assertThat(card.command(1, 1, OTHER.toBytes())).isZero();
        assertThat(bench.model().mac()).isEqualTo(OTHER);
        assertThat(card.common.read8(card.deviceAt + 5)).isEqualTo(0x77);
        assertThat(passes(OTHER)).isTrue();
        assertThat(passes(Bench.MAC0)).isFalse();
        card.setStatus(0);
        assertThat(bench.model().mac()).isEqualTo(Bench.MAC0);
    }

    @Test
    void vlans_are_filtered_if_negotiated() {
        start(RawCard.CTRL_VQ | RawCard.CTRL_VLAN);
        assertThat(passes(Bench.MAC0)).isTrue();
        assertThat(passes(tagged(Bench.MAC0, 5))).isFalse();
        assertThat(card.command(2, 0, (byte) 5, (byte) 0)).isZero();
        assertThat(card.command(2, 0, (byte) 0xff, (byte) 0x0f)).isZero();
        assertThat(passes(tagged(Bench.MAC0, 5))).isTrue();
        assertThat(passes(tagged(Bench.MAC0, 4095))).isTrue();
        assertThat(passes(tagged(Bench.MAC0, 6))).isFalse();
        assertThat(card.command(2, 1, (byte) 5, (byte) 0)).isZero();
        assertThat(passes(tagged(Bench.MAC0, 5))).isFalse();
    }

    @Test
    void commands_that_are_wrong_or_not_negotiated_are_refused() {
        start(RawCard.CTRL_VQ | RawCard.CTRL_RX);
        assertThat(card.command(0, 2, (byte) 1)).isEqualTo(1);
        assertThat(card.command(0, 9, (byte) 1)).isEqualTo(1);
        assertThat(card.command(0, 0, (byte) 2)).isEqualTo(1);
        assertThat(card.command(0, 0)).isEqualTo(1);
        assertThat(card.command(1, 1, OTHER.toBytes())).isEqualTo(1);
        assertThat(card.command(1, 0, (byte) 9, (byte) 0, (byte) 0, (byte) 0)).isEqualTo(1);
        assertThat(card.command(1, 0, (byte) -1, (byte) -1, (byte) -1, (byte) -1)).isEqualTo(1);
        assertThat(card.command(2, 0, (byte) 1, (byte) 0)).isEqualTo(1);
        assertThat(card.command(4, 0, (byte) 1, (byte) 0)).isEqualTo(1);
        assertThat(card.status() & RawCard.NEEDS_RESET).isZero();
        assertThat(bench.model().complaints()).hasSize(9);
    }

    @Test
    void announcement_is_asked_for_until_it_is_acknowledged() {
        start(RawCard.CTRL_VQ | RawCard.GUEST_ANNOUNCE | RawCard.STATUS);
        bench.model().announce();
        assertThat(card.deviceConfig16(6)).isEqualTo(3);
        assertThat(card.command(3, 0)).isZero();
        assertThat(card.deviceConfig16(6)).isEqualTo(1);
        assertThat(card.command(3, 0)).isEqualTo(1);
    }
}
