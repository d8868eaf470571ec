package net.itest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import net.api.DevException;
import net.api.EthernetAddress;
import net.api.NetBuf;
import net.api.NetBufPool;
import net.api.NetDriverOps;
import net.api.NetPort;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/** An application that sends and receives on every port that there is, whatever comes and goes. */
final class PortPump implements AutoCloseable {
    private static final int BATCH = 16;
    private static final int LENGTH = 64;
    private static final long LOOK_NANOS = 5_000_000;

    private final BundleContext context;
    private final Thread thread;
    private final NetBuf[] out = new NetBuf[BATCH];
    private final NetBuf[] in = new NetBuf[BATCH];
    private volatile boolean stop;
    private volatile boolean paused;
    private volatile boolean resting;
    /** Frames, by the address of the card that received them. */
    private final Map<String, Long> received = new ConcurrentHashMap<>();
    private volatile Throwable failure;

    PortPump(BundleContext context) {
        this.context = context;
        thread = Thread.ofPlatform().daemon().name("port pump").start(this::run);
    }

    private void run() {
        List<NetPort> ports = List.of();
        long looked = System.nanoTime() - LOOK_NANOS;
        try {
            while (!stop) {
                resting = paused;
                if (paused) {
                    ports = List.of();
                    LockSupport.parkNanos(LOOK_NANOS / 10);
                    continue;
                }
                if (System.nanoTime() - looked > LOOK_NANOS) {
                    ports = ports();
                    looked = System.nanoTime();
                }
                for (NetPort p : ports) {
                    round(p);
                }
            }
        } catch (Throwable t) {
            failure = t;
        }
    }

    /** Ports are let go of again at once: this only sees which there are. */
    private List<NetPort> ports() throws InvalidSyntaxException {
        List<NetPort> found = new ArrayList<>();
        for (ServiceReference<NetPort> r : context.getServiceReferences(NetPort.class, null)) {
            NetPort p = context.getService(r);
            if (p != null) {
                found.add(p);
                context.ungetService(r);
            }
        }
        return found;
    }

    private void round(NetPort port) {
        NetDriverOps card = port.card().orElse(null);
        if (card == null) {
            return;
        }
        NetBufPool pool = card.pool();
        try {
            int n = pool.allocate(out, 0, BATCH);
            for (int i = 0; i < n; i++) {
                out[i].append(LENGTH);
                out[i].setMac(0, EthernetAddress.BROADCAST.bits());
                out[i].setMac(6, card.macAddress().bits());
                out[i].setShort(12, 0x88b5);
            }
            port.txQueue(0).transmit(out, 0, n);
            received.merge(port.device(), (long) port.rxQueue(0).receive(in, 0, BATCH), Long::sum);
            port.txQueue(0).reclaim();
        } catch (DevException | IllegalStateException e) {
            // The card, its pool or its host goes at this moment: there will be another.
            LockSupport.parkNanos(LOOK_NANOS / 50);
        } finally {
            giveBack(pool, out);
            giveBack(pool, in);
        }
    }

    private static void giveBack(NetBufPool pool, NetBuf[] bufs) {
        for (int i = 0; i < bufs.length; i++) {
            if (bufs[i] != null) {
                pool.release(bufs[i]);
            }
        }
        Arrays.fill(bufs, null);
    }

    /** Holds nothing, and does nothing, until {@link #resume}. */
    void pause(World world) {
        paused = true;
        world.await("the pump rests", () -> resting || failure != null);
        check();
    }

    void resume() {
        paused = false;
    }

    /** Frames that the card at this address has received. */
    long received(String device) {
        return received.getOrDefault(device, 0L);
    }

    void check() {
        if (failure != null) {
            throw new AssertionError("the pump failed", failure);
        }
    }

    @Override
    public void close() {
        stop = true;
        try {
            thread.join(10_000);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        check();
    }
}
