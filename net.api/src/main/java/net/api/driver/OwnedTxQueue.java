package net.api.driver;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import net.api.DevError;
import net.api.DevException;
import net.api.NetBuf;
import net.api.NetBufPool;
import net.api.NetDriverOps;
import net.api.TxOffload;
import net.api.TxQueue;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What the transmit queues of all drivers have alike: who may call, whose cache buffers go to, which frames are refused and with which words, what is counted,
 * and what becomes of a call under which the device's memory vanishes. A driver adds the ring. Between the application and the ring there is one virtual call
 * a batch.
 *
 * <p>The methods that a driver implements are called by the owner, inside of the gate, except where said. They may let the {@code IllegalStateException} and
 * the {@code InternalError} of memory that is gone pass.
 */
@ConsumerType
public abstract non-sealed class OwnedTxQueue extends OwnedQueue implements TxQueue {
    /** Counter: frames that the device has sent. */
    public static final int PACKETS = 0;
    /** Counter: their bytes. */
    public static final int BYTES = 1;
    /** Counter: frames that could not be sent. */
    public static final int ERRORS = 2;
    /** The first counter of the driver's own. */
    public static final int OWN = 3;
    private static final VarHandle MAX_FRAME;

    static {
        try {
            MAX_FRAME = MethodHandles.lookup().findVarHandle(OwnedTxQueue.class, "maxFrame", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final NetBuf[] one = new NetBuf[1];
    /** Longest frame; the settings write it, first before anybody sends. */
    private int maxFrame;
    /** Frames that the call under way has taken from the caller's array. */
    private int accepted;
    /** Buffers of other pools in the frame that was checked last, if it was not accepted yet. */
    private int othersChecked;
    /** Buffers of other pools that the device holds, or is about to. */
    private int others;

    /**
     * @param index the queue's number among the transmit queues
     * @param size descriptors of the ring
     * @param pool the card's
     * @param ownCounters how many counters the driver has, from {@link #OWN}
     */
    protected OwnedTxQueue(int index, int size, NetBufPool pool, DeviceWatch watch, int ownCounters) {
        super("transmit", index, size, pool, watch, OWN + ownCounters);
    }

    // ---- what a driver implements ----

    /**
     * Gives a prefix of the frames to the device: {@link TxQueue#transmit}. What it takes it nulls in the array and notes with {@link #accept}; in front of a
     * frame that {@link #check} refuses the batch ends.
     *
     * @return how many it took
     */
    protected abstract int send(NetBuf[] bufs, int from, int count);

    /** Takes back what the device is done with; returns how many buffers it still holds. */
    protected abstract int clean();

    /** As {@link #clean}, without a look at the device: its memory is gone. */
    protected abstract int held();

    /** There is a free descriptor, or will be after a look. Any thread, a hint. */
    protected abstract boolean hasRoom();

    /** Longest chain of buffers that one frame may have. Any thread. */
    public abstract int maxSegments();

    /**
     * The longest frame that may be sent with this offload, in bytes.
     *
     * @return 0 if the card cannot do that, or not so
     */
    protected int longest(TxOffload offload) {
        return 0;
    }

    // ---- what it may use ----

    /** The longest frame that may be sent now. */
    protected final int maxFrame() {
        return (int) MAX_FRAME.getOpaque(this);
    }

    /** Notes frames that were taken from the caller's array; one that {@link #check} judged before the next is judged. */
    protected final void accept(int frames) {
        accepted += frames;
        othersChecked = 0;
    }

    /**
     * Returns buffers that the device is done with, unlinked: those of this card's pool to the owner's cache, all at once, those of other pools, which only
     * {@link #check} lets in, to theirs. The places are left as they are.
     *
     * @param buffers has no null in the range
     */
    protected final void giveBack(NetBuf[] buffers, int first, int count) {
        if (others == 0) {
            cache().give(buffers, first, count);
            return;
        }
        int run = first;
        for (int i = first; i < first + count; i++) {
            NetBuf b = buffers[i];
            if (b.pool() != pool()) {
                cache().give(buffers, run, i - run);
                run = i + 1;
                b.fromDevice();
                b.pool().releaseOne(b);
                others--;
            }
        }
        cache().give(buffers, run, first + count - run);
    }

    /** Notes frames that the device has sent. */
    protected final void sent(int frames, long bytes) {
        counters().add(PACKETS, frames);
        counters().add(BYTES, bytes);
    }

    /** For a driver that takes over: notes what the device holds already. */
    protected final void adopt(NetBuf[] held) {
        for (NetBuf b : held) {
            if (b != null && b.pool() != pool()) {
                others++;
            }
        }
    }

    /**
     * Judges a frame of any kind by all the rules of {@link TxQueue#transmit}. Its buffers may be of other pools of the host, and shells: only a {@linkplain
     * NetBuf#isDirect direct} one may be written to, in its headroom, and all go back with {@link #giveBack}.
     *
     * @param first it is the first of the call, so that its refusal is the call's
     * @return how many buffers it has; 0 if it is refused and the batch ends in front of it
     * @throws DevException why, if it is refused and is the first
     */
    protected final int check(NetBuf head, boolean first) {
        int segments = segments(head);
        if (segments == 0 && first) {
            throw TxRefusal.of(head, this, maxFrame());
        }
        return segments;
    }

    private int segments(NetBuf head) {
        forgetChecked();
        if (head == null || !head.isOwned()) {
            return 0;
        }
        TxOffload offload = head.offload();
        int least = offload == null ? NetDriverOps.MIN_FRAME : offload.minFrame();
        int limit = offload == null ? maxFrame() : longest(offload);
        int max = maxSegments();
        int changed = offload == null || offload.l2Length() == 0 ? 0 : least;
        int segments = 0;
        int length = 0;
        int strange = 0;
        for (NetBuf b = head; b != null; b = b.next()) {
            if (++segments > max || !b.isOwned() || b.references() != 1 || b != head && b.offload() != null) {
                return 0;
            }
            if (b.pool() != pool()) {
                if (!isReached(b) || length < changed && !b.isDirect()) {
                    return 0;
                }
                strange++;
            }
            length += b.length();
        }
        if (length < least || length > limit) {
            return 0;
        }
        othersChecked = strange;
        others += strange;
        return segments;
    }

    /** The frame that was checked last was not accepted. */
    private void forgetChecked() {
        others -= othersChecked;
        othersChecked = 0;
    }

    /** The device reaches a buffer of another pool. */
    final boolean isReached(NetBuf b) {
        return b.hasIova() && b.pool().host().equals(pool().host());
    }

    /** The longest frame that is accepted from now on, in bytes. Any thread. */
    public final void setMaxFrame(int max) {
        MAX_FRAME.setOpaque(this, max);
    }

    // ---- the queue ----

    @Override
    public final int transmit(NetBuf[] bufs, int from, int count) {
        Objects.checkFromIndexSize(from, count, bufs.length);
        enter();
        accepted = 0;
        forgetChecked();
        try {
            return send(bufs, from, count);
        } catch (InternalError | IllegalStateException e) {
            vanished(e);
            return accepted;
        } finally {
            leave();
        }
    }

    /** As {@link #transmit(NetBuf[], int, int)}, one frame. */
    public final boolean transmit(NetBuf buf) {
        enter();
        accepted = 0;
        forgetChecked();
        try {
            one[0] = buf;
            return send(one, 0, 1) == 1;
        } catch (InternalError | IllegalStateException e) {
            vanished(e);
            return accepted == 1;
        } finally {
            one[0] = null;
            leave();
        }
    }

    @Override
    public final boolean canTransmit() {
        try {
            return !isClosed() && hasRoom();
        } catch (InternalError | IllegalStateException e) {
            return false;
        }
    }

    @Override
    public final int reclaim() {
        enter();
        try {
            return clean();
        } catch (InternalError | IllegalStateException e) {
            vanished(e);
            return held();
        } finally {
            leave();
        }
    }

    /** An owned buffer with a packet of that length, 0 to the pool's data room, from the owner's cache; null if there is none. */
    public final NetBuf allocate(int length) {
        enter();
        try {
            NetBuf b = cache().allocate();
            if (b != null) {
                b.setLength(length);
            }
            return b;
        } finally {
            leave();
        }
    }
}
