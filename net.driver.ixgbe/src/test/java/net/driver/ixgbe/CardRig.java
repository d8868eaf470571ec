package net.driver.ixgbe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import net.api.DevException;
import net.api.EthernetAddress;
import net.api.NetBuf;
import net.api.NetDriverOps;
import net.api.device.DeviceState;
import net.api.device.DeviceStatus;
import net.api.driver.DeviceConfig;
import net.pci.DeviceEngine;
import net.pool.BufferPool;
import net.pool.PoolMaker;
import net.pool.PoolSpec;
import net.sim.Cable;
import net.sim.Endpoint;
import net.sim.IxgbeConfig;
import net.sim.IxgbeModel;
import net.sim.SimHost;

/** The driver on the model of an 82599, with the far end of its cable. */
final class CardRig implements AutoCloseable {
    static final EthernetAddress MAC = EthernetAddress.parse("02:00:00:00:00:01");
    static final EthernetAddress PEER = EthernetAddress.parse("02:00:00:00:00:99");
    /** Waits that never end by themselves: only what the driver sees can end them. */
    static final Limits PATIENT = new Limits(Clock.SYSTEM, Long.MAX_VALUE / 4, Long.MAX_VALUE / 4, 100_000, Long.MAX_VALUE / 4, 300_000_000, Long.MAX_VALUE / 4);
    /** Waits that end soon, for devices that never do what is waited for. */
    static final Limits HASTY = new Limits(Clock.SYSTEM, 20_000_000, 20_000_000, 100_000, 100_000_000, 300_000_000, 300_000_000);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long SECOND = 1_000_000_000L;

    final SimHost host = new SimHost("sim");
    final IxgbeModel model;
    final Endpoint end;
    final Cable cable;
    final BufferPool pool;
    final DeviceEngine engine = new DeviceEngine();
    final String address;
    private final IxgbeDriver driver;
    NetDriverOps card;

    CardRig() {
        this(IxgbeConfig.of(MAC), Limits.DEFAULT);
    }

    CardRig(IxgbeConfig config, Limits limits) {
        this(config, limits, 4096);
    }

    CardRig(IxgbeConfig config, Limits limits, int buffers) {
        this(config, limits, new PoolSpec("default", buffers, 2048));
    }

    CardRig(IxgbeConfig config, Limits limits, PoolSpec spec) {
        model = new IxgbeModel(config);
        driver = new IxgbeDriver(limits);
        host.plug(model, true);
        end = host.endpoint("far end", 4096);
        cable = host.connect(model.port(), end.port());
        pool = PoolMaker.make(host, spec);
        engine.addHost(host).addPool(pool, host.name()).settle();
        address = host.name() + "/" + host.address(model).orElseThrow();
    }

    /** Attaches; the link is up then. */
    NetDriverOps attach(DeviceConfig config) {
        engine.configureDevice(address, config).settle();
        engine.addDriver(driver).settle();
        DeviceStatus status = status();
        if (status.state() != DeviceState.ATTACHED) {
            engine.attach(address);
        }
        engine.awaitState(address, DeviceState.ATTACHED, PATIENCE);
        card = engine.ops(address);
        return card;
    }

    NetDriverOps attach() {
        return attach(DeviceConfig.DEFAULT);
    }

    /** What attaching fails with. */
    DevException refused(DeviceConfig config) {
        engine.configureDevice(address, config).settle();
        engine.configure(java.util.Map.of("exclude", "sim/*")).settle();
        engine.addDriver(driver).settle();
        try {
            engine.attach(address);
        } catch (DevException e) {
            return e;
        }
        throw new AssertionError("the driver attached");
    }

    DeviceStatus status() {
        return engine.device(address).status();
    }

    static DeviceConfig config(int queues, int ring) {
        return new DeviceConfig(queues, queues, ring, ring, 0, Optional.empty(), false, false, true, 16);
    }

    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + 30 * SECOND;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("no " + what + " in 30 seconds");
            }
            Thread.onSpinWait();
        }
    }

    // ---- frames ----

    NetBuf buffer(byte[] frame) {
        return pool.allocate(frame, 0, frame.length);
    }

    /** Sends a frame through transmit queue 0, waiting for room. */
    void send(NetBuf buf) {
        await("room", () -> card.transmit(buf));
    }

    /** The next frame at the far end. */
    byte[] taken() {
        try {
            byte[] frame = end.receive(30 * SECOND);
            assertThat(frame).as("a frame at the far end; %s", card.statistics()).isNotNull();
            return frame;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The far end sends a frame. */
    void put(byte[] frame) {
        await("room at the far end", () -> end.send(frame));
    }

    /** The next frame that receive queue 0 gives. */
    NetBuf received() {
        NetBuf[] one = new NetBuf[1];
        await("frame", () -> card.rxQueue(0).receive(one, 0, 1) == 1);
        return one[0];
    }

    long counter(String name) {
        return card.statistics().extended().stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow().value();
    }

    @Override
    public void close() {
        engine.close();
        assertThat(pool.statistics().inUse()).as("buffers that are missing").isZero();
        pool.close();
        end.close();
        assertThat(host.close(SECOND)).as("pieces of memory that were not given back").isZero();
    }
}
