package net.app.core;

import java.util.concurrent.locks.LockSupport;
import net.api.DevError;
import net.api.DevException;
import net.api.NetBuf;
import net.api.NetDriverOps;
import net.api.TxQueue;

/**
 * Frames on their way into a transmit queue. What the queue does not accept stays here and is offered again, so many times; then it is dropped and counted.
 * Every frame that was put in ends up in exactly one of the counters. For the application's thread.
 */
public final class Sender {
    /** With what it has left at the end the card is done within 20 milliseconds, or it stands still. */
    private static final int LAST_ROUNDS = 20;
    private static final long LAST_NANOS = 1_000_000;

    private final TxQueue queue;
    private final int maxTries;
    private final Counters counters;
    private final NetBuf[] frames;
    private int head;
    private int tail;
    private int tries;

    /**
     * What became of frames; outlives the sender, so that totals go on when a card comes back.
     *
     * @param sent accepted by the queue
     * @param ringFull dropped because the queue stayed full
     * @param refused dropped because the card refused them: too long, too many segments, another pool
     * @param abandoned released unsent when application or card ended
     */
    public record Counters(Counter sent, Counter ringFull, Counter refused, Counter abandoned) {
        /** New ones. @param prefix in front of their names, such as {@code ""} or {@code "back_"} */
        public static Counters named(String prefix) {
            return new Counters(Counter.frames(prefix + "sent"), Counter.frames(prefix + "dropped_ring_full"), Counter.frames(prefix + "dropped_refused"),
                    Counter.frames(prefix + "abandoned"));
        }
    }

    /**
     * @param ops the card; its transmit queue 0 is used
     * @param capacity most frames at once
     * @param maxTries how often frames are offered in vain before they are dropped
     */
    public Sender(NetDriverOps ops, int capacity, int maxTries, Counters counters) {
        this.queue = ops.txQueue(0);
        this.maxTries = maxTries;
        this.counters = counters;
        this.frames = new NetBuf[capacity];
    }

    /** Nothing waits: {@link #frames} may be filled. */
    public boolean isEmpty() {
        return head == tail;
    }

    /** To be filled from 0 while empty, then {@link #fill}. */
    public NetBuf[] frames() {
        return frames;
    }

    /** The first {@code count} entries are to be sent. */
    public void fill(int count) {
        head = 0;
        tail = count;
        tries = 0;
    }

    /**
     * Offers what waits, once.
     *
     * @return how many frames were accepted or dropped; 0 if nothing waits or the queue is full
     * @throws DevException BAD_STATE if the queue is closed or owned by another thread; the frames stay here
     */
    public int push() {
        int waiting = tail - head;
        if (waiting == 0) {
            return 0;
        }
        int n;
        try {
            n = queue.transmit(frames, head, waiting);
        } catch (DevException e) {
            if (e.error() == DevError.BAD_STATE) {
                throw e;
            }
            release(1, counters.refused);
            tries = 0;
            return 1;
        }
        if (n > 0) {
            head += n;
            tries = 0;
            counters.sent.add(n);
            return n;
        }
        if (++tries < maxTries) {
            return 0;
        }
        release(waiting, counters.ringFull);
        return waiting;
    }

    /** Lets the queue return the buffers of sent frames. @return how many still are with the card */
    public int reclaim() {
        return queue.reclaim();
    }

    /** Releases what waits, gives the card a moment to be done with what it has, and gives the queue up. The card may be gone. */
    public void close() {
        release(tail - head, counters.abandoned);
        try {
            for (int i = 0; i < LAST_ROUNDS && queue.reclaim() > 0; i++) {
                LockSupport.parkNanos(LAST_NANOS);
            }
        } catch (DevException e) {
            // Detached, or never ours: then others take care of what it has.
        }
        queue.unbind();
    }

    private void release(int count, Counter counter) {
        for (int i = 0; i < count; i++) {
            NetBuf frame = frames[head];
            frames[head++] = null;
            frame.release();
        }
        counter.add(count);
    }
}
