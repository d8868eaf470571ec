package net.bench.swap;

import java.util.concurrent.locks.LockSupport;
import net.api.EthernetAddress;
import net.api.NetBuf;
import net.api.NetBufCache;
import net.api.NetBufPool;
import net.api.NetPort;
import net.api.RxQueue;
import net.api.TxQueue;

/**
 * An application with two ports: one thread sends numbered frames through the one, as many as the rings hold, takes them from the other, and counts what is lost,
 * repeated or out of order.
 */
final class NumberedTraffic implements AutoCloseable {
    private static final int BATCH = 32;
    /** Frames under way: fewer than a receive ring holds, so that a card that nobody looks after for a while drops none. */
    private static final int WINDOW = 192;
    private static final int FRAME = 64;
    private static final int TYPE = 0x88b5;
    private static final int TYPE_AT = 12;
    private static final int NUMBER_AT = 16;
    private static final long PATIENCE_NANOS = 10_000_000_000L;
    private final TxQueue tx;
    private final RxQueue rx;
    private final NetBufPool pool;
    private final long lostNanos;
    private final Thread thread;
    private volatile boolean stop;
    private volatile boolean quiet;
    private volatile Throwable end;
    private volatile long received;
    private volatile long sent;
    /** The number of the next frame to come. */
    private volatile long expected;
    /** Frames before this number are not waited for any more. */
    private volatile long writtenOff;
    private volatile long repeated;
    private volatile long gap;
    private long last;

    /** @param lostNanos without a frame for so long, what is under way is not waited for any more */
    NumberedTraffic(NetPort from, NetPort to, NetBufPool pool, long lostNanos) {
        this.lostNanos = lostNanos;
        tx = from.txQueue(0);
        rx = to.rxQueue(0);
        this.pool = pool;
        thread = Thread.ofPlatform().daemon().name("numbered traffic").start(this::run);
    }

    private void run() {
        NetBuf[] out = new NetBuf[BATCH];
        NetBuf[] in = new NetBuf[BATCH];
        NetBufCache cache = pool.cache();
        int waiting = 0;
        long next = 0;
        last = System.nanoTime();
        try {
            while (!stop) {
                int room = quiet ? 0 : (int) Math.min(BATCH - waiting, WINDOW - (sent - Math.max(expected, writtenOff)) - waiting);
                int n = room <= 0 ? 0 : cache.allocate(out, waiting, room);
                for (int i = waiting; i < waiting + n; i++) {
                    number(out[i], next++);
                }
                waiting += n;
                int taken = waiting == 0 ? 0 : tx.transmit(out, 0, waiting);
                System.arraycopy(out, taken, out, 0, waiting - taken);
                java.util.Arrays.fill(out, waiting - taken, waiting, null);
                waiting -= taken;
                sent += taken;
                int got = rx.receive(in, 0, BATCH);
                for (int i = 0; i < got; i++) {
                    arrived(in[i]);
                }
                cache.release(in, 0, got);
                progress(got);
                if (got == 0) {
                    tx.reclaim();
                }
            }
        } catch (Throwable t) {
            end = t;
        } finally {
            pool.release(out, 0, waiting);
            rx.unbind();
            tx.unbind();
            cache.flush();
        }
    }

    private static void number(NetBuf frame, long number) {
        frame.setLength(FRAME);
        frame.setMac(0, EthernetAddress.BROADCAST.bits());
        frame.setMac(6, 0x0200_0000_0001L);
        frame.setShort(TYPE_AT, TYPE);
        frame.setLong(NUMBER_AT, number);
    }

    private void arrived(NetBuf frame) {
        long number = frame.getLong(NUMBER_AT);
        if (number < expected) {
            repeated++;
        } else {
            expected = number + 1;
            received++;
        }
    }

    private void progress(int got) {
        long now = System.nanoTime();
        if (got > 0) {
            gap = Math.max(gap, now - last);
            last = now;
        } else if (now - last > lostNanos) {
            writtenOff = sent;
        }
    }

    /** Forgets the longest gap. */
    void begin() {
        gap = 0;
    }

    /** The longest time between two batches received since {@link #begin}, in nanoseconds. */
    long gap() {
        return gap;
    }

    /** Waits for so many more frames. */
    void await(long frames) {
        long target = received + frames;
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (received < target) {
            check();
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("no traffic: " + this);
            }
            LockSupport.parkNanos(50_000);
        }
    }

    /** Sends no more, and waits until everything has arrived, or is not waited for any more. */
    void settle() {
        quiet = true;
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (Math.max(expected, writtenOff) < sent && System.nanoTime() - deadline < 0) {
            check();
            LockSupport.parkNanos(50_000);
        }
    }

    private void check() {
        if (end != null) {
            throw new IllegalStateException("the traffic ended", end);
        }
    }

    long received() {
        return received;
    }

    /** Once it has settled. */
    long lost() {
        return sent - received;
    }

    /** Also those out of order: a number that is lower than one that came before. */
    long repeated() {
        return repeated;
    }

    @Override
    public void close() {
        stop = true;
        try {
            thread.join(PATIENCE_NANOS / 1_000_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        check();
    }

    @Override
    public String toString() {
        return "sent %d, received %d, repeated or out of order %d, end %s".formatted(sent, received, repeated, end);
    }
}
