package net.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import net.api.EthernetAddress;
import net.api.NetBuf;
import net.api.NetBufCache;
import net.api.NetDriverOps;
import net.api.RxQueue;
import net.api.TxQueue;
import net.api.device.Device;
import net.api.device.DeviceState;
import net.api.device.PciDevice;
import net.driver.virtio.VirtioNetDriver;
import net.pci.DeviceEngine;
import net.pool.BufferPool;
import net.pool.PoolMaker;
import net.pool.PoolSpec;
import net.sim.SimHost;
import net.sim.VirtioNetConfig;
import net.sim.VirtioNetModel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** In steady state a thread that receives, forwards or transmits makes no garbage. Two cabled cards: one is measured, the other keeps it busy. */
class ZeroAllocationTest {
    private static final int WARM_UP = 200_000;
    private static final int MEASURED = 200_000;
    private static final int BATCH = 32;
    /** Of a whole run, for what the JVM does on the thread once, such as linking a call site when the compiler gives up on a guess. */
    private static final long CONSTANT_BYTES = 16 << 10;
    private static final long PATIENCE_NANOS = 120_000_000_000L;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private SimHost host;
    private BufferPool pool;
    private DeviceEngine engine;
    private NetDriverOps measured;
    private NetDriverOps other;
    private volatile boolean stop;
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    @BeforeEach
    void twoCabledCards() {
        host = new SimHost("sim");
        VirtioNetModel a = new VirtioNetModel(VirtioNetConfig.of(EthernetAddress.parse("02:00:00:00:00:01")));
        VirtioNetModel b = new VirtioNetModel(VirtioNetConfig.of(EthernetAddress.parse("02:00:00:00:00:02")));
        host.plug(a, false);
        host.plug(b, false);
        host.connect(a.port(), b.port());
        pool = PoolMaker.make(host, new PoolSpec("default", 4096, 2048));
        engine = new DeviceEngine().addHost(host).addPool(pool, host.name()).addDriver(new VirtioNetDriver()).settle();
        for (Device d : engine.devices()) {
            if (d instanceof PciDevice p && p.vendorId() == 0x1af4) {
                engine.awaitState(d.address(), DeviceState.ATTACHED, Duration.ofSeconds(30));
                NetDriverOps card = engine.ops(d.address());
                if (measured == null) {
                    measured = card;
                } else {
                    other = card;
                }
            }
        }
    }

    @AfterEach
    void end() {
        engine.close();
        pool.close();
        assertThat(host.close(1_000_000_000L)).isZero();
    }

    /** One turn of a loop that works on a card; returns the packets it passed. */
    private interface Turn {
        int run();
    }

    @Test
    void receivingAllocatesNothing() throws Exception {
        measure("receive", sender(other, measured.macAddress()), receiver(measured));
    }

    @Test
    void forwardingAllocatesNothing() throws Exception {
        Turn sends = sender(other, measured.macAddress());
        Turn takes = receiver(other);
        measure("forward", () -> sends.run() + takes.run(), forwarder(measured, other.macAddress()));
    }

    @Test
    void transmittingAllocatesNothing() throws Exception {
        measure("transmit", receiver(other), sender(measured, other.macAddress()));
    }

    private void measure(String what, Turn busy, Turn work) throws InterruptedException {
        Thread peer = Thread.ofPlatform().daemon().name("the other card").start(() -> {
            try {
                while (!stop) {
                    if (busy.run() == 0) {
                        Thread.onSpinWait();
                    }
                }
            } catch (Throwable t) {
                failure.set(t);
            }
        });
        long[] result = new long[2];
        Thread owner = Thread.ofPlatform().daemon().name("owner").start(() -> {
            try {
                pass(work, WARM_UP);
                long before = THREADS.getCurrentThreadAllocatedBytes();
                result[0] = pass(work, MEASURED);
                result[1] = THREADS.getCurrentThreadAllocatedBytes() - before;
            } catch (Throwable t) {
                failure.set(t);
            }
        });
        owner.join();
        stop = true;
        peer.join();
        if (failure.get() != null) {
            throw new AssertionError(failure.get());
        }
        System.out.printf("%s: %.1f bytes of garbage a packet (%d bytes in %d packets)%n", what, (double) result[1] / result[0], result[1], result[0]);
        assertThat(result[0]).isGreaterThanOrEqualTo(MEASURED);
        assertThat(result[1]).as("bytes that %d packets of %s allocated", result[0], what).isLessThan(CONSTANT_BYTES);
    }

    private static long pass(Turn work, int packets) {
        long done = 0;
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (done < packets) {
            int n = work.run();
            done += n;
            if (n == 0) {
                Thread.onSpinWait();
                if (System.nanoTime() - deadline > 0) {
                    throw new AssertionError("only " + done + " of " + packets + " packets in two minutes");
                }
            }
        }
        return done;
    }

    private static Turn receiver(NetDriverOps card) {
        RxQueue rx = card.rxQueue(0);
        NetBuf[] batch = new NetBuf[BATCH];
        return () -> {
            int n = rx.receive(batch, 0, BATCH);
            card.pool().cache().release(batch, 0, n);
            return n;
        };
    }

    private static Turn sender(NetDriverOps card, EthernetAddress to) {
        TxQueue tx = card.txQueue(0);
        NetBuf[] batch = new NetBuf[BATCH];
        long destination = to.bits();
        long source = card.macAddress().bits();
        return () -> {
            NetBufCache cache = card.pool().cache();
            int n = cache.allocate(batch, 0, BATCH);
            for (int i = 0; i < n; i++) {
                NetBuf buf = batch[i];
                buf.setLength(64);
                buf.setMac(0, destination);
                buf.setMac(6, source);
                buf.setShort(12, Frames.EXPERIMENTAL);
            }
            int sent = tx.transmit(batch, 0, n);
            cache.release(batch, sent, n - sent);
            return sent;
        };
    }

    private static Turn forwarder(NetDriverOps card, EthernetAddress to) {
        RxQueue rx = card.rxQueue(0);
        TxQueue tx = card.txQueue(0);
        NetBuf[] batch = new NetBuf[BATCH];
        long destination = to.bits();
        return () -> {
            int n = rx.receive(batch, 0, BATCH);
            for (int i = 0; i < n; i++) {
                batch[i].setMac(0, destination);
            }
            int sent = n == 0 ? 0 : tx.transmit(batch, 0, n);
            card.pool().cache().release(batch, sent, n - sent);
            return n;
        };
    }
}
