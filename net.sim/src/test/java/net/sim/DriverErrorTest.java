package net.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Errors of the driver after which the device cannot go on. QEMU also asks for a reset in each of these cases unless the name's comment says otherwise. */
class DriverErrorTest {
    private final Bench bench = Bench.withPeer();

    @AfterEach
    void close() {
        bench.close();
    }

    enum Error {
        AVAILABLE_INDEX_TOO_FAR("available index 0x0009 is 9 ahead", c -> c.tx().show(9)),
        AVAILABLE_INDEX_BEHIND("available index 0xffff", c -> c.tx().show(0xffff)),
        HEAD_OUT_OF_RANGE("goes on to 8", c -> c.tx().offer(8)),
        NEXT_OUT_OF_RANGE("goes on to 8", c -> {
            c.tx().descriptor(0, c.tx().bufferIova(0), 60, RawQueue.NEXT, 8);
            c.tx().offer(0);
        }),
        LOOP("after 8, of 8", c -> {
            c.tx().descriptor(0, c.tx().bufferIova(0), 60, RawQueue.NEXT, 1);
            c.tx().descriptor(1, c.tx().bufferIova(0), 60, RawQueue.NEXT, 0);
            c.tx().offer(0);
        }),
        NO_HEADER("no header", c -> {
            c.tx().descriptor(0, c.tx().bufferIova(0), 11, 0, 0);
            c.tx().offer(0);
        }),
        READABLE_BEHIND_WRITABLE("readable part behind a writable one", c -> {
            c.tx().descriptor(0, c.tx().bufferIova(0), 60, RawQueue.NEXT | RawQueue.WRITE, 1);
            c.tx().descriptor(1, c.tx().bufferIova(0), 60, 0, 0);
            c.tx().offer(0);
        }),
        INDIRECT_NOT_NEGOTIATED("indirect descriptor 0", c -> {
            c.tx().descriptorIn(1, 0, c.tx().bufferIova(0), 60, 0, 0);
            c.tx().descriptor(0, c.tx().bufferIova(1), 16, RawQueue.INDIRECT, 0);
            c.tx().offer(0);
        }),
        TWO_GIB("2 GiB", c -> {
            c.tx().descriptor(0, c.tx().bufferIova(0), Integer.MIN_VALUE, 0, 0);
            c.tx().offer(0);
        }),
        COMMAND_WITHOUT_ROOM_FOR_AN_ANSWER("room for an answer of 0", c -> {
            c.control().descriptor(0, c.control().bufferIova(0), 3, 0, 0);
            c.control().offer(0);
            c.control().kick();
        });

        private final String text;
        private final Consumer<RawCard> act;

        Error(String text, Consumer<RawCard> act) {
            this.text = text;
            this.act = act;
        }
    }

    @ParameterizedTest
    @EnumSource
    void needs_a_reset_and_works_again_after_it(Error error) {
        RawCard card = bench.card().start(RawCard.BASE | RawCard.CTRL_VQ, 8);
        error.act.accept(card);
        card.tx().kick();
        Wait.until("NEEDS_RESET", () -> (card.status() & RawCard.NEEDS_RESET) != 0);
        assertThat(card.tx().usedIdx()).isZero();
        assertThat(bench.model().complaints()).singleElement().asString().contains(error.text);
        card.close();
        RawCard again = bench.card().start(RawCard.BASE, 8);
        again.tx().offerFrame(0, Bench.frame(Bench.MAC1, 60));
        again.tx().kick();
        again.tx().awaitUsed(1);
    }

    private void indirect(String text, int length, int flags, int innerFlags) {
        RawCard card = bench.card().start(RawCard.BASE | RawCard.INDIRECT, 8);
        card.tx().descriptorIn(1, 0, card.tx().bufferIova(0), 48, innerFlags, 0);
        card.tx().descriptor(0, card.tx().bufferIova(1), length, flags, 0);
        card.tx().offer(0);
        card.tx().kick();
        Wait.until("NEEDS_RESET", () -> (card.status() & RawCard.NEEDS_RESET) != 0);
        assertThat(bench.model().complaints()).singleElement().asString().contains(text);
    }

    @Test
    void table_of_no_whole_number_of_descriptors() {
        indirect("20 bytes", 20, RawQueue.INDIRECT, 0);
    }

    @Test
    void table_without_descriptors() {
        indirect(", 0 bytes", 0, RawQueue.INDIRECT, 0);
    }

    /** QEMU goes on. */
    @Test
    void table_longer_than_the_queue() {
        indirect("144 bytes", 16 * 9, RawQueue.INDIRECT, 0);
    }

    @Test
    void table_in_a_table() {
        indirect("in a table", 16, RawQueue.INDIRECT, RawQueue.INDIRECT);
    }

    @Test
    void table_with_a_loop() {
        indirect("after 1, of 1", 16, RawQueue.INDIRECT, RawQueue.NEXT);
    }

    @Test
    void receive_buffer_without_room_for_a_header() {
        RawCard card = bench.card().start(RawCard.BASE, 8);
        card.rx().offerBuffers(0, 1, 11);
        bench.peer.send(Bench.frame(Bench.MAC0, 60));
        Wait.until("NEEDS_RESET", () -> (card.status() & RawCard.NEEDS_RESET) != 0);
    }

    @Test
    void rings_that_are_not_aligned() {
        RawCard card = bench.card();
        card.negotiate(RawCard.BASE);
        RawQueue q = new RawQueue(card, 1, 8, RawCard.BASE);
        q.enable(q.memory.iova(0), q.availIova(), q.usedIova() + 2);
        card.queues.add(null);
        card.queues.add(q);
        card.go();
        Wait.until("NEEDS_RESET", () -> (card.status() & RawCard.NEEDS_RESET) != 0);
        assertThat(bench.model().complaints()).first().asString().contains("not aligned");
    }

    /** QEMU would send it. */
    @Test
    void frame_with_an_offload_that_was_not_negotiated_is_not_sent() {
        RawCard card = bench.card().start(RawCard.BASE, 8);
        byte[] tcp = new byte[12 + 60];
        System.arraycopy(Bench.frame(Bench.MAC1, 60), 0, tcp, 12, 60);
        tcp[1] = 1;
        card.tx().put(0, tcp);
        card.tx().descriptor(0, card.tx().bufferIova(0), tcp.length, 0, 0);
        card.tx().offer(0);
        card.tx().kick();
        card.tx().awaitUsed(1);
        assertThat(bench.model().badFrames()).isEqualTo(1);
        assertThat(bench.model().port().counters().sent()).isZero();
    }
}
