package net.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.api.DevError;
import net.api.DevException;
import net.api.NetBufPool;
import net.api.NetDriverOps;
import net.api.NetPort;
import net.api.device.Device;
import net.api.device.DeviceEvents;
import net.api.device.DeviceState;
import net.api.device.DeviceStatus;
import net.api.driver.DeviceConfig;
import net.api.driver.DeviceMatch;
import net.api.driver.ForwardingDriver;
import net.api.driver.NetDriver;
import net.api.host.DeviceHost;
import net.pci.DeviceEngine;
import net.pci.Registrar;
import net.pool.BufferPool;
import net.pool.PoolMaker;
import net.pool.PoolSpec;
import net.testkit.CableEnd;

/** A card on any host, with the project's own device manager and pools around it, as plain objects. */
public final class EngineCard implements CardUnderTest {
    private static final int SHELLS = 32;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String FIRST = "1.0.0";
    private static final String SECOND = "0.9.0";
    private static final String LOSES = "0.8.0";

    /** What only the maker of the device can do. */
    public interface Controls {
        /** The faults that the device can have. */
        Set<Fault> faults();

        /** As {@link CardUnderTest#setLink}. */
        default void setLink(boolean up) {
            throw new DevException(DevError.UNSUPPORTED, "this link stays up");
        }

        /** As {@link CardUnderTest#pull}. */
        default void pull() {
            throw new DevException(DevError.UNSUPPORTED, "this device stays");
        }

        /** As {@link CardUnderTest#putBack}. */
        default void putBack() {
            throw new DevException(DevError.UNSUPPORTED, "this device stays");
        }

        /**
         * Ends the host.
         *
         * @throws AssertionError if memory that was lent was not given back
         */
        void close();
    }

    private final DeviceHost host;
    private final NetDriver driver;
    private final CableEnd cable;
    private final Controls controls;
    private final LostWhileAttaching loses;
    private final DeviceEngine engine = new DeviceEngine(Registrar.NONE, this::heard);
    private final BufferPool pool;
    private final BufferPool other;
    private final String address;
    private boolean driverAdded;
    private volatile boolean warm;

    /**
     * Starts a device manager on the host, which must have one device that the driver matches.
     *
     * @param cable the far end of the device's cable
     */
    public EngineCard(DeviceHost host, NetDriver driver, Wish wish, CableEnd cable, Controls controls) {
        this.host = host;
        this.driver = driver;
        this.cable = cable;
        this.controls = controls;
        loses = new LostWhileAttaching(driver, controls::pull);
        pool = PoolMaker.make(host, new PoolSpec("default", wish.buffers(), wish.dataRoom()).withShells(SHELLS));
        other = PoolMaker.make(host, new PoolSpec("other", 16, wish.dataRoom()));
        engine.addHost(host).addPool(pool, host.name()).settle();
        List<String> matching = engine.devices().stream().filter(this::matches).map(Device::address).toList();
        assertThat(matching).as("devices of %s that %s matches, of %s", host.name(), driver.name(), engine.devices()).hasSize(1);
        address = matching.getFirst();
    }

    private boolean matches(Device device) {
        return driver.matches().stream().anyMatch(m -> m.score(device) != DeviceMatch.NONE);
    }

    /** The device manager. */
    public DeviceEngine engine() {
        return engine;
    }

    /** The device's address in it. */
    public String address() {
        return address;
    }

    @Override
    public Set<Fault> faults() {
        return controls.faults();
    }

    @Override
    public NetDriverOps attach(DeviceConfig config) {
        engine.configureDevice(address, config).settle();
        if (!driverAdded) {
            driverAdded = true;
            engine.addDriver(driver, 0, FIRST, Registrar.NONE).addDriver(new ForwardingDriver(driver), 0, SECOND, Registrar.NONE)
                    .addDriver(loses, 0, LOSES, Registrar.NONE).settle();
        } else if (status().state() == DeviceState.ATTACHED) {
            // It attached itself, perhaps with another configuration.
            engine.detach(address);
        }
        if (status().state() != DeviceState.ATTACHED) {
            engine.attach(address);
        }
        engine.awaitState(address, DeviceState.ATTACHED, PATIENCE);
        return engine.ops(address);
    }

    @Override
    public void detach() {
        if (status().state() == DeviceState.ATTACHED) {
            engine.detach(address);
        }
    }

    @Override
    public boolean swap() {
        warm = false;
        engine.swap(address, status().driverVersion().equals(FIRST) ? SECOND : FIRST);
        return warm;
    }

    private void heard(String topic, Map<String, Object> properties) {
        if (topic.equals(DeviceEvents.SWAPPED)) {
            warm = (boolean) properties.get(DeviceEvents.WARM);
        }
    }

    @Override
    public NetPort port() {
        return engine.port(address);
    }

    @Override
    public DeviceStatus status() {
        try {
            return engine.device(address).status();
        } catch (DevException e) {
            return new DeviceStatus(DeviceState.REMOVED, "", "", e.getMessage(), 0);
        }
    }

    @Override
    public NetBufPool pool() {
        return pool;
    }

    @Override
    public NetBufPool otherPool() {
        return other;
    }

    @Override
    public CableEnd cable() {
        return cable;
    }

    @Override
    public void setLink(boolean up) {
        controls.setLink(up);
    }

    @Override
    public void pull() {
        controls.pull();
    }

    @Override
    public void putBack() {
        controls.putBack();
        engine.rescan();
        assertThat(engine.device(address).host()).isEqualTo(host.name());
    }

    @Override
    public int attachAndLose(int access, Loss loss) {
        detach();
        loses.plan(access, loss);
        try {
            engine.attach(address, LOSES);
        } catch (DevException e) {
            // Whatever a driver makes of it.
            assertThat(access).as("access of %s that failed: %s", loses.accesses(), e).isLessThanOrEqualTo(loses.accesses());
        }
        return loses.accesses();
    }

    @Override
    public void close() {
        engine.close();
        pool.close();
        other.close();
        cable.close();
        controls.close();
    }
}
