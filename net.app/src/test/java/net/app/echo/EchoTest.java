package net.app.echo;

import static net.app.fake.Eventually.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import net.api.DevException;
import net.api.EthernetAddress;
import net.api.NetBuf;
import net.api.NetFeature;
import net.app.core.AppOptions;
import net.app.core.AppState;
import net.app.core.PortCard;
import net.app.fake.FakeCard;
import net.app.fake.FakePort;
import net.app.fake.Pools;
import net.pool.BufferPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EchoTest {
    private static final String CARD = "test/card";
    private final BufferPool pool = Pools.of(512);
    private FakeCard card = new FakeCard(CARD, Packets.US, pool);
    private Echo echo = echo(AppOptions.DEFAULT);

    private static Echo echo(AppOptions options) {
        return new Echo(CARD, Echo.parse(List.of(Packets.OUR4 + "/24", Packets.OUR6 + "/64")), options);
    }

    private void start() {
        echo.cards().offer(CARD, card);
        echo.start(1, () -> { });
        until("running", () -> echo.state() == AppState.RUNNING);
    }

    @AfterEach
    void every_buffer_comes_home() {
        assertThat(echo.stop()).isTrue();
        card.close();
        Pools.assertWhole(pool);
    }

    @Test
    void answers_pings_and_counts_what_it_did() {
        start();
        card.arrive(Packets.ping4(Packets.counting(56)));
        card.arrive(Packets.ping6(Packets.counting(56)));
        card.arrive(new byte[20]);
        until("two answers", () -> card.sentCount() == 2);
        assertThat(card.sent().get(1)).containsExactly(Packets.pong6(Packets.counting(56)));
        until("counted", () -> echo.counter("sent") == 2 && echo.counter("received") == 3);
        assertThat(echo.counter("icmp_replies")).isEqualTo(1);
        assertThat(echo.counter("icmpv6_replies")).isEqualTo(1);
        assertThat(echo.counter("malformed")).isEqualTo(1);
    }

    @Test
    void answers_a_jumbo_ping_that_came_in_several_buffers() {
        card.mtu(9000);
        start();
        card.arrive(Pools.frame(pool, Packets.ping4(Packets.counting(8972)), 1920));
        until("an answer", () -> card.sentCount() == 1);
        assertThat(card.sent().getFirst()).hasSize(9014);
    }

    @Test
    void joins_the_groups_of_its_ipv6_addresses_and_leaves_them() {
        start();
        assertThat(card.filters()).containsExactly(EthernetAddress.parse("33:33:ff:00:00:02"));
        echo.stop();
        assertThat(card.filters()).isEmpty();
    }

    @Test
    void opens_a_card_that_compares_no_addresses_for_all_groups() {
        card.without(NetFeature.MAC_FILTER);
        start();
        assertThat(card.allMulticast()).isTrue();
        echo.stop();
        assertThat(card.allMulticast()).isFalse();
    }

    @Test
    void sleeps_on_the_queue_when_idle_and_not_when_busy() {
        start();
        until("asleep", () -> card.awaits() > 0);
        card.arrive(Packets.ping4(Packets.counting(1)));
        until("an answer", () -> card.sentCount() == 1);
        echo.stop();
        card.close();

        card = new FakeCard(CARD, Packets.US, pool);
        echo = echo(new AppOptions(32, true, false, 10));
        start();
        for (int i = 1; i <= 3; i++) {
            card.arrive(Packets.ping4(Packets.counting(1)));
            int n = i;
            until("an answer", () -> card.sentCount() == n);
        }
        assertThat(card.awaits()).isZero();
    }

    @Test
    void waits_for_a_card_that_went_away_and_goes_on_with_the_next_driver() {
        start();
        card.arrive(Packets.ping4(Packets.counting(3)));
        until("an answer", () -> card.sentCount() == 1);
        FakeCard old = card;
        echo.cards().withdraw(CARD, old);
        old.close();
        until("waiting", () -> echo.state() == AppState.WAITING);
        assertThat(echo.reason()).isEqualTo("no driver on test/card");
        Pools.assertWhole(pool);

        card = new FakeCard(CARD, Packets.US, pool);
        echo.cards().offer(CARD, card);
        card.arrive(Packets.ping4(Packets.counting(4)));
        until("an answer of the new card", () -> card.sentCount() == 1);
        assertThat(echo.counter("icmp_replies")).isEqualTo(2);
        assertThat(card.filters()).hasSize(1);
    }

    @Test
    void goes_on_with_everything_in_its_hands_when_the_driver_of_its_port_is_swapped() {
        FakePort port = new FakePort(card);
        PortCard held = new PortCard(port, card);
        echo.cards().offer(CARD, held);
        echo.start(1, () -> { });
        until("running", () -> echo.state() == AppState.RUNNING);
        FakeCard old = card;
        echo.cards().withdraw(CARD, held);
        port.become(null);
        card = new FakeCard(CARD, Packets.US, pool);
        assertThat(held.goesOn(port, card)).isTrue();
        port.become(card);
        echo.cards().offer(CARD, held);
        card.arrive(Packets.ping4(Packets.counting(4)));
        until("an answer through the new driver", () -> card.sentCount() == 1);
        old.close();
        assertThat(card.filters()).as("groups that were joined again: settings are the device's").isEmpty();
        assertThat(held.goesOn(new FakePort(card), card)).as("another port").isFalse();
        BufferPool other = Pools.of(16);
        FakeCard elsewhere = new FakeCard(CARD, Packets.US, other);
        assertThat(held.goesOn(port, elsewhere)).as("another pool").isFalse();
        elsewhere.close();
        Pools.assertWhole(other);
    }

    @Test
    void ends_with_its_card_if_told_so() {
        echo = echo(new AppOptions(32, false, true, 10));
        start();
        echo.cards().withdraw(CARD, card);
        card.close();
        until("ended", () -> echo.state() == AppState.ENDED);
        assertThat(echo.reason()).contains("went away");
    }

    @Test
    void says_who_owns_the_queue_and_takes_over_when_it_is_free() throws Exception {
        card.receive();
        echo.cards().offer(CARD, card);
        echo.start(1, () -> { });
        until("a reason", () -> !echo.reason().isEmpty());
        assertThat(echo.reason()).contains("is owned by thread");
        until("the transmit queue is free meanwhile", () -> {
            try {
                card.txQueue(0).reclaim();
                card.txQueue(0).unbind();
                return true;
            } catch (DevException e) {
                return false;
            }
        });
        card.rxQueue(0).unbind();
        until("running", () -> echo.state() == AppState.RUNNING && echo.reason().isEmpty());
    }

    @Test
    void frames_that_a_full_ring_does_not_take_are_dropped_after_so_many_tries_and_counted() {
        echo = echo(new AppOptions(4, true, false, 50));
        card.holding(3);
        start();
        for (int i = 0; i < 8; i++) {
            card.arrive(Packets.ping4(Packets.counting(i)));
        }
        until("all gone", () -> echo.counter("sent") + echo.counter("dropped_ring_full") == 8);
        assertThat(echo.counter("sent")).isEqualTo(3);
        card.complete();
        card.arrive(Packets.ping4(Packets.counting(9)));
        until("goes on", () -> echo.counter("sent") == 4);
    }

    @Test
    void gives_everything_back_when_it_is_stopped_with_answers_that_wait() {
        card.holding(1);
        start();
        for (int i = 0; i < 40; i++) {
            card.arrive(Packets.ping4(Packets.counting(i)));
        }
        until("the ring is full", () -> card.inRing() == 1);
        echo.stop();
        assertThat(echo.state()).isEqualTo(AppState.ENDED);
        assertThat(echo.counter("abandoned") + echo.counter("sent") + echo.counter("dropped_ring_full")).isEqualTo(echo.counter("icmp_replies"));
    }

    @Test
    void follows_the_card_to_a_new_mac_address() {
        start();
        card.setMacAddress(EthernetAddress.parse("02:00:00:00:00:99"));
        byte[] ping = Packets.ping4(Packets.counting(5));
        System.arraycopy(Packets.mac("02:00:00:00:00:99"), 0, ping, 0, 6);
        until("an answer", () -> {
            card.arrive(ping);
            return card.sentCount() > 0;
        });
    }

    @Test
    void wants_an_address() {
        assertThatThrownBy(() -> new Echo(CARD, List.of(), AppOptions.DEFAULT)).isInstanceOf(DevException.class).hasMessageContaining("10.0.0.2/24");
    }

    @Test
    void nothing_is_allocated_for_a_packet() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        assumeThat(threads.isThreadAllocatedMemorySupported()).as("the virtual machine counts allocated bytes").isTrue();
        Responder responder = new Responder(EthernetAddress.parse(Packets.US), Echo.parse(List.of(Packets.OUR4, Packets.OUR6)));
        byte[][] frames = {Packets.ping4(Packets.counting(56)), Packets.ping6(Packets.counting(56)), Packets.counting(60),
            Packets.solicitation("33:33:ff:00:00:02", Packets.THEIR6, "ff02::1:ff00:2", Packets.OUR6, Packets.linkAddress(1, Packets.THEM)),
            Packets.arp(1, "ff:ff:ff:ff:ff:ff", Packets.THEM, Packets.THEIR4, "00:00:00:00:00:00", Packets.OUR4)};
        NetBuf buf = pool.allocate();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 20; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 50_000; i++) {
                byte[] frame = frames[i % frames.length];
                buf.setLength(frame.length);
                buf.copyFrom(0, frame, 0, frame.length);
                responder.answer(buf, 1518, 1);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        buf.release();
        System.out.printf("echo: %d bytes allocated for 50,000 packets%n", least);
        assertThat(least).isZero();
    }
}
