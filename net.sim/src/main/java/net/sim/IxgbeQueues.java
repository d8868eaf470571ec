package net.sim;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import net.hw.ixgbe.IxgbeRegister;
import net.hw.ixgbe.Reg;

/**
 * The 128 receive and 128 transmit queues of an 82599, and which of them have work. Under the engine's lock, except {@link #doorbell} and {@link #kickAll}.
 */
final class IxgbeQueues {
    private static final int QUEUES = 128;
    private static final int BURST = 64;
    private static final VarHandle KICKS = MethodHandles.arrayElementVarHandle(long[].class);

    private final IxgbeRxQueue[] rx = new IxgbeRxQueue[QUEUES];
    private final IxgbeTxQueue[] tx = new IxgbeTxQueue[QUEUES];
    // A bit for each transmit queue whose tail was written, and for each that has more to do.
    private final long[] kicks = new long[QUEUES / 64];
    private final long[] busy = new long[QUEUES / 64];

    IxgbeQueues(IxgbeModel device, IxgbeRegisterFile file) {
        IxgbeTransmitter transmitter = new IxgbeTransmitter(device, file);
        for (int i = 0; i < QUEUES; i++) {
            rx[i] = new IxgbeRxQueue(device, file, i);
            tx[i] = new IxgbeTxQueue(device, file, i, transmitter);
        }
    }

    IxgbeRxQueue rx(int i) {
        return rx[i];
    }

    IxgbeTxQueue tx(int i) {
        return tx[i];
    }

    void reset() {
        for (int i = 0; i < QUEUES; i++) {
            rx[i].reset();
            tx[i].reset();
        }
    }

    /**
     * A write that moves a tail: the only ones that come with each burst of frames. Any thread; whoever calls wakes the engine then.
     *
     * @return the register, or null if it is another one and nothing was done
     */
    Reg doorbell(long offset, int value) {
        IxgbeRegister r = IxgbeRegisterFile.register((int) offset);
        if (r == Reg.TDT) {
            int i = IxgbeRegisterFile.number((int) offset);
            tx[i].setTail(value);
            KICKS.getAndBitwiseOr(kicks, i >> 6, 1L << (i & 63));
            return Reg.TDT;
        }
        if (r == Reg.RDT) {
            rx[IxgbeRegisterFile.number((int) offset)].setTail(value);
            // Volatile on both sides: either this thread sees that frames wait, or whoever makes them wait sees the tail.
            VarHandle.fullFence();
            return Reg.RDT;
        }
        return null;
    }

    /** All transmit queues are to be looked at. Any thread. */
    void kickAll() {
        for (int i = 0; i < kicks.length; i++) {
            KICKS.setVolatile(kicks, i, -1L);
        }
    }

    /**
     * Lets transmit queues work.
     *
     * @param paused nothing may be sent now; what was to be looked at is remembered
     * @return true if there may be more to do at once
     */
    boolean transmit(boolean paused) {
        boolean more = false;
        for (int w = 0; w < kicks.length; w++) {
            long todo = busy[w] | (long) KICKS.getAndSet(kicks, w, 0L);
            long left = paused ? todo : 0;
            while (todo != 0 && !paused) {
                int i = Long.numberOfTrailingZeros(todo);
                todo &= todo - 1;
                if (tx[64 * w + i].work(BURST)) {
                    left |= 1L << i;
                }
            }
            busy[w] = left;
            more |= left != 0;
        }
        return more && !paused;
    }

    /** Publishes what the queues did. */
    void publish() {
        for (int i = 0; i < QUEUES; i++) {
            rx[i].publish();
            tx[i].publish();
        }
    }
}
