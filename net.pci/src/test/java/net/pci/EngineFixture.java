package net.pci;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import net.api.NetDriverOps;
import net.api.device.DeviceState;
import net.api.device.DeviceStatus;
import net.api.driver.DeviceMatch;
import net.pci.bus.FakeFunction;
import org.junit.jupiter.api.AfterEach;

/** An engine, a host, a pool, and a registrar that writes down what it registers. */
abstract class EngineFixture {
    static final String CARD = "fake/0000:00:01.0";
    static final Duration LONG = Duration.ofSeconds(30);

    final FakeHost host = new FakeHost("fake");
    final List<String> log = host.log;
    final FakePool pool = new FakePool("default", log);
    final List<String> events = new CopyOnWriteArrayList<>();
    /** Properties of what is registered, by service. */
    final Map<Object, Map<String, Object>> services = new ConcurrentHashMap<>();
    final Registrar registrar = (types, service, properties) -> {
        services.put(service, Map.copyOf(properties));
        if (types.contains(NetDriverOps.class)) {
            log.add("registered");
        }
        return new Registrar.Registration() {
            @Override
            public void update(Map<String, Object> now) {
                services.put(service, Map.copyOf(now));
            }

            @Override
            public void unregister() {
                services.remove(service);
                if (types.contains(NetDriverOps.class)) {
                    log.add("unregistered");
                }
            }
        };
    };
    final DeviceEngine engine = new DeviceEngine(registrar, (topic, p) -> {
        events.add(topic.substring(topic.lastIndexOf('/') + 1) + " " + p.get("device.state"));
        heard(topic, p);
    });
    final FakeFunction card = FakeFunction.of(0x1af4, 0x1041).subsystem(0x1af4, 1).memory32(0, 0x1000, 0xfe00_0000).msix(4, 0x800, 0xc00);
    final FakeDriver driver = new FakeDriver("virtio", log, DeviceMatch.pci(0x1af4, 0x1041));

    /** For tests that do something when an event comes, on the manager's thread. */
    void heard(String topic, Map<String, Object> properties) {
    }

    @AfterEach
    void nothingStaysBehind() {
        engine.close();
        if (!leavesSomething()) {
            assertThat(host.memory).as("DMA memory").isEmpty();
            assertThat(host.pci.acquired).as("functions").isEmpty();
            assertThat(pool.missing()).as("buffers").isZero();
            assertThat(services).as("services").isEmpty();
            if (host.pci.contains(card)) {
                assertThat(card.command() & 4).as("bus master").isZero();
            }
        }
        assertThat(card.violations()).isEmpty();
    }

    boolean leavesSomething() {
        return false;
    }

    /** Host with the card, pool, driver. */
    DeviceStatus attached() {
        host.pci.with(1, 0, card);
        engine.addHost(host).addPool(pool, "fake").addDriver(driver, 0, "1.0.0", registrar);
        return engine.awaitState(CARD, DeviceState.ATTACHED, LONG);
    }

    DeviceStatus status(String address) {
        return engine.device(address).status();
    }

    /** What was logged since the last call. A state is told before the change that leads to it is at its end. */
    List<String> logged() {
        engine.settle();
        List<String> all = new ArrayList<>(log);
        log.clear();
        return all;
    }

    static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not within " + LONG + ": " + what);
            }
            Thread.onSpinWait();
        }
    }
}
