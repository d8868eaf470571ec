package net.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Frames through queues. All but the counters and the exact complaints holds for QEMU's card too. */
class QueueTest {
    private Bench bench;

    @AfterEach
    void close() {
        bench.close();
    }

    private RawCard start(long features, int size) {
        bench = Bench.withPeer();
        return bench.card().start(RawCard.BASE | features, size);
    }

    @Test
    void transmitted_frame_arrives_without_its_header() throws InterruptedException {
        RawCard card = start(0, 8);
        byte[] frame = Bench.frame(Bench.MAC1, 60);
        card.tx().offerFrame(3, frame);
        card.tx().kick();
        assertThat(bench.next()).isEqualTo(frame);
        card.tx().awaitUsed(1);
        assertThat(card.tx().usedId(0)).isEqualTo(3);
        assertThat(card.tx().usedLength(0)).isZero();
        assertThat(bench.model().complaints()).isEmpty();
    }

    @Test
    void frame_in_many_pieces_arrives_whole() throws InterruptedException {
        RawCard card = start(0, 16);
        byte[] frame = Bench.frame(Bench.MAC1, 300);
        RawQueue q = card.tx();
        byte[] bytes = new byte[312];
        System.arraycopy(frame, 0, bytes, 12, 300);
        q.put(0, bytes);
        // Five bytes of the header, then pieces of all kinds of lengths, one of them empty: 2.7.4.1.
        int[] lengths = {5, 1, 9, 0, 2, 100, 195};
        int[] order = {7, 2, 9, 1, 15, 4, 0};
        int at = 0;
        for (int i = 0; i < lengths.length; i++) {
            boolean last = i == lengths.length - 1;
            q.descriptor(order[i], q.bufferIova(0) + at, lengths[i], last ? 0 : RawQueue.NEXT, last ? 0 : order[i + 1]);
            at += lengths[i];
        }
        q.offer(7);
        q.kick();
        assertThat(bench.next()).isEqualTo(frame);
    }

    @Test
    void indirect_table_is_followed() throws InterruptedException {
        RawCard card = start(RawCard.INDIRECT, 8);
        byte[] frame = Bench.frame(Bench.MAC1, 64);
        RawQueue q = card.tx();
        byte[] bytes = new byte[76];
        System.arraycopy(frame, 0, bytes, 12, 64);
        q.put(1, bytes);
        q.descriptorIn(2, 0, q.bufferIova(1), 12, RawQueue.NEXT, 2);
        q.descriptorIn(2, 2, q.bufferIova(1) + 12, 64, 0, 0);
        q.descriptor(5, q.bufferIova(2), 48, RawQueue.INDIRECT, 0);
        q.offer(5);
        q.kick();
        assertThat(bench.next()).isEqualTo(frame);
        q.awaitUsed(1);
        assertThat(q.usedId(0)).isEqualTo(5);
    }

