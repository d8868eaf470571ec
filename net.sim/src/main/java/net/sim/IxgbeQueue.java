package net.sim;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import net.hw.ixgbe.Reg;
import net.hw.ixgbe.RxDescriptor;

/**
 * What a receive and a transmit queue of an 82599 have in common: a ring in host memory, and a head that the device moves up to the tail. 7.1.9, 7.2.3.3.
 * Under the engine's lock, except {@link #setTail}.
 */
abstract class IxgbeQueue {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle TAIL;
    private static final int MAX_SIZE = 0x1_0000;

    static {
        try {
            TAIL = MethodHandles.lookup().findVarHandle(IxgbeQueue.class, "tail", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final IxgbeModel device;
    final IxgbeRegisterFile file;
    final int index;
    int head;
    int size;
    MemorySegment memory;
    long ring;
    private int tail;
    private DmaSpace.Window window;
    private boolean running;

    IxgbeQueue(IxgbeModel device, IxgbeRegisterFile file, int index) {
        this.device = device;
        this.file = file;
        this.index = index;
    }

    abstract Reg baseLow();

    abstract Reg baseHigh();

    abstract Reg length();

    abstract String what();

    void reset() {
        running = false;
        window = null;
        head = 0;
        TAIL.setVolatile(this, 0);
    }

    /** Any thread; what was written to the ring before is seen by {@link #tailAcquire}. */
    final void setTail(int value) {
        TAIL.setRelease(this, value & 0xffff);
    }

    final int tailAcquire() {
        return (int) TAIL.getAcquire(this);
    }

    /** Software writes the head: it may while the queue is disabled. 8.2.3.8, 8.2.3.9. */
    final void writeHead(int value) {
        if (running) {
            device.complain("%s head of queue %d written while it is enabled", what(), index);
        } else {
            head = value & 0xffff;
        }
    }

    final boolean running() {
        return running;
    }

    final void start() {
        int bytes = file.get(length(), index);
        size = bytes / RxDescriptor.SIZE;
        running = true;
        window = null;
        if (size == 0 || size > MAX_SIZE) {
            device.complain("%s queue %d enabled with a ring of %d bytes", what(), index, bytes);
            stall();
        }
    }

    /** It works no more until it is started again. */
    final void stop() {
        running = false;
        window = null;
    }

    /** Its driver did something that it does not survive. Its enable bit stays. */
    final void stall() {
        size = 0;
        window = null;
    }

    /** It may be worked on: enabled, not stalled, and the device may access memory. */
    final boolean ready() {
        return running && size > 0 && device.mayWork();
    }

    /** Its ring is in memory that the device can reach; else it is stalled. Asked when there are descriptors: before, the device does not look. */
    final boolean reach() {
        return window != null && window.open || locate();
    }

    private boolean locate() {
        long base = file.get(baseLow(), index) & 0xffff_ffffL | (long) file.get(baseHigh(), index) << 32;
        window = device.dma(base, (long) size * RxDescriptor.SIZE, what() + " ring");
        if (window == null) {
            device.complain("%s queue %d: %s", what(), index, device.lastDmaFault());
            stall();
            return false;
        }
        memory = window.segment;
        ring = base - window.iova;
        return true;
    }

    /** Descriptors from the head to the tail; 0, and stalled, if an index is not in the ring. */
    final int available() {
        int t = tailAcquire();
        if (t >= size || head >= size) {
            device.complain("%s queue %d: head %d or tail %d is not in a ring of %d", what(), index, head, t, size);
            stall();
            return 0;
        }
        return t >= head ? t - head : t - head + size;
    }

    /** Where a descriptor is, counted from the head, 0 to size - 1. */
    final long at(int ahead) {
        int i = head + ahead;
        return RxDescriptor.at(ring, i >= size ? i - size : i);
    }

    /** A word of a descriptor, 0 or 1, as its driver gave it. */
    final long word(long at, int which) {
        IxgbeLiar liar = device.liar();
        return liar == null ? memory.get(LONG, at + 8L * which) : liar.given(memory, at, which);
    }

    final void advance(int descriptors) {
        head += descriptors;
        if (head >= size) {
            head -= size;
        }
    }

    /** Memory to write, or null after a fault, which stalls the queue. */
    final DmaSpace.Window target(long address, int length) {
        return checked(device.dma(address, length, what() + " buffer"));
    }

    /** Memory to read, or null after a fault, which stalls the queue. */
    final DmaSpace.Window source(long address, int length) {
        return checked(device.dmaRead(address, length, what() + " buffer"));
    }

    private DmaSpace.Window checked(DmaSpace.Window w) {
        if (w == null) {
            device.complain("%s queue %d, descriptor %d: %s", what(), index, head, device.lastDmaFault());
            stall();
        }
        return w;
    }
}
