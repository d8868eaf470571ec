package net.itest;

import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import net.api.EthernetAddress;
import net.api.NetBuf;
import net.api.NetBufPool;
import net.api.NetPort;
import net.api.RxQueue;
import net.api.TxQueue;

/**
 * An application that holds two ports: numbered frames go through the one and come back through the other, fewer at once than a ring holds, so that none may be
 * lost while nobody drives.
 */
final class NumberedPump implements AutoCloseable {
    private static final int WINDOW = 128;
    private static final int BATCH = 16;
    private static final int NUMBER_AT = 16;

    private final TxQueue tx;
    private final RxQueue rx;
    private final NetBufPool pool;
    private final Thread thread;
    private volatile boolean stop;
    private volatile boolean quiet;
    private volatile long sent;
    private volatile long received;
    private volatile long misplaced;
    private volatile Throwable end;

    NumberedPump(NetPort from, NetPort to) {
        tx = from.txQueue(0);
        rx = to.rxQueue(0);
        pool = from.card().orElseThrow().pool();
        thread = Thread.ofPlatform().daemon().name("numbered pump").start(this::run);
    }

    private void run() {
        NetBuf[] out = new NetBuf[BATCH];
        NetBuf[] in = new NetBuf[BATCH];
        int waiting = 0;
        try {
            while (!stop) {
                if (waiting == 0 && !quiet && sent - received < WINDOW) {
                    waiting = pool.allocate(out, 0, BATCH);
                    for (int i = 0; i < waiting; i++) {
                        number(out[i], sent + i);
                    }
                }
                int taken = tx.transmit(out, 0, waiting);
                System.arraycopy(out, taken, out, 0, waiting - taken);
                Arrays.fill(out, waiting - taken, waiting, null);
                waiting -= taken;
                sent += taken;
                int got = rx.receive(in, 0, BATCH);
                for (int i = 0; i < got; i++) {
                    misplaced += in[i].getLong(NUMBER_AT) == received ? 0 : 1;
                    received++;
                }
                pool.release(in, 0, got);
                tx.reclaim();
            }
        } catch (Throwable t) {
            end = t;
        } finally {
            pool.release(out, 0, waiting);
            rx.unbind();
            tx.unbind();
            pool.cache().flush();
        }
    }

    private static void number(NetBuf frame, long number) {
        frame.setLength(64);
        frame.setMac(0, EthernetAddress.BROADCAST.bits());
        frame.setMac(6, 0x0200_0000_0001L);
        frame.setShort(12, 0x88b5);
        frame.setLong(NUMBER_AT, number);
    }

    /** Waits for so many more frames. */
    void awaitFlow(World world, int frames) {
        long target = received + frames;
        world.await(frames + " more frames", () -> received >= target || end != null);
        check();
    }

    /** Waits until everything has arrived, each in its place. */
    void settle(World world) {
        quiet = true;
        world.await("what was sent has arrived: " + this, () -> received == sent || end != null);
        check();
    }

    private void check() {
        if (end != null || misplaced != 0) {
            throw new AssertionError(toString(), end);
        }
    }

    @Override
    public void close() {
        stop = true;
        long deadline = System.nanoTime() + 30_000_000_000L;
        while (thread.isAlive() && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(1_000_000);
        }
        check();
    }

    @Override
    public String toString() {
        return "%d sent, %d received, %d not in their place, end %s".formatted(sent, received, misplaced, end);
    }
}
