package net.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import net.api.DevError;
import net.api.DevException;
import net.api.device.Interrupt;
import net.api.host.PciAccess;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** MSI-X, its masks and pending bits, and the suppression of interrupts and notifications. Holds for QEMU's card too. */
class InterruptTest {
    private static final long SECONDS = 1_000_000_000L;

    private final Bench bench = Bench.withPeer();

    @AfterEach
    void close() {
        bench.close();
    }

    private RawCard start(long features) {
        RawCard card = bench.card();
        assertThat(card.negotiate(RawCard.BASE | features)).isTrue();
        card.setUpQueues(8, RawCard.BASE | features);
        return card;
    }

    private static void transmit(RawCard card, int n) {
        for (int i = 0; i < n; i++) {
            card.tx().offerFrame(card.tx().offered() & 7, Bench.frame(Bench.MAC1, 60));
        }
        card.tx().kick();
        card.tx().awaitUsed(card.tx().offered());
    }

    @Test
    void used_buffers_interrupt_by_the_vector_of_their_queue() throws InterruptedException {
        RawCard card = start(0);
        Interrupt rx = card.vector(0);
        Interrupt tx = card.vector(2);
        card.setQueueVector(0, 0);
        card.setQueueVector(1, 2);
        card.go();
        transmit(card, 1);
        assertThat(tx.await(30 * SECONDS)).isTrue();
        assertThat(rx.await(0)).isFalse();
        assertThat(tx.await(0)).isFalse();
        card.rx().offerBuffers(0, 8, 2048);
        bench.peer.send(Bench.frame(Bench.MAC0, 60));
        assertThat(rx.await(30 * SECONDS)).isTrue();
        // With MSI-X the queue bit stays clear. 4.1.4.5.1.
        assertThat(card.isr()).isZero();
        assertThat(bench.host.strayMessages()).isZero();
    }

    @Test
    void link_change_interrupts_by_the_configuration_vector() throws InterruptedException {
        RawCard card = start(RawCard.STATUS);
        Interrupt config = card.vector(3);
        card.setConfigVector(3);
        card.go();
        bench.model().port().cable().setUp(false);
        assertThat(config.await(30 * SECONDS)).isTrue();
        assertThat(card.isr()).isEqualTo(2);
        assertThat(card.isr()).isZero();
        bench.model().requestReset();
        assertThat(config.await(30 * SECONDS)).isTrue();
        assertThat(card.status() & RawCard.NEEDS_RESET).isNotZero();
    }

    @Test
    void without_msix_the_isr_tells_and_reading_clears_it() {
        RawCard card = start(0);
        card.go();
        transmit(card, 1);
        Wait.until("isr", () -> card.isr() == 1);
        assertThat(card.isr()).isZero();
    }

    @Test
    void masked_vector_is_pending_and_delivered_when_unmasked() throws InterruptedException {
        RawCard card = start(0);
        Interrupt tx = card.vector(1);
        card.setQueueVector(1, 1);
        card.setMask(1, true);
        card.go();
        transmit(card, 1);
        Wait.until("pending", () -> card.msixWord(MsixTable.PBA) == 2);
        assertThat(tx.await(0)).isFalse();
        card.setMask(1, false);
        assertThat(tx.await(0)).isTrue();
        assertThat(card.msixWord(MsixTable.PBA)).isZero();
        card.setMsixControl(0xc000);
        transmit(card, 1);
        Wait.until("pending", () -> card.msixWord(MsixTable.PBA) == 2);
        card.setMsixControl(0x8000);
        assertThat(tx.await(0)).isTrue();
    }

    @Test
    void message_waits_while_the_device_may_not_master_the_bus() throws InterruptedException {
        RawCard card = start(RawCard.STATUS);
        Interrupt config = card.vector(0);
        card.setConfigVector(0);
        card.go();
        bench.host.write(card.at, 4, 2, 2);
        bench.model().port().cable().setUp(false);
        assertThat(config.await(0)).isFalse();
        bench.host.write(card.at, 4, 2, 6);
        assertThat(config.await(0)).isTrue();
    }

