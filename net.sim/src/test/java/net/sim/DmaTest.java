package net.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import net.api.DevError;
import net.api.DevException;
import net.api.device.DmaMemory;
import net.api.host.DmaRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Memory and the addresses under which devices see it. */
class DmaTest {
    private Bench bench = Bench.withPeer();

    @AfterEach
    void close() {
        bench.close();
    }

    private DmaMemory allocate(long bytes, long alignment, boolean contiguous, boolean low) {
        return bench.host.allocateDma(new DmaRequest("test", bytes, alignment, contiguous, low));
    }

    @Test
    void device_addresses_are_not_pointers_and_not_reused_soon() {
        DmaMemory a = allocate(4096, 64, true, false);
        long first = a.iova(0);
        assertThat(first).isNotEqualTo(a.segment().address());
        assertThat(a.segment().get(ValueLayout.JAVA_LONG, 4088)).isZero();
        a.close();
        DmaMemory b = allocate(4096, 64, true, false);
        assertThat(b.iova(0)).isNotEqualTo(first);
        b.close();
        b.close();
        assertThatThrownBy(() -> b.segment().get(ValueLayout.JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
        assertThat(bench.host.dmaInUse()).isZero();
    }

    @Test
    void contiguous_memory_is_contiguous_and_aligned() {
        DmaMemory m = allocate(9_000_000, 1 << 24, true, true);
        assertThat(m.iova(0) % (1 << 24)).isZero();
        assertThat(m.iova(8_999_999)).isEqualTo(m.iova(0) + 8_999_999).isLessThan(1L << 32);
        assertThat(m.pageSize()).isGreaterThanOrEqualTo(9_000_000);
        assertThatThrownBy(() -> m.iova(9_000_000)).isInstanceOf(IndexOutOfBoundsException.class);
        m.close();
    }

    @Test
    void memory_that_need_not_be_contiguous_is_not() {
        DmaMemory m = allocate(5 << 20, 1, false, false);
        assertThat(m.pageSize()).isEqualTo(2 << 20);
        assertThat(m.iova(2 << 20)).isNotEqualTo(m.iova(0) + (2 << 20));
        assertThat(m.iova((2 << 20) + 17)).isEqualTo(m.iova(2 << 20) + 17);
        assertThat(bench.model().machine().memory(m.iova(0), 2 << 20)).isNotNull();
        assertThat(bench.model().machine().memory(m.iova(0), (2 << 20) + 1)).isNull();
        assertThat(bench.model().machine().memory(m.iova((5 << 20) - 1), 1)).isNotNull();
        assertThat(bench.model().machine().memory(m.iova((5 << 20) - 1), 2)).isNull();
        m.close();
    }

    @Test
    void addresses_run_out_with_a_text_and_come_back() {
        List<DmaMemory> all = new ArrayList<>();
        assertThatThrownBy(() -> {
            for (;;) {
                all.add(allocate(4096, 1, true, true));
            }
        }).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.NO_MEMORY)).hasMessageContaining("below 4 GiB");
        assertThat(all).hasSizeGreaterThan(400);
        all.removeFirst().close();
        all.add(allocate(4096, 1, true, true));
        all.forEach(DmaMemory::close);
    }

