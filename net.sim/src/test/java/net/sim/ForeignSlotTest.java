package net.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import net.api.DevError;
import net.api.DevException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A card whose machine is elsewhere: this test plays the machine. The numbers are those of PCI and of virtio 1.2, as literals. */
class ForeignSlotTest {
    /** Where the machine's memory is, for the card: far above what 32 bits hold. */
    private static final long BASE = 0x7_0000_0000L;
    private static final int BAR = 2;
    private static final int COMMON = 0x1000;
    private static final int TX = 1;
    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED;

    private final SimHost host = new SimHost("test");
    private final VirtioNetModel model = new VirtioNetModel(VirtioNetConfig.of(Bench.MAC0));
    private final List<Integer> interrupts = new CopyOnWriteArrayList<>();
    private final MemorySegment memory = Arena.ofAuto().allocate(1 << 20, 4096);
    private final List<Arena> joints = new CopyOnWriteArrayList<>();
    /** What is mapped in an order of its own can be joined if it is so in {@link #memory} too. */
    private final ForeignSlot slot = host.lend(model, new ForeignSlot.Listener() {
        @Override
        public void interrupt(int vector) {
            interrupts.add(vector);
        }

        @Override
        public MemorySegment join(List<MemorySegment> pieces, Arena arena) {
            joints.add(arena);
            long at = pieces.getFirst().address() - memory.address();
            long size = pieces.stream().mapToLong(MemorySegment::byteSize).sum();
            boolean whole = pieces.getLast().address() + pieces.getLast().byteSize() == pieces.getFirst().address() + size;
            MemorySegment all = whole ? memory.asSlice(at, size) : null;
            return whole && pieces.stream().anyMatch(MemorySegment::isReadOnly) ? all.asReadOnly() : all;
        }
    });
    private final Endpoint peer = host.endpoint("peer", 16);
    private int offered;

    @AfterEach
    void close() {
        slot.close();
        host.close(0);
    }

    private int capability(int id) {
        int c = slot.configRead(0x34, 1);
        while (slot.configRead(c, 1) != id) {
            c = slot.configRead(c + 1, 1);
            assertThat(c).isNotZero();
        }
        return c;
    }

    private void common(int offset, int width, int value) {
        slot.writeBar(BAR, COMMON + offset, width, value);
    }

    private int status() {
        return slot.readBar(BAR, COMMON + 0x14, 1);
    }

    private void start() {
        slot.map(BASE, memory);
        set();
    }

    /** Memory on, mastering on, MSI-X on; a transmit queue of 16 at {@link #BASE} that interrupts with vector 3. */
    private void set() {
        host.connect(model.port(), peer.port());
        slot.configWrite(0x04, 2, 0x6);
        slot.configWrite(capability(0x11) + 2, 2, 0x8000);
        common(0x14, 1, 0);
        common(0x14, 1, 3);
        common(0x08, 4, 1);
        common(0x0c, 4, 3);
        common(0x14, 1, 0xb);
        common(0x16, 2, TX);
        common(0x18, 2, 16);
        common(0x1a, 2, 3);
        address(0x20, BASE);
        address(0x28, BASE + 0x1000);
        address(0x30, BASE + 0x2000);
        common(0x1c, 2, 1);
        common(0x14, 1, 0xf);
        assertThat(status()).isEqualTo(0xf);
    }

    private void address(int offset, long value) {
        common(offset, 4, (int) value);
        common(offset + 4, 4, (int) (value >>> 32));
    }

    /** Offers a frame whose bytes are at {@code iova}, behind a header of zeros, and rings. */
    private void send(long iova, int length) {
        int i = offered & 15;
        memory.set(U64, 16L * i, iova);
        memory.set(U32, 16L * i + 8, length);
        memory.set(U32, 16L * i + 12, 0);
        memory.set(U16, 0x1000 + 4 + 2L * i, (short) i);
        offered++;
        VarHandle.releaseFence();
        memory.set(U16, 0x1000 + 2, (short) offered);
        VarHandle.fullFence();
        slot.writeBar(BAR, 4L * TX, 2, TX);
    }

    @Test
    void reads_frames_in_the_machines_memory_and_interrupts_by_vector_number() throws InterruptedException {
        start();
        byte[] frame = Bench.frame(Bench.MAC1, 60);
        MemorySegment.copy(frame, 0, memory, ValueLayout.JAVA_BYTE, 0x3000 + 12, 60);
        send(BASE + 0x3000, 72);
        assertThat(peer.receive(10_000_000_000L)).isEqualTo(frame);
        Wait.until("interrupt", () -> interrupts.equals(List.of(3)));
        assertThat(memory.get(U16, 0x2000 + 2)).isEqualTo((short) 1);
        assertThat(model.complaints()).isEmpty();
        assertThat(slot.vectors()).isEqualTo(4);
    }

    @Test
    void memory_that_is_not_mapped_is_out_of_reach() {
        start();
        send(BASE + memory.byteSize() - 71, 72);
        Wait.until("needs reset", () -> (status() & 0x40) != 0);
        assertThat(model.dmaFaults()).isEqualTo(1);
    }

