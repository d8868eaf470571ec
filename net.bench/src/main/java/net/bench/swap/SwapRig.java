package net.bench.swap;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import net.api.NetDriverOps;
import net.api.PoolStatistics;
import net.api.device.DeviceEvents;
import net.api.device.DeviceState;
import net.bench.Samples;
import net.pci.DeviceEngine;
import net.pci.Registrar;
import net.pool.BufferPool;
import net.pool.PoolMaker;
import net.pool.PoolSpec;
import net.sim.CardModel;
import net.sim.SimHost;

/** Two simulated cards of a kind on a cable, versions of their driver, and traffic from one to the other. */
final class SwapRig implements AutoCloseable {
    private static final int BUFFERS = 4096;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final SimHost host = new SimHost("sim");
    private final SwapCard kind;
    private final CardModel[] models;
    private final DeviceEngine engine = new DeviceEngine(Registrar.NONE, this::heard);
    private final BufferPool pool;
    private final String[] addresses = new String[2];
    private final NumberedTraffic traffic;
    private volatile boolean warm;
    private volatile long pauseNanos;
    private int versions;

    /** @param lostNanos without a frame for so long, what is under way is not waited for any more */
    SwapRig(SwapCard kind, long lostNanos) {
        this.kind = kind;
        models = new CardModel[] {kind.model(1), kind.model(2)};
        for (CardModel m : models) {
            m.plugInto(host, true);
        }
        host.connect(models[0].port(), models[1].port());
        pool = PoolMaker.make(host, new PoolSpec("default", BUFFERS, PoolSpec.DATA_ROOM));
        engine.addHost(host).addPool(pool, host.name());
        install(true);
        for (int i = 0; i < 2; i++) {
            addresses[i] = host.name() + "/" + models[i].place(host).orElseThrow();
            engine.awaitState(addresses[i], DeviceState.ATTACHED, PATIENCE);
        }
        traffic = new NumberedTraffic(engine.port(addresses[0]), engine.port(addresses[1]), pool, lostNanos);
    }

    private void heard(String topic, Map<String, Object> properties) {
        if (topic.equals(DeviceEvents.SWAPPED)) {
            pauseNanos = (long) properties.get(DeviceEvents.PAUSE);
            warm = (boolean) properties.get(DeviceEvents.WARM);
        }
    }

    NumberedTraffic traffic() {
        return traffic;
    }

    NetDriverOps card(int i) {
        return engine.ops(addresses[i]);
    }

    /** Adds a version of the driver. @return what it is called */
    Version install(boolean handsOver) {
        DriverVersion driver = new DriverVersion(kind.driver(), handsOver);
        String version = "1." + versions++;
        engine.addDriver(driver, 0, version, driver.registrar()).settle();
        return new Version(driver, version);
    }

    /** A version that is there. */
    record Version(DriverVersion driver, String name) {
    }

    /** Takes a version away. */
    void uninstall(Version v) {
        engine.removeDriver(v.driver);
    }

    /**
     * Gives both cards this version.
     *
     * @param queuesClosed gets how long queues were closed, in microseconds, for each card
     * @param gaps gets the longest time without a frame meanwhile, in microseconds
     * @return true if both swaps were warm
     */
    boolean swap(Version to, Samples queuesClosed, Samples gaps) {
        boolean all = true;
        for (String address : addresses) {
            traffic.begin();
            engine.swap(address, to.name);
            all &= warm;
            queuesClosed.add(pauseNanos / 1e3);
            traffic.await(1);
            gaps.add(traffic.gap() / 1e3);
        }
        return all;
    }

    /** Pulls a card while frames are under way, and plugs it in again. */
    void replug(int i) {
        models[i].pullFrom(host);
        engine.awaitState(addresses[i], DeviceState.REMOVED, PATIENCE);
        models[i].plugInto(host, true);
        addresses[i] = host.name() + "/" + models[i].place(host).orElseThrow();
        engine.awaitState(addresses[i], DeviceState.ATTACHED, PATIENCE);
        try {
            traffic.await(1);
        } catch (IllegalStateException e) {
            throw new IllegalStateException("after a card was pulled and plugged in: " + cards(), e);
        }
    }

    /** For messages. */
    private String cards() {
        return Arrays.stream(addresses).map(a -> "%s %s, link %s, %s".formatted(engine.device(a).status(), a, engine.ops(a).link(), engine.ops(a).statistics()))
                .collect(Collectors.joining("; "));
    }

    /** Ends the traffic and detaches everything. @return buffers that are missing from the pool, or pieces of DMA memory that were not given back */
    long leftBehind() {
        traffic.close();
        engine.close();
        PoolStatistics s = pool.statistics();
        int missing = pool.capacity() - s.free() - s.cached();
        pool.close();
        return missing + host.close(1_000_000_000L);
    }

    @Override
    public void close() {
        traffic.close();
        engine.close();
        pool.close();
        host.close();
    }
}
