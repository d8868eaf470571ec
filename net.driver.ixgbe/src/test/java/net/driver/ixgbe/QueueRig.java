package net.driver.ixgbe;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import net.api.NetBuf;
import net.api.device.PciDevice;
import net.api.driver.Attachment;
import net.api.driver.DeviceConfig;
import net.api.driver.DeviceWatch;
import net.api.driver.HandOver;
import net.api.driver.RxOffload;
import net.hw.ixgbe.Reg;
import net.hw.ixgbe.RxDescriptor;
import net.hw.ixgbe.TxDescriptor;
import net.pool.BufferPool;
import net.pool.PoolSpec;

/** A queue each way without a device: the test writes descriptors back by hand. */
final class QueueRig implements AutoCloseable {
    static final int ROOM = 2048;
    static final int LONGEST = 8;
    private static final long POOL_IOVA = 0x7_0000_0000L;

    final PlainRegisters registers = new PlainRegisters();
    final List<String> reports = new ArrayList<>();
    final BufferPool pool;
    final TestDma rxMemory;
    final TestDma txMemory;
    final NetBuf[] rxRing;
    final NetBuf[] txRing;
    private final DeviceWatch watch;
    private final Registers regs;
    private final Set<RxOffload> offloads;
    IxgbeRxQueue rx;
    IxgbeTxQueue tx;
    private final TestDma poolMemory;
    private final int size;
    /** Of the device: the next descriptor to write back, and the next one to take. */
    int rxHead;
    int txHead;

    QueueRig(int size, int buffers) {
        this(size, buffers, Set.of());
    }

    QueueRig(int size, int buffers, Set<RxOffload> offloads) {
        this.size = size;
        PoolSpec spec = new PoolSpec("test", buffers, ROOM, 32);
        poolMemory = new TestDma((long) buffers * spec.stride(), POOL_IOVA);
        pool = new BufferPool(spec, 1, "test", poolMemory);
        rxMemory = new TestDma((long) size * RxDescriptor.SIZE, 0x1_0000_0000L);
        txMemory = new TestDma((long) size * TxDescriptor.SIZE, 0x2_0000_0000L);
        rxRing = new NetBuf[size];
        txRing = new NetBuf[size];
        this.offloads = offloads;
        watch = new DeviceWatch(attachment());
        regs = new Registers("test/card", registers, Clock.SYSTEM);
        queues();
        rx.fill(pool.cache());
        rx.start();
        watch.attached();
    }

    private void queues() {
        rx = new IxgbeRxQueue(0, regs, rxMemory, rxRing, pool, watch, new RxBuffers(pool.headroom(), ROOM, ROOM, LONGEST, 9000), offloads.isEmpty() ? null : new RxFinder(offloads), null);
        tx = new IxgbeTxQueue(0, regs, txMemory, txRing, pool, watch);
        tx.setMaxFrame(1518);
    }

    /** From here on other queues work on the same rings. */
    HandOver handOver() {
        rx.close(0);
        tx.close(0);
        HandOver.Writer to = HandOver.write("test", 1);
        rx.save(to);
        tx.save(to);
        HandOver state = to.done();
        int written = registers.writes.size();
        queues();
        rx.restore(RingState.read(state, "rx.0."), state);
        tx.restore(RingState.read(state, "tx.0."), state);
        assertThat(registers.writes).as("writes to the device").hasSize(written);
        return state;
    }

    /** Only what a watch asks for. */
    private Attachment attachment() {
        PciDevice device = proxy(PciDevice.class, (name, args) -> "test/card");
        return proxy(Attachment.class, (name, args) -> switch (name) {
            case "config" -> DeviceConfig.DEFAULT;
            case "device" -> device;
            case "report" -> reports.add(args[0] + " " + args[1]) ? null : null;
            default -> throw new UnsupportedOperationException(name);
        });
    }

    private interface Answer {
        Object to(String method, Object[] args);
    }

    private static <T> T proxy(Class<T> type, Answer answer) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (p, m, args) -> answer.to(m.getName(), args)));
    }

    // ---- the device's receive side ----

    /** The tail that the device was given last. */
    int rxTail() {
        return registers.get(Reg.RDT, 0);
    }

    /** Descriptors that the device may write back. */
    int rxOwned() {
        return rxTail() - rxHead & size - 1;
    }

    /** Writes the next descriptor back. */
    void writeBack(long word0, long word1) {
        assertThat(rxOwned()).as("descriptors of the device").isPositive();
        writeBackAt(rxHead, word0, word1);
        rxHead = rxHead + 1 & size - 1;
    }

    void writeBackAt(int i, long word0, long word1) {
        RxDescriptor.setWord0(rxMemory.segment(), RxDescriptor.at(0, i), word0);
        RxDescriptor.setWord1Release(rxMemory.segment(), RxDescriptor.at(0, i), word1);
    }

    /** A whole frame in one buffer, whose first bytes are its number. */
    void frame(int length, int number) {
        put(rxHead, number);
        writeBack(0, RxDescriptor.word1(RxDescriptor.DD | RxDescriptor.EOP, 0, length, 0));
    }

    /** Writes a number where the device was told to put the packet of descriptor {@code i}. */
    void put(int i, int number) {
        long address = RxDescriptor.packet(rxMemory.segment(), RxDescriptor.at(0, i));
        MemorySegment at = poolMemory.segment().asSlice(address - POOL_IOVA, ROOM);
        at.set(java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED.withOrder(java.nio.ByteOrder.BIG_ENDIAN), 0, number);
    }

    // ---- the device's transmit side ----

    /** Descriptors given and not taken. */
    int txWaiting() {
        return registers.get(Reg.TDT, 0) - txHead & size - 1;
    }

    long txAddress(int i) {
        return TxDescriptor.address(txMemory.segment(), TxDescriptor.at(0, i));
    }

    long txWord1(int i) {
        return TxDescriptor.word1(txMemory.segment(), TxDescriptor.at(0, i));
    }

    /** Takes descriptors, and reports where that is asked for. Returns how many reports there were. */
    int transmit(int count) {
        int reported = 0;
        for (int n = 0; n < count; n++) {
            if ((txWord1(txHead) & TxDescriptor.RS) != 0) {
                TxDescriptor.setDoneRelease(txMemory.segment(), TxDescriptor.at(0, txHead));
                reported++;
            }
            txHead = txHead + 1 & size - 1;
        }
        return reported;
    }

    // ---- the application ----

    NetBuf buffer(int length) {
        NetBuf b = pool.allocate();
        b.setLength(length);
        return b;
    }

    NetBuf[] buffers(int count, int length) {
        NetBuf[] all = new NetBuf[count];
        Arrays.setAll(all, i -> buffer(length));
        return all;
    }

    int held() {
        return (int) (Arrays.stream(rxRing).filter(Objects::nonNull).count() + Arrays.stream(txRing).filter(Objects::nonNull).count());
    }

    /** Every buffer is in the pool, in a ring, or with the test. */
    void assertConserved(int mine) {
        assertThat(pool.statistics().inUse()).as("free + in rings + %d = capacity: %s", mine, pool.statistics()).isEqualTo(held() + mine);
    }

    /** Ends as an attachment does. */
    @Override
    public void close() {
        rx.close(0);
        tx.close(0);
        pool.reclaim(rxRing);
        pool.reclaim(txRing);
        assertThat(pool.statistics().inUse()).as("buffers that are missing").isZero();
        assertThat(pool.statistics().misuse()).isZero();
        pool.close();
        rxMemory.close();
        txMemory.close();
        poolMemory.close();
    }
}