    @Test
    void memory_taken_back_is_not_touched_any_more() {
        start();
        assertThat(slot.unmap(BASE + 1)).isFalse();
        assertThat(slot.unmap(BASE)).isTrue();
        assertThat(slot.unmap(BASE)).isFalse();
        send(BASE + 0x3000, 72);
        Wait.until("needs reset", () -> (status() & 0x40) != 0);
        assertThat(memory.get(U16, 0x2000 + 2)).isZero();
    }

    @Test
    void a_masked_function_holds_its_interrupts_back() throws InterruptedException {
        start();
        int msix = capability(0x11);
        slot.configWrite(msix + 2, 2, 0xc000);
        send(BASE + 0x3000, 72);
        peer.receive(10_000_000_000L);
        Wait.until("used", () -> memory.get(U16, 0x2000 + 2) == 1);
        slot.configWrite(0x0c, 1, 0);
        assertThat(interrupts).isEmpty();
        slot.configWrite(msix + 2, 2, 0x8000);
        assertThat(interrupts).containsExactly(3);
    }

    @Test
    void registers_answer_while_memory_decoding_is_on() {
        assertThat(slot.configRead(0x00, 4)).isEqualTo(0x1041_1af4);
        assertThat(slot.barSize(BAR)).isEqualTo(0x4000);
        assertThat(slot.barSize(5)).isZero();
        assertThat(slot.readBar(BAR, COMMON + 0x12, 2)).isEqualTo(0xffff);
        slot.configWrite(0x04, 2, 0x2);
        assertThat(slot.readBar(BAR, COMMON + 0x12, 2)).isEqualTo(3);
        common(0x14, 1, 1);
        assertThat(status()).isEqualTo(1);
        model.setDead(true);
        assertThat(slot.readBar(BAR, COMMON + 0x12, 2)).isEqualTo(0xffff);
        model.setDead(false);
        assertThat(status()).isZero();
        common(0x14, 1, 1);
        slot.reset();
        assertThat(slot.configRead(0x04, 2)).isZero();
        slot.configWrite(0x04, 2, 0x2);
        assertThat(status()).isZero();
    }

    @Test
    void pieces_do_not_overlap() {
        slot.map(0x8000, memory.asSlice(0, 0x2000));
        slot.map(-0x1000, memory.asSlice(0, 0x1000));
        slot.map(0x4000, memory.asSlice(0, 0x2000));
        for (long[] taken : new long[][] {{0x4000, 1}, {0x5fff, 1}, {0x3fff, 2}, {0x6000, 0x2001}, {0, 0x10_0000}, {-1, 1}}) {
            assertThatThrownBy(() -> slot.map(taken[0], memory.asSlice(0, taken[1]))).isInstanceOfSatisfying(DevException.class,
                    e -> assertThat(e.error()).isEqualTo(DevError.ALREADY_EXISTS));
        }
        for (long[] wrong : new long[][] {{0x2000, 0}, {-0x2000, 0x2001}}) {
            assertThatThrownBy(() -> slot.map(wrong[0], memory.asSlice(0, wrong[1]))).isInstanceOfSatisfying(DevException.class,
                    e -> assertThat(e.error()).isEqualTo(DevError.INVALID_PARAM));
        }
        slot.configWrite(0x04, 2, 0x4);
        for (long[] inside : new long[][] {{0x4000, 0x2000}, {0x5fff, 1}, {0x9000, 0x1000}, {-1, 1}}) {
            assertThat(model.dma(inside[0], inside[1], "test")).isNotNull();
        }
        for (long[] outside : new long[][] {{0x3fff, 1}, {0x5fff, 2}, {0xa000, 1}, {0x4000, -1}, {-1, 2}, {-0x1001, 1}}) {
            assertThat(model.dma(outside[0], outside[1], "test")).as("0x%x, 0x%x", outside[0], outside[1]).isNull();
        }
        assertThat(joints).isEmpty();
    }