    @Test
    void received_frame_has_a_header_with_one_buffer() {
        RawCard card = start(0, 8);
        card.rx().offerBuffers(0, 4, 2048);
        byte[] frame = Bench.frame(Bench.MAC0, 100);
        assertThat(bench.peer.send(frame)).isTrue();
        card.rx().awaitUsed(1);
        assertThat(card.rx().usedLength(0)).isEqualTo(112);
        assertThat(card.rx().get(0, 0, 12)).containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0);
        assertThat(card.rx().get(0, 12, 100)).isEqualTo(frame);
    }

    @Test
    void frame_spreads_over_merged_buffers() {
        RawCard card = start(RawCard.MRG_RXBUF, 16);
        RawQueue q = card.rx();
        q.offerBuffers(0, 16, 100);
        byte[] frame = Bench.frame(Bench.MAC0, 350);
        bench.peer.send(frame);
        q.awaitUsed(4);
        byte[] all = new byte[0];
        for (int i = 0; i < 4; i++) {
            assertThat(q.usedId(i)).isEqualTo(i);
            byte[] part = q.get(i, 0, q.usedLength(i));
            all = Arrays.copyOf(all, all.length + part.length);
            System.arraycopy(part, 0, all, all.length - part.length, part.length);
        }
        assertThat(q.usedLength(0)).isEqualTo(100);
        assertThat(q.usedLength(3)).isEqualTo(62);
        assertThat(all[10]).isEqualTo((byte) 4);
        assertThat(Arrays.copyOfRange(all, 12, 362)).isEqualTo(frame);
    }

    @Test
    void without_enough_buffers_a_frame_is_dropped_whole_and_the_buffers_stay() {
        RawCard card = start(RawCard.MRG_RXBUF, 16);
        RawQueue q = card.rx();
        q.offerBuffers(0, 3, 100);
        bench.peer.send(Bench.frame(Bench.MAC0, 350));
        Wait.until("drop", () -> bench.model().port().counters().dropped() == 1);
        assertThat(q.usedIdx()).isZero();
        bench.peer.send(Bench.frame(Bench.MAC0, 80));
        q.awaitUsed(1);
        assertThat(q.usedLength(0)).isEqualTo(92);
        assertThat(bench.model().port().counters().received()).isEqualTo(1);
    }

    @Test
    void without_merging_a_frame_beyond_the_buffer_is_dropped() {
        RawCard card = start(0, 8);
        card.rx().offerBuffers(0, 8, 200);
        bench.peer.send(Bench.frame(Bench.MAC0, 189));
        bench.peer.send(Bench.frame(Bench.MAC0, 188));
        card.rx().awaitUsed(1);
        assertThat(card.rx().usedLength(0)).isEqualTo(200);
        assertThat(bench.model().port().counters().tooLong()).isEqualTo(1);
    }

    @Test
    void frames_beyond_the_mtu_do_not_reach_a_driver_that_knows_it() {
        bench = Bench.withPeer(VirtioNetConfig.of(Bench.MAC0).withMtu(1000));
        RawCard card = bench.card().start(RawCard.BASE | RawCard.MTU, 8);
        card.rx().offerBuffers(0, 8, 2048);
        bench.peer.send(Bench.frame(Bench.MAC0, 1019));
        bench.peer.send(Bench.frame(Bench.MAC0, 1018));
        card.rx().awaitUsed(1);
        assertThat(card.rx().usedLength(0)).isEqualTo(1030);
        assertThat(card.deviceConfig16(10)).isEqualTo(1000);
        assertThat(bench.model().port().counters().tooLong()).isEqualTo(1);
    }

    @Test
    void ten_thousand_frames_of_random_sizes_pass_both_ways_with_equal_bytes() throws InterruptedException {
        long seed = System.nanoTime();
        System.out.println("QueueTest seed " + seed);
        Random random = new Random(seed);
        RawCard card = start(RawCard.MRG_RXBUF | RawCard.EVENT_IDX, 32);
        RawQueue rx = card.rx();
        RawQueue tx = card.tx();
        rx.offerBuffers(0, 32, 2048);
        int seen = 0;
        for (int i = 0; i < 10_000; i++) {
            byte[] out = Bench.frame(Bench.MAC1, Bench.MAC0, 14 + random.nextInt(1500), random);
            tx.offerFrame(i % 32, out);
            if (tx.wantsKick()) {
                tx.kick();
            }
            assertThat(bench.next()).isEqualTo(out);
            byte[] in = Bench.frame(Bench.MAC0, Bench.MAC1, 14 + random.nextInt(1500), random);
            bench.peer.send(in);
            rx.awaitUsed(seen + 1);
            int id = rx.usedId(seen);
            assertThat(rx.usedLength(seen)).isEqualTo(12 + in.length);
            assertThat(rx.get(id, 12, in.length)).isEqualTo(in);
            seen++;
            rx.offerBuffers(id, 1, 2048);
        }
        assertThat(bench.model().complaints()).isEmpty();
        assertThat(bench.model().dmaFaults()).isZero();
    }

    @Test
    void cards_exchange_frames_directly() {
        bench = Bench.pair();
        RawCard a = bench.card(0).start(RawCard.BASE, 8);
        RawCard b = bench.card(1).start(RawCard.BASE | RawCard.MRG_RXBUF, 8);
        b.rx().offerBuffers(0, 8, 50);
        byte[] frame = Bench.frame(Bench.MAC1, 120);
        a.tx().offerFrame(0, frame);
        a.tx().kick();
        b.rx().awaitUsed(3);
        assertThat(b.rx().get(1, 0, 50)).isEqualTo(Arrays.copyOfRange(frame, 38, 88));
        assertThat(bench.models.get(0).port().counters().sent()).isEqualTo(1);
        assertThat(bench.models.get(1).port().counters().received()).isEqualTo(1);
    }
}
