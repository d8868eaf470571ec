package net.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import net.api.DevException;
import net.api.device.PciAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Faults that tests of drivers ask for, and cables. */
class FaultTest {
    private final Bench bench = Bench.withPeer();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void card_pulled_out_and_plugged_in_again_starts_afresh() {
        RawCard card = bench.card().start(RawCard.BASE | RawCard.STATUS, 8);
        card.rx().offerBuffers(0, 8, 2048);
        bench.host.unplug(bench.model());
        assertThat(card.status()).isEqualTo(0xff);
        assertThat(bench.peer.linkUp()).isFalse();
        bench.peer.send(Bench.frame(Bench.MAC0, 60));
        Wait.until("frame lost", () -> bench.peer.port().counters().unconnected() == 1);
        assertThat(card.rx().usedIdx()).isZero();
        card.queues.forEach(q -> q.memory.close());
        bench.host.release(card.at);
        bench.host.plug(bench.model(), false);
        RawPci.setUp(bench.host);
        assertThat(bench.peer.linkUp()).isTrue();
        RawCard again = bench.card().start(RawCard.BASE, 8);
        again.rx().offerBuffers(0, 8, 2048);
        bench.peer.send(Bench.frame(Bench.MAC0, 60));
        again.rx().awaitUsed(1);
    }

    @Test
    void dead_card_reads_all_ones_but_keeps_its_ids() {
        RawCard card = bench.card().start(RawCard.BASE, 8);
        bench.model().setDead(true);
        assertThat(card.status()).isEqualTo(0xff);
        assertThat(bench.host.read(card.at, 0, 2)).isEqualTo(0x1af4);
        bench.model().setDead(false);
        assertThat(card.status()).isZero();
    }

    @Test
    void hung_card_answers_and_works_on_no_queue() {
        RawCard card = bench.card().start(RawCard.BASE, 8);
        bench.model().setHung(true);
        card.tx().offerFrame(0, Bench.frame(Bench.MAC1, 60));
        card.tx().kick();
        bench.peer.send(Bench.frame(Bench.MAC0, 60));
        Wait.until("frame", () -> bench.model().port().counters().notReady() == 1);
        assertThat(card.status()).isEqualTo(0x0f);
        assertThat(card.tx().usedIdx()).isZero();
        bench.model().setHung(false);
        card.tx().awaitUsed(1);
    }

    @Test
    void reset_that_sticks_leaves_the_status() {
        RawCard card = bench.card().start(RawCard.BASE, 8);
        bench.model().setResetSticks(true);
        card.setStatus(0);
        assertThat(card.status()).isEqualTo(0x0f);
        bench.model().setResetSticks(false);
        card.setStatus(0);
        assertThat(card.status()).isZero();
    }