    @Test
    void pieces_that_adjoin_are_accessed_in_one() {
        for (int i = 0; i < 4; i++) {
            slot.map(BASE + 0x1000 * i, memory.asSlice(0x1000 * i, 0x1000));
        }
        slot.map(BASE + 0x4000, memory.asSlice(0, 0x1000));
        slot.configWrite(0x04, 2, 0x4);
        DmaSpace.Window three = model.dma(BASE + 0xffe, 0x1004, "test");
        assertThat(three.segment.address()).isEqualTo(memory.address());
        assertThat(three.iova).isEqualTo(BASE);
        assertThat(three.segment.byteSize()).isEqualTo(0x3000);
        assertThat(model.dma(BASE + 1, 0x2fff, "test")).isSameAs(three);
        assertThat(model.dma(BASE + 0x1800, 0x1000, "test").segment.byteSize()).isEqualTo(0x2000);
        assertThat(joints).hasSize(2);
        // Nobody can join the last two, nothing is behind them, and what the machine refused is asked for again.
        for (long[] outside : new long[][] {{0x3800, 0x1000}, {0x4800, 0x1000}, {0, 0x6000}, {0x3800, 0x1000}}) {
            assertThat(model.dma(BASE + outside[0], outside[1], "test")).isNull();
        }
        assertThat(joints).hasSize(4);
        assertThat(joints.subList(2, 4)).noneMatch(a -> a.scope().isAlive());
        slot.unmap(BASE + 0x4000);
        assertThat(joints.subList(0, 2)).allMatch(a -> a.scope().isAlive());
        slot.unmap(BASE + 0x1000);
        assertThat(joints).noneMatch(a -> a.scope().isAlive());
        assertThat(three.open).isFalse();
        assertThat(model.dma(BASE + 0xffe, 0x1004, "test")).isNull();
        assertThat(model.dma(BASE + 0x2ffe, 4, "test")).isNotNull();
        slot.close();
        assertThat(joints).noneMatch(a -> a.scope().isAlive());
    }

    @Test
    void a_queue_works_in_pieces_until_one_is_taken_back() throws InterruptedException {
        for (int i = 0; i < 8; i++) {
            slot.map(BASE + 0x80 + 0x1000 * i, memory.asSlice(0x80 + 0x1000 * i, 0x1000));
        }
        slot.map(BASE, memory.asSlice(0, 0x80));
        set();
        byte[] frame = Bench.frame(Bench.MAC1, 60);
        MemorySegment.copy(frame, 0, memory, ValueLayout.JAVA_BYTE, 0x3060 + 12, 60);
        send(BASE + 0x3060, 72);
        assertThat(peer.receive(10_000_000_000L)).isEqualTo(frame);
        slot.unmap(BASE + 0x80);
        send(BASE + 0x3060, 72);
        Wait.until("needs reset", () -> (status() & 0x40) != 0);
        assertThat(model.lastDmaFault()).contains("available ring").endsWith("not all of that is memory lent by the host");
    }

    @Test
    void memory_for_reading_is_read_and_not_written() throws InterruptedException {
        slot.map(BASE, memory.asSlice(0, 0x2000).asReadOnly());
        slot.map(BASE + 0x2000, memory.asSlice(0x2000, 0x1000));
        slot.map(BASE + 0x3000, memory.asSlice(0x3000, 0x1000).asReadOnly());
        set();
        byte[] frame = Bench.frame(Bench.MAC1, 60);
        MemorySegment.copy(frame, 0, memory, ValueLayout.JAVA_BYTE, 0x3000 + 12, 60);
        send(BASE + 0x3000, 72);
        assertThat(peer.receive(10_000_000_000L)).isEqualTo(frame);
        Wait.until("used", () -> memory.get(U16, 0x2000 + 2) == 1);
        assertThat(model.dmaFaults()).isZero();
        assertThat(model.dma(BASE + 0x3000, 1, "test")).isNull();
        assertThat(model.lastDmaFault()).endsWith("lent by the host for reading only");
        assertThat(model.dma(BASE + 0x2ffc, 8, "test")).isNull();
    }

    @Test
    void accesses_are_checked() {
        for (int[] wrong : new int[][] {{2, 4}, {1, 2}, {4096, 1}, {-1, 1}, {0, 3}, {0, 8}, {Integer.MIN_VALUE, 4}}) {
            assertThatThrownBy(() -> slot.configRead(wrong[0], wrong[1])).isInstanceOf(DevException.class);
            assertThatThrownBy(() -> slot.configWrite(wrong[0], wrong[1], 0)).isInstanceOf(DevException.class);
        }
        assertThatThrownBy(() -> slot.readBar(BAR, 0x4000, 1)).isInstanceOf(DevException.class);
        assertThatThrownBy(() -> slot.writeBar(BAR, 0x3ffe, 4, 0)).isInstanceOf(DevException.class);
        assertThatThrownBy(() -> slot.readBar(5, 0, 1)).isInstanceOf(DevException.class);
        assertThatThrownBy(() -> slot.barSize(6)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void one_machine_has_a_function_at_a_time() {
        assertThatThrownBy(() -> host.plug(model, false)).hasMessageContaining("unplug it first");
        assertThatThrownBy(() -> host.lend(model, interrupts::add)).hasMessageContaining("unplug it first");
        assertThatThrownBy(() -> host.unplug(model)).hasMessageContaining("not plugged into");
        assertThat(host.address(model)).isEmpty();
        slot.map(BASE, memory);
        slot.close();
        slot.close();
        assertThat(slot.configRead(0, 2)).isEqualTo(0xffff);
        assertThatThrownBy(() -> slot.map(BASE, memory)).hasMessageContaining("closed");
        host.plug(model, false);
        assertThat(host.functions()).containsExactly(model);
        slot.reset();
        slot.configWrite(0x04, 2, 0x6);
        RawPci.setUp(host);
        assertThat(host.read(host.address(model).orElseThrow(), 0x04, 2)).isZero();
    }
}