    @Test
    void more_than_the_jvm_may_have_is_refused_with_a_text() {
        assertThatThrownBy(() -> allocate(1L << 36, 1, true, false)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.NO_MEMORY))
                .hasMessageContaining("68719476736");
        assertThat(bench.host.dmaInUse()).isZero();
    }

    @Test
    void memory_of_others_is_reached_until_it_is_unmapped() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment mine = arena.allocate(5 << 20, 4096);
            DmaMemory m = bench.host.mapDma("test", mine);
            assertThat(m.segment()).isSameAs(mine);
            assertThat(m.iova(2 << 20)).isNotEqualTo(m.iova(0) + (2 << 20));
            assertThat(bench.host.dmaInUse()).isEqualTo(1);
            RawCard card = bench.card().start(RawCard.BASE, 8);
            RawQueue q = card.tx();
            q.descriptor(0, m.iova((5 << 20) - 72), 72, 0, 0);
            q.offer(0);
            q.kick();
            q.awaitUsed(1);
            assertThat(bench.model().dmaFaults()).isZero();
            long last = m.iova((5 << 20) - 72);
            m.close();
            m.close();
            q.descriptor(1, last, 72, 0, 0);
            q.offer(1);
            q.kick();
            Wait.until("fault", () -> bench.model().dmaFaults() == 1);
            card.close();
            mine.set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
            for (MemorySegment bad : List.of(mine.asSlice(64, 4096), mine.asSlice(0, 4095), mine.asSlice(0, 4096).asReadOnly(), MemorySegment.ofArray(new byte[4096]),
                    Arena.ofConfined().allocate(4096, 4096), mine.asSlice(0, 0))) {
                assertThatThrownBy(() -> bench.host.mapDma("test", bad)).as("%s", bad)
                        .isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.INVALID_PARAM));
            }
        }
    }

    @Test
    void there_are_no_numa_nodes() {
        DmaRequest request = new DmaRequest("pool x", 4096, 1, false, false, 0);
        assertThatThrownBy(() -> bench.host.allocateDma(request)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.UNSUPPORTED))
                .hasMessageContaining("pool x").hasMessageContaining("node 0").hasMessageContaining("has no nodes");
        assertThat(bench.host.dmaInUse()).isZero();
        assertThat(allocate(4096, 1, false, false).node()).isEqualTo(-1);
    }

    @Test
    void closing_waits_for_users_and_then_leaves_them_their_memory() {
        DmaMemory m = allocate(64, 1, true, false);
        assertThat(bench.host.close(1_000_000)).isEqualTo(1);
        m.segment().set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
        assertThatThrownBy(() -> allocate(64, 1, true, false)).isInstanceOf(DevException.class).hasMessageContaining("closed");
        assertThat(bench.host.engineThread().isAlive()).isFalse();
        m.close();
    }

    @Test
    void descriptor_outside_of_lent_memory_is_a_fault_and_needs_a_reset() {
        RawCard card = bench.card().start(RawCard.BASE, 8);
        RawQueue q = card.tx();
        q.descriptor(0, q.memory.iova(q.memory.size() - 1), 60, 0, 0);
        q.offer(0);
        q.kick();
        Wait.until("fault", () -> bench.model().dmaFaults() == 1);
        assertThat(card.status() & RawCard.NEEDS_RESET).isNotZero();
        assertThat(q.usedIdx()).isZero();
        assertThat(bench.model().lastDmaFault()).contains("60 bytes");
        card.close();
        RawCard again = bench.card().start(RawCard.BASE, 8);
        again.tx().offerFrame(0, Bench.frame(Bench.MAC1, 60));
        again.tx().kick();
        again.tx().awaitUsed(1);
    }

    @Test
    void pointer_instead_of_device_address_is_a_fault() {
        RawCard card = bench.card().start(RawCard.BASE, 8);
        RawQueue q = card.tx();
        q.descriptor(0, q.memory.segment().address(), 60, 0, 0);
        q.offer(0);
        q.kick();
        Wait.until("fault", () -> bench.model().dmaFaults() == 1);
    }

    @Test
    void closed_memory_is_out_of_reach_while_the_queue_lives() {
        RawCard card = bench.card().start(RawCard.BASE, 8);
        card.rx().offerBuffers(0, 8, 2048);
        card.rx().memory.close();
        bench.peer.send(Bench.frame(Bench.MAC0, 60));
        Wait.until("fault", () -> bench.model().dmaFaults() > 0);
        assertThat(card.status() & RawCard.NEEDS_RESET).isNotZero();
    }

    @Test
    void without_bus_mastering_the_device_touches_nothing() {
        RawCard card = bench.card().start(RawCard.BASE, 8);
        card.rx().offerBuffers(0, 8, 2048);
        bench.host.write(card.at, 4, 2, 2);
        bench.peer.send(Bench.frame(Bench.MAC0, 60));
        Wait.until("fault", () -> bench.model().dmaFaults() > 0);
        assertThat(card.rx().usedIdx()).isZero();
        assertThat(card.rx().get(0, 0, 4)).containsOnly(0);
    }

    @Test
    void rings_are_not_even_looked_at_without_bus_mastering() {
        RawCard card = bench.card().start(RawCard.BASE, 8);
        card.rx().offerBuffers(0, 1, 2048);
        bench.peer.send(Bench.frame(Bench.MAC0, 60));
        card.rx().awaitUsed(1);
        bench.host.write(card.at, 4, 2, 2);
        bench.peer.send(Bench.frame(Bench.MAC0, 60));
        Wait.until("fault", () -> bench.model().dmaFaults() > 0);
        assertThat(bench.model().port().counters().dropped()).isZero();
    }
}
