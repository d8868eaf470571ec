package net.api.driver;

import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import net.api.DevError;
import net.api.DevException;
import net.api.NetBuf;
import net.api.NetBufCache;
import net.api.NetBufPool;
import net.api.RxQueue;
import net.api.device.Interrupt;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What the receive queues of all drivers have alike: who may call, whose cache buffers come from, how one waits, what is counted, and what becomes of a call
 * under which the device's memory vanishes. A driver adds the ring. Between the application and the ring there is one virtual call a batch.
 *
 * <p>The methods that a driver implements are called by the owner, inside of the gate, except where said. They may let the {@code IllegalStateException} and
 * the {@code InternalError} of memory that is gone pass.
 */
@ConsumerType
public abstract non-sealed class OwnedRxQueue extends OwnedQueue implements RxQueue {
    /** Counter: frames given to the application. */
    public static final int PACKETS = 0;
    /** Counter: their bytes. */
    public static final int BYTES = 1;
    /** Counter: frames that were dropped for what the device wrote about them. */
    public static final int ERRORS = 2;
    /** Counter: places that could not be filled because the pool was empty. */
    public static final int NO_BUF = 3;
    /** Counter: interrupts that ended a wait. */
    public static final int INTERRUPTS = 4;
    /** The first counter of the driver's own. */
    public static final int OWN = 5;
    /** Without an interrupt. */
    private static final long SLEEP_NANOS = 200_000;
    /** Longest sleep in a row, so that a lost interrupt or a closed queue is noticed. */
    private static final long WAIT_NANOS = 50_000_000;

    private final NetBuf[] ring;
    private final Interrupt interrupt;
    private final NetBuf[] one = new NetBuf[1];
    /** Frames that the call under way has entered in the caller's array. */
    private int delivered;

    /**
     * @param index the queue's number among the receive queues
     * @param ring for the buffers that the device holds, as many as there are descriptors: {@link Attachment#ring}
     * @param interrupt the queue's vector, or null
     * @param ownCounters how many counters the driver has, from {@link #OWN}
     */
    protected OwnedRxQueue(int index, NetBuf[] ring, NetBufPool pool, DeviceWatch watch, Interrupt interrupt, int ownCounters) {
        super("receive", index, ring.length, pool, watch, OWN + ownCounters);
        this.ring = ring;
        this.interrupt = interrupt;
    }

    // ---- what a driver implements ----

    /**
     * Takes frames and posts fresh buffers: {@link RxQueue#receive}. Each run of frames that is entered in {@code to} is noted with {@link #deliver}.
     *
     * @return how many frames there are from {@code from} on
     */
    protected abstract int poll(NetBuf[] to, int from, int max);

    /** There is a frame. Any thread, a hint; it must be right when the owner asks after {@link #armInterrupt}. */
    protected abstract boolean hasFrames();

    /** Posts fresh buffers if the device has few: before a wait. */
    protected abstract void refillIfLow();

    /** Asks for an interrupt at the next frame; {@link #hasFrames} is asked once more afterwards. Only if the queue has a vector. */
    protected abstract void armInterrupt();

    /** Asks for no interrupts. Only if the queue has a vector. */
    protected abstract void disarmInterrupt();

    // ---- what it may use ----

    /** Notes frames that were entered in the caller's array, behind those noted before. */
    protected final void deliver(int frames, long bytes) {
        delivered += frames;
        counters().add(PACKETS, frames);
        counters().add(BYTES, bytes);
    }

    // ---- the queue ----

    @Override
    public final int receive(NetBuf[] to, int from, int max) {
        Objects.checkFromIndexSize(from, max, to.length);
        enter();
        delivered = 0;
        try {
            return poll(to, from, max);
        } catch (InternalError | IllegalStateException e) {
            return vanished(to, from, max, e);
        } finally {
            leave();
        }
    }

    /** As {@link #receive(NetBuf[], int, int)}, one frame or null. */
    public final NetBuf receive() {
        NetBuf[] to = one;
        return receive(to, 0, 1) == 0 ? null : take(to);
    }

    private static NetBuf take(NetBuf[] from) {
        NetBuf b = from[0];
        from[0] = null;
        return b;
    }

    /**
     * Releases a frame into the owner's cache.
     *
     * @throws DevException INVALID_PARAM for null; else as {@link NetBufCache#release(NetBuf)}
     */
    public final void recycle(NetBuf buf) {
        if (buf == null) {
            throw new DevException(DevError.INVALID_PARAM, name() + ": null is no buffer that could be given back");
        }
        enter();
        try {
            cache().release(buf);
        } finally {
            leave();
        }
    }

    @Override
    public final boolean canReceive() {
        try {
            return !isClosed() && hasFrames();
        } catch (InternalError | IllegalStateException e) {
            return false;
        }
    }

    @Override
    public final boolean await(long timeoutNanos) throws InterruptedException {
        long start = System.nanoTime();
        for (;;) {
            if (look(timeoutNanos > 0)) {
                return true;
            }
            long left = timeoutNanos - (System.nanoTime() - start);
            if (left <= 0) {
                return false;
            }
            // Outside of the gate: whoever closes the queue need not wait for a sleeper.
            if (interrupt == null) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                LockSupport.parkNanos(Math.min(left, SLEEP_NANOS));
            } else if (interrupt.await(Math.min(left, WAIT_NANOS))) {
                counters().add(INTERRUPTS, 1);
            }
        }
    }

    /** Whether there is something; if not, and if one is wanted, an interrupt is armed. */
    private boolean look(boolean arm) {
        enter();
        try {
            refillIfLow();
            boolean found = hasFrames();
            if (!found && arm && interrupt != null) {
                armInterrupt();
                found = hasFrames();
            }
            if (found && interrupt != null) {
                disarmInterrupt();
            }
            return found;
        } catch (InternalError | IllegalStateException e) {
            vanished(e);
            return false;
        } finally {
            leave();
        }
    }

    /** What was about to be delivered is the ring's again. */
    private int vanished(NetBuf[] to, int from, int max, Throwable cause) {
        int n = delivered;
        Arrays.fill(to, from + n, from + max, null);
        for (NetBuf b : ring) {
            if (b != null && b.isOwned()) {
                b.toDevice();
            }
        }
        vanished(cause);
        return n;
    }
}