    @Test
    void requested_reset_stops_the_queues() {
        RawCard card = bench.card().start(RawCard.BASE, 8);
        bench.model().requestReset();
        assertThat(card.status()).isEqualTo(0x4f);
        card.tx().offerFrame(0, Bench.frame(Bench.MAC1, 60));
        card.tx().kick();
        bench.peer.send(Bench.frame(Bench.MAC0, 60));
        Wait.until("frame", () -> bench.model().port().counters().notReady() == 1);
        assertThat(card.tx().usedIdx()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void capability_list_is_wrong_in_the_way_asked_for(CapabilityFault fault) {
        SimHost host = bench.host;
        VirtioNetModel model = new VirtioNetModel(VirtioNetConfig.of(Bench.MAC1));
        model.corruptCapabilities(fault);
        host.plug(model, false);
        PciAddress at = host.address(model).orElseThrow();
        Set<Integer> seen = new HashSet<>();
        int common = 0;
        int notify = 0;
        int c = host.read(at, 0x34, 1);
        while (c >= 0x40 && seen.add(c)) {
            if (host.read(at, c, 1) == 9 && host.read(at, c + 3, 1) == 1) {
                common = c;
            }
            if (host.read(at, c, 1) == 9 && host.read(at, c + 3, 1) == 2) {
                notify = c;
            }
            c = host.read(at, c + 1, 1);
        }
        long notifyEnd = (host.read(at, notify + 8, 4) & 0xffff_ffffL) + (host.read(at, notify + 12, 4) & 0xffff_ffffL);
        boolean wrong = switch (fault) {
            case LOOP -> seen.contains(c);
            case INTO_HEADER -> c == 4;
            case NO_COMMON -> common == 0;
            case RESERVED_BAR -> host.read(at, common + 4, 1) == 6;
            case BEYOND_BAR -> host.read(at, common + 8, 4) + host.read(at, common + 12, 4) > 0x4000;
            case OVERFLOW -> notifyEnd > 1L << 32;
            case SHORT_NOTIFY -> host.read(at, notify + 2, 1) == 16;
            case ODD_MULTIPLIER -> host.read(at, notify + 16, 4) % 2 == 1;
        };
        assertThat(wrong).isTrue();
    }

    @Test
    void lies_repeat_with_their_seed() {
        assertThat(lies(42)).isEqualTo(lies(42)).isNotEqualTo(lies(43));
    }

    private String lies(long seed) {
        Bench b = Bench.withPeer();
        try {
            RawCard card = b.card().start(RawCard.BASE | RawCard.MRG_RXBUF, 64);
            card.rx().offerBuffers(0, 64, 2048);
            b.model().setHostility(new Hostility(seed, 4, EnumSet.of(Hostility.Kind.ID_OUT_OF_RANGE, Hostility.Kind.LENGTH_TOO_LONG,
                    Hostility.Kind.WRONG_NUM_BUFFERS)));
            StringBuilder told = new StringBuilder();
            for (int i = 0; i < 40; i++) {
                b.peer.send(Bench.frame(Bench.MAC0, 60));
                card.rx().awaitUsed(i + 1);
                told.append(card.rx().usedId(i)).append(' ').append(card.rx().usedLength(i)).append(' ').append(card.rx().get(i, 10, 1)[0]).append('\n');
            }
            return told.toString();
        } finally {
            b.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void each_lie_is_told(Hostility.Kind kind) {
        RawCard card = bench.card().start(RawCard.BASE, 64);
        card.rx().offerBuffers(0, 64, 2048);
        bench.model().setHostility(new Hostility(7, 1, EnumSet.of(kind)));
        bench.peer.send(Bench.frame(Bench.MAC0, 60));
        Wait.until("used", () -> card.rx().usedIdx() != 0);
        int length = card.rx().usedLength(0);
        int id = card.rx().usedId(0);
        boolean lie = switch (kind) {
            case ID_OUT_OF_RANGE -> id < 0 || id >= 64;
            case ID_OF_ANOTHER -> id != 0;
            case LENGTH_TOO_LONG -> length < 0 || length > 2048;
            case LENGTH_TOO_SHORT -> length < 12;
            case INDEX_AHEAD -> card.rx().usedIdx() > 64;
            case WRONG_NUM_BUFFERS -> card.rx().get(0, 10, 2)[0] != 1 || card.rx().get(0, 10, 2)[1] != 0;
        };
        assertThat(lie).isTrue();
    }

    @Test
    void cut_cable_loses_what_is_sent_and_both_ends_see_it() {
        RawCard card = bench.card().start(RawCard.BASE | RawCard.STATUS, 8);
        bench.model().port().cable().setUp(false);
        assertThat(bench.peer.linkUp()).isFalse();
        assertThat(card.linkUp()).isFalse();
        card.tx().offerFrame(0, Bench.frame(Bench.MAC1, 60));
        card.tx().kick();
        card.tx().awaitUsed(1);
        assertThat(bench.model().port().counters().unconnected()).isEqualTo(1);
        bench.peer.close();
        assertThat(bench.model().port().cable()).isNull();
    }

    @Test
    void port_takes_one_cable() {
        Endpoint other = bench.host.endpoint("other", 8);
        assertThatThrownBy(() -> bench.host.connect(bench.model().port(), other.port())).isInstanceOf(DevException.class).hasMessageContaining("cabled");
        assertThatThrownBy(() -> bench.host.connect(other.port(), other.port())).isInstanceOf(DevException.class);
        bench.model().port().cable().disconnect();
        bench.host.connect(bench.model().port(), other.port());
        assertThat(other.linkUp()).isTrue();
    }

    @Test
    void peer_that_does_not_receive_loses_frames_and_counts_them() {
        Endpoint small = bench.host.endpoint("small", 2);
        bench.model().port().cable().disconnect();
        bench.host.connect(bench.model().port(), small.port());
        RawCard card = bench.card().start(RawCard.BASE, 8);
        for (int i = 0; i < 5; i++) {
            card.tx().offerFrame(i, Bench.frame(Bench.MAC1, 60));
        }
        card.tx().kick();
        card.tx().awaitUsed(5);
        assertThat(small.received()).isEqualTo(2);
        assertThat(small.port().counters().dropped()).isEqualTo(3);
        assertThatThrownBy(() -> small.send(new byte[13])).isInstanceOf(DevException.class);
    }
}
