package net.itest;

import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;

import java.util.concurrent.TimeUnit;
import net.api.DevError;
import net.api.DevException;
import net.api.NetBuf;
import net.api.NetBufCache;
import net.api.NetBufPool;
import net.api.NetDriverOps;
import net.api.RxQueue;
import net.api.TxQueue;

/** An application: one thread that sends frames through one card and receives them from another, until it is told to stop or a card is taken away. */
final class Pump implements AutoCloseable {
    private static final int BATCH = 32;
    private static final int LENGTH = 64;

    private final Thread thread;
    private volatile boolean stop;
    private volatile long received;
    private volatile Throwable end;

    Pump(NetDriverOps from, NetDriverOps to) {
        // Handed over as locals, so that no field keeps a driver's class after the thread has ended.
        thread = new Thread(() -> run(from, to), "pump");
        thread.start();
    }

    private void run(NetDriverOps from, NetDriverOps to) {
        NetBuf[] out = new NetBuf[BATCH];
        NetBuf[] in = new NetBuf[BATCH];
        NetBufPool pool = from.pool();
        try {
            long target = to.macAddress().bits();
            long source = from.macAddress().bits();
            TxQueue tx = from.txQueue(0);
            RxQueue rx = to.rxQueue(0);
            NetBufCache cache = pool.cache();
            while (!stop) {
                int free = gap(out);
                int n = cache.allocate(out, free, BATCH - free);
                for (int i = free; i < free + n; i++) {
                    out[i].append(LENGTH);
                    out[i].setMac(0, target);
                    out[i].setMac(6, source);
                    out[i].setShort(12, 0x88b5);
                }
                int count = free + n;
                int sent = tx.transmit(out, 0, count);
                System.arraycopy(out, sent, out, 0, count - sent);
                java.util.Arrays.fill(out, count - sent, count, null);
                int got = rx.receive(in, 0, BATCH);
                for (int i = 0; i < got; i++) {
                    if (in[i].getMac(0) == target && in[i].frameLength() != LENGTH) {
                        throw new AssertionError("a frame of " + in[i].frameLength() + " bytes arrived; " + LENGTH + " were sent");
                    }
                }
                cache.release(in, 0, got);
                received += got;
            }
            tx.unbind();
            rx.unbind();
        } catch (DevException e) {
            end = e;
        } catch (Throwable e) {
            end = e;
            throw e;
        } finally {
            pool.release(out, 0, BATCH);
            pool.release(in, 0, BATCH);
        }
    }

    /** How many of the first entries are buffers. */
    private static int gap(NetBuf[] bufs) {
        int n = 0;
        while (n < bufs.length && bufs[n] != null) {
            n++;
        }
        return n;
    }

    long received() {
        return received;
    }

    /** Waits until traffic flows. */
    void awaitFlow(World world) {
        long before = received;
        world.await("1000 more frames than " + before + "; the pump's end: " + end, () -> received > before + 1000 || end != null);
        assertNull("" + end, end);
    }

    /** Waits until the card was taken away, which the thread learns by BAD_STATE and nothing else. */
    void awaitEnd() {
        join();
        if (!(end instanceof DevException e) || e.error() != DevError.BAD_STATE) {
            throw new AssertionError("the pump ended with " + end, end);
        }
    }

    private void join() {
        try {
            thread.join(TimeUnit.SECONDS.toMillis(30));
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
        assertFalse("the pump still runs", thread.isAlive());
    }

    @Override
    public void close() {
        stop = true;
        join();
    }
}