    @Test
    void entries_are_masked_at_first_and_pending_bits_are_read_only() {
        RawCard card = bench.card();
        assertThat(card.msixWord(12)).isEqualTo(1);
        assertThat(card.msixWord(16 * 3 + 12)).isEqualTo(1);
        assertThat(card.msixControl()).isEqualTo(3);
        card.setMsixControl(0xffff);
        assertThat(card.msixControl()).isEqualTo(0xc003);
    }

    @Test
    void message_with_wrong_data_goes_nowhere() throws InterruptedException {
        RawCard card = start(RawCard.STATUS);
        Interrupt config = card.vector(0);
        card.setConfigVector(0);
        card.go();
        config.close();
        bench.model().port().cable().setUp(false);
        assertThat(bench.host.strayMessages()).isEqualTo(1);
        assertThat(config.await(SECONDS)).isFalse();
    }

    @Test
    void closing_wakes_the_waiter() throws Exception {
        Interrupt i = bench.host.openMessage(bench.card().at).interrupt();
        CompletableFuture<Boolean> waiting = new CompletableFuture<>();
        Thread t = Thread.ofPlatform().start(() -> {
            try {
                waiting.complete(i.await(3600 * SECONDS));
            } catch (InterruptedException e) {
                waiting.completeExceptionally(e);
            }
        });
        Wait.until("waiting", () -> t.getState() == Thread.State.TIMED_WAITING);
        i.close();
        assertThat(waiting.get(30, java.util.concurrent.TimeUnit.SECONDS)).isFalse();
        t.join();
    }

    @Test
    void messages_run_out_with_a_text() {
        List<PciAccess.Message> all = new ArrayList<>();
        RawCard card = bench.card();
        assertThatThrownBy(() -> {
            for (;;) {
                all.add(bench.host.openMessage(card.at));
            }
        }).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.NO_MEMORY));
        assertThat(all).hasSize(Messages.LIMIT);
        all.getFirst().interrupt().close();
        assertThat(bench.host.openMessage(card.at).address()).isEqualTo(all.getFirst().address());
    }

    @Test
    void driver_that_says_so_is_not_interrupted() throws InterruptedException {
        RawCard card = start(0);
        Interrupt tx = card.vector(1);
        card.setQueueVector(1, 1);
        card.tx().setAvailFlags(1);
        card.go();
        transmit(card, 3);
        card.tx().setAvailFlags(0);
        // The look at the flag is before the next frame's.
        transmit(card, 1);
        assertThat(tx.await(30 * SECONDS)).isTrue();
        assertThat(tx.await(0)).isFalse();
    }

    @Test
    void used_event_says_when_to_interrupt_even_across_the_wrap() throws InterruptedException {
        RawCard card = start(RawCard.EVENT_IDX);
        Interrupt tx = card.vector(1);
        card.setQueueVector(1, 1);
        card.go();
        RawQueue q = card.tx();
        // Far enough that the 16-bit indices wrap once: interrupts come exactly where used_event says.
        q.setUsedEvent(0xfffd);
        int sent = 0;
        while (sent < 0xfffd) {
            int n = Math.min(8, 0xfffd - sent);
            transmit(card, n);
            sent += n;
            bench.peer.port();
        }
        assertThat(tx.await(0)).isFalse();
        transmit(card, 1);
        assertThat(tx.await(30 * SECONDS)).isTrue();
        q.setUsedEvent(0x0001);
        transmit(card, 3);
        assertThat(tx.await(0)).isFalse();
        transmit(card, 1);
        assertThat(tx.await(30 * SECONDS)).isTrue();
        assertThat(q.usedIdx()).isEqualTo(2);
    }

    @Test
    void avail_event_asks_for_the_next_frame_when_the_device_is_idle() {
        RawCard card = start(RawCard.EVENT_IDX);
        card.go();
        transmit(card, 3);
        Wait.until("event", () -> card.tx().availEvent() == 3);
        // Not notified: nothing happens; notified: both are sent.
        card.tx().offerFrame(3, Bench.frame(Bench.MAC1, 60));
        assertThat(card.tx().wantsKick()).isTrue();
        card.tx().offerFrame(4, Bench.frame(Bench.MAC1, 60));
        assertThat(card.tx().wantsKick()).isFalse();
        assertThat(card.tx().usedIdx()).isEqualTo(3);
        card.tx().kick();
        card.tx().awaitUsed(5);
    }
}
