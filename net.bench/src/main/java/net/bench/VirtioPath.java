package net.bench;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import net.api.EthernetAddress;
import net.api.NetBuf;
import net.api.NetBufPool;
import net.api.NetDriverOps;
import net.api.RxQueue;
import net.api.TxQueue;
import net.api.device.DeviceState;
import net.driver.virtio.VirtioNetDriver;
import net.pci.DeviceEngine;
import net.pool.BufferPool;
import net.pool.PoolMaker;
import net.pool.PoolSpec;
import net.sim.SimHost;
import net.sim.VirtioNetConfig;
import net.sim.VirtioNetModel;

/**
 * The virtio driver on the simulated host, two cards on a cable: one thread transmits on the first, receives on the second, and sends what it received back the
 * same way, so that each frame is forwarded twice a round. The models run on the host's own thread; what is measured is driver and model together,
 * whichever is slower.
 *
 * <p>The peer is what a Java program without a driver has: a datagram of the same size through connected UDP channels on loopback, sent and received on
 * one thread.
 */
final class VirtioPath {
    private static final int[] BATCHES = {1, 8, 32, 256};
    private static final int FRAME = 64;
    private static final int IN_FLIGHT = 256;
    private static final int WINDOWS = 50;
    private static final long WINDOW_NANOS = 100_000_000;
    private static final long WARM_UP_NANOS = 3_000_000_000L;
    private static final int BUFFERS = 4096;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Consumer<Row> report;

    VirtioPath(Consumer<Row> report) {
        this.report = report;
    }

    void run() throws IOException {
        SimHost host = new SimHost("sim");
        VirtioNetModel a = new VirtioNetModel(VirtioNetConfig.of(EthernetAddress.parse("02:00:00:00:00:01")));
        VirtioNetModel b = new VirtioNetModel(VirtioNetConfig.of(EthernetAddress.parse("02:00:00:00:00:02")));
        host.plug(a, false);
        host.plug(b, false);
        host.connect(a.port(), b.port());
        try (DeviceEngine engine = new DeviceEngine(); UdpLoopback udp = new UdpLoopback(FRAME)) {
            BufferPool pool = PoolMaker.make(host, new PoolSpec("default", BUFFERS, PoolSpec.DATA_ROOM));
            engine.addHost(host).addPool(pool, host.name()).addDriver(new VirtioNetDriver()).settle();
            NetDriverOps first = ops(engine, host, a);
            NetDriverOps second = ops(engine, host, b);
            Loop loop = new Loop(first, second, host.engineThread());
            loop.fill();
            Samples[] times = new Samples[BATCHES.length];
            for (int i = 0; i < BATCHES.length; i++) {
                times[i] = new Samples();
                loop.window(BATCHES[i], WARM_UP_NANOS / BATCHES.length);
            }
            udp.window(WARM_UP_NANOS / 3);
            Samples peer = new Samples();
            loop.forgetBytes();
            for (int w = 0; w < WINDOWS; w++) {
                for (int i = 0; i < BATCHES.length; i++) {
                    times[i].add(loop.window(BATCHES[i], WINDOW_NANOS));
                }
                peer.add(udp.window(WINDOW_NANOS));
            }
            Row udpRow = Row.of("virtio", "UDP channel, one datagram", "ns/packet", peer);
            report.accept(udpRow);
            for (int i = 0; i < BATCHES.length; i++) {
                report.accept(Row.of("virtio", "forward, batch " + BATCHES[i], "ns/packet", times[i]).relativeTo(udpRow));
            }
            Samples bytes = new Samples();
            bytes.add(loop.bytesPerPacket());
            report.accept(Row.of("virtio", "allocated, all threads", "bytes/packet", bytes));
            loop.drain();
        }
        host.close();
    }

    private static NetDriverOps ops(DeviceEngine engine, SimHost host, VirtioNetModel model) {
        String address = host.name() + "/" + host.address(model).orElseThrow();
        engine.awaitState(address, DeviceState.ATTACHED, Duration.ofSeconds(5));
        return Optional.ofNullable(engine.ops(address)).orElseThrow();
    }

    /** Frames that go round through two cards. */
    private static final class Loop {
        private final RxQueue[] rx;
        private final TxQueue[] tx;
        private final NetBufPool pool;
        private final Thread models;
        private final NetBuf[] batch = new NetBuf[256];
        private final int[] waiting = new int[2];
        private final NetBuf[][] held = new NetBuf[2][2 * IN_FLIGHT];
        private long packets;
        private long counted;
        private long allocated;

        Loop(NetDriverOps first, NetDriverOps second, Thread models) {
            rx = new RxQueue[] {first.rxQueue(0), second.rxQueue(0)};
            tx = new TxQueue[] {first.txQueue(0), second.txQueue(0)};
            pool = first.pool();
            this.models = models;
        }

        void fill() {
            for (int i = 0; i < IN_FLIGHT; i++) {
                NetBuf frame = pool.allocate();
                frame.append(FRAME);
                frame.setMac(0, EthernetAddress.BROADCAST.bits());
                frame.setMac(6, 0x0200_0000_0001L);
                frame.setShort(12, 0x88b5);
                held[0][waiting[0]++] = frame;
            }
        }

        /** Nanoseconds a packet: receive and transmit of one frame. */
        double window(int size, long nanos) {
            long before = packets;
            long bytes = bytes();
            long start = System.nanoTime();
            long now;
            do {
                for (int i = 0; i < 64; i++) {
                    step(0, size);
                    step(1, size);
                }
                now = System.nanoTime();
            } while (now - start < nanos);
            allocated += bytes() - bytes;
            counted += packets - before;
            return (double) (now - start) / Math.max(1, packets - before);
        }

        private void step(int card, int size) {
            NetBuf[] frames = held[card];
            int n = waiting[card];
            int got = rx[card].receive(frames, n, Math.min(size, frames.length - n));
            packets += got;
            n += got;
            int from = 0;
            while (from < n) {
                int sent = tx[card].transmit(frames, from, Math.min(size, n - from));
                if (sent == 0) {
                    break;
                }
                from += sent;
            }
            System.arraycopy(frames, from, frames, 0, n - from);
            waiting[card] = n - from;
        }

        void forgetBytes() {
            allocated = 0;
            counted = 0;
        }

        double bytesPerPacket() {
            return (double) allocated / counted;
        }

        private long bytes() {
            return THREADS.getThreadAllocatedBytes(Thread.currentThread().threadId()) + THREADS.getThreadAllocatedBytes(models.threadId());
        }

        void drain() {
            for (int card = 0; card < 2; card++) {
                pool.release(held[card], 0, waiting[card]);
                int got;
                while ((got = rx[card].receive(batch, 0, batch.length)) > 0) {
                    pool.release(batch, 0, got);
                }
                tx[card].reclaim();
            }
        }
    }
}
