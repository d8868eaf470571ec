package net.pci;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import net.api.DevError;
import net.api.DevException;
import net.api.NetBufPool;
import net.api.NetDriverOps;
import net.api.NetPort;
import net.api.device.Device;
import net.api.device.DeviceManager;
import net.api.device.DeviceState;
import net.api.device.DeviceStatus;
import net.api.driver.DeviceConfig;
import net.api.driver.DriverLocator;
import net.api.driver.NetDriver;
import net.api.host.DeviceHost;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The device manager as a plain object, with or without OSGi around it:
 *
 * <pre>
 * try (var engine = new DeviceEngine()) {
 *     engine.addHost(host).addPool(pool, host.name()).addDriver(driver);
 *     engine.awaitState("sim/0000:00:01.0", DeviceState.ATTACHED, Duration.ofSeconds(5));
 *     NetDriverOps card = engine.ops("sim/0000:00:01.0");
 * }
 * </pre>
 *
 * What is added is dealt with soon, on the manager's thread; {@link #settle} waits for it. What is removed is let go of when the call returns. All methods
 * from any thread. A call from a listener, on the manager's own thread, returns at once and is done after the present change; if it fails then, that is logged.
 */
public final class DeviceEngine implements DeviceManager, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceEngine.class);
    /** Longest wait for a change: an attach takes 2 seconds, a detach one; there may be several. */
    private static final long PATIENCE_NANOS = 30_000_000_000L;
    /** Longest wait of those who take something away: a bundle that is stopped, say. */
    private static final long LEAVE_NANOS = 10_000_000_000L;

    private final Manager manager;
    private final AtomicLong ids = new AtomicLong();

    /** An engine that registers no services and tells nobody. */
    public DeviceEngine() {
        this(Registrar.NONE, (topic, properties) -> { });
    }

    /**
     * @param devices registers the devices
     * @param listener hears of them
     */
    public DeviceEngine(Registrar devices, DeviceListener listener) {
        manager = new Manager(devices, listener);
    }

    // ---- what there is ----

    /** Adds a host; its devices are looked for. */
    public DeviceEngine addHost(DeviceHost host) {
        manager.thread().enqueue(() -> manager.addHost(host));
        return this;
    }

    /** Detaches and forgets all devices of the host. */
    public void removeHost(DeviceHost host) {
        leave("removing host " + host.name(), () -> manager.removeHost(host));
    }

    /** Adds a driver of ranking 0 and version 0, that registers no services. */
    public DeviceEngine addDriver(NetDriver driver) {
        return addDriver(driver, 0, "0", Registrar.NONE);
    }

    /** Adds a driver. Of drivers that are equal in everything else, the one added first comes first. */
    public DeviceEngine addDriver(NetDriver driver, int ranking, String version, Registrar ops) {
        return addDriver(driver, new DriverSource("", version, -1, ranking, ids.getAndIncrement()), ops);
    }

    /**
     * Adds a driver; again with the same object replaces its source.
     *
     * @param driver what is attached to devices that match
     * @param ops registers the cards that it drives
     */
    public DeviceEngine addDriver(NetDriver driver, DriverSource source, Registrar ops) {
        DriverEntry entry;
        try {
            entry = new DriverEntry(driver, driver.name(), driver.matches(), source, ops);
        } catch (RuntimeException | LinkageError e) {
            LOG.warn("Driver {} is ignored: it cannot tell its name and ids: {}", driver.getClass().getName(), e.toString(), e);
            return this;
        }
        manager.thread().enqueue(() -> manager.addDriver(entry));
        return this;
    }

    /** Detaches the driver from all of its devices; other drivers get them. */
    public void removeDriver(NetDriver driver) {
        leave("removing a driver", () -> manager.removeDriver(driver, false));
    }

    /**
     * The driver goes because its bundle is updated. Its devices run on, if it hands over, until the new version is added: a driver of the same name from the
     * bundle with the same number. They are detached if it does not come within five seconds, or does not go on from there.
     */
    public void updateDriver(NetDriver driver) {
        leave("updating a driver", () -> manager.removeDriver(driver, true));
    }

    /** What waits for a new version from this bundle waits no longer: its devices are detached, and other drivers get them. */
    public void endUpdate(long bundleId) {
        leave("ending an update", () -> manager.endUpdate(bundleId));
    }

    /**
     * Adds a pool.
     *
     * @param host name of the host whose devices reach its memory
     */
    public DeviceEngine addPool(NetBufPool pool, String host) {
        manager.thread().enqueue(() -> manager.addPool(pool, host));
        return this;
    }

    /** Detaches all devices that use the pool. */
    public void removePool(NetBufPool pool) {
        leave("removing pool " + pool.name(), () -> manager.removePool(pool));
    }

    /** Adds somebody who finds drivers; asked for every device that has none. */
    public DeviceEngine addLocator(DriverLocator locator) {
        manager.thread().enqueue(() -> manager.addLocator(locator));
        return this;
    }

    /** It is not asked any more. */
    public void removeLocator(DriverLocator locator) {
        manager.thread().enqueue(() -> manager.removeLocator(locator));
    }

    // ---- configuration ----

    /** Replaces the defaults of all devices: the properties of PID {@code net.pci}. Bad values are logged and change nothing. */
    public DeviceEngine configure(Map<String, ?> properties) {
        Map<String, ?> copy = Map.copyOf(properties);
        manager.thread().enqueue(() -> manager.configure(copy));
        return this;
    }

    /**
     * Adds or replaces a rule: the properties of factory PID {@code net.pci.device}. Bad values are logged and change nothing.
     *
     * @param key names the rule for later
     */
    public DeviceEngine configureDevice(Object key, Map<String, ?> properties) {
        Map<String, ?> copy = Map.copyOf(properties);
        manager.thread().enqueue(() -> manager.configureDevice(key, copy));
        return this;
    }

    /** As {@link #configureDevice(Object, Map)} for one device; the address is the key. */
    public DeviceEngine configureDevice(String address, DeviceConfig c) {
        return configureDevice(address, Map.ofEntries(Map.entry("address", address), Map.entry("rxQueues", c.rxQueues()), Map.entry("txQueues", c.txQueues()),
                Map.entry("rxRingSize", c.rxRingSize()), Map.entry("txRingSize", c.txRingSize()), Map.entry("mtu", c.mtu()),
                Map.entry("mac", c.mac().map(Object::toString).orElse("")), Map.entry("promiscuous", c.promiscuous()),
                Map.entry("allMulticast", c.allMulticast()), Map.entry("interrupts", c.interrupts()), Map.entry("violationLimit", c.violationLimit()),
                Map.entry("rxOffloads", c.rxOffloads()), Map.entry("flowControl", c.flowControl())));
    }

    /** Takes a rule away. */
    public DeviceEngine removeDeviceConfiguration(Object key) {
        manager.thread().enqueue(() -> manager.removeDeviceConfiguration(key));
        return this;
    }

    // ---- DeviceManager ----

    @Override
    public List<Device> devices() {
        List<Device> all = new ArrayList<>();
        manager.slots().values().forEach(s -> all.add(s.device));
        return List.copyOf(all);
    }

    @Override
    public Device device(String address) {
        return find(address).device;
    }

    @Override
    public void attach(String address) {
        attach(address, null);
    }

    @Override
    public void attach(String address, String driver) {
        String full = find(address).address();
        change("attaching " + full, () -> manager.attach(full, driver));
    }

    @Override
    public void swap(String address, String driver) {
        String full = find(address).address();
        change("swapping the driver of " + full, () -> manager.swap(full, driver));
    }

    @Override
    public void detach(String address) {
        String full = find(address).address();
        change("detaching " + full, () -> manager.detach(full));
    }

    @Override
    public void rescan() {
        change("looking for devices", manager::rescan);
    }

    // ---- for those who have no service registry ----

    /**
     * The card that is attached at this address.
     *
     * @throws DevException INVALID_PARAM as {@link #device}; BAD_STATE if it is not attached
     */
    public NetDriverOps ops(String address) {
        Slot slot = find(address);
        NetDriverOps ops = slot.ops;
        if (ops == null) {
            throw slot.notAttached();
        }
        return ops;
    }

    /**
     * The port of the device at this address.
     *
     * @throws DevException INVALID_PARAM as {@link #device}
     */
    public NetPort port(String address) {
        return find(address).lasting.port;
    }

    /**
     * Waits until a device is in a state; a device that is not there is {@link DeviceState#REMOVED}.
     *
     * @param address the whole address
     * @return its status then
     * @throws DevException AGAIN if it is not in that state after the time
     */
    public DeviceStatus awaitState(String address, DeviceState state, Duration timeout) {
        long end = System.nanoTime() + timeout.toNanos();
        synchronized (manager.changed()) {
            for (;;) {
                Slot slot = manager.slots().get(address);
                DeviceStatus now = slot == null ? new DeviceStatus(DeviceState.REMOVED, "", "", "not there", 0) : slot.device.status();
                long left = end - System.nanoTime();
                if (now.state() == state && (state != DeviceState.ATTACHED || slot.ops != null)) {
                    return now;
                }
                if (left <= 0) {
                    throw new DevException(DevError.AGAIN, "%s is not %s after %s, it is %s".formatted(address, state, timeout, now));
                }
                try {
                    TimeUnit.NANOSECONDS.timedWait(manager.changed(), left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new DevException(DevError.BAD_STATE, "interrupted while waiting for " + address, e);
                }
            }
        }
    }

    /** Waits until everything that was asked for before is done, at most half a minute. */
    public DeviceEngine settle() {
        change("waiting", () -> { });
        return this;
    }

    /** Detaches everything and ends. Again is no error. */
    @Override
    public void close() {
        if (!manager.thread().isClosed()) {
            leave("closing", manager::close);
            manager.thread().close(LEAVE_NANOS);
        }
    }

    private Slot find(String address) {
        Map<String, Slot> slots = manager.slots();
        Slot exact = slots.get(address);
        if (exact != null) {
            return exact;
        }
        List<Slot> candidates = slots.values().stream().filter(s -> !address.isEmpty() && s.address().endsWith(address)).toList();
        if (candidates.size() == 1) {
            return candidates.getFirst();
        }
        throw new DevException(DevError.INVALID_PARAM, candidates.isEmpty() ? "no device has the address '%s': there are %s".formatted(address, slots.keySet())
                : "several devices have the address '%s': write more of %s".formatted(address, candidates.stream().map(Slot::address).toList()));
    }

    private void change(String what, Runnable task) {
        ManagerThread thread = manager.thread();
        if (thread.isCurrent()) {
            thread.enqueue(() -> {
                try {
                    task.run();
                } catch (DevException e) {
                    LOG.warn("{} failed: {}", what, e.toString());
                }
            });
        } else if (!thread.call(what, task, PATIENCE_NANOS)) {
            throw new DevException(DevError.RESOURCE_BUSY, what + " is not done after 30 seconds; it goes on");
        }
    }

    private void leave(String what, Runnable task) {
        ManagerThread thread = manager.thread();
        try {
            if (!thread.call(what, task, LEAVE_NANOS) && !thread.isCurrent()) {
                LOG.warn("{} is not done after 10 seconds; it goes on", what);
            }
        } catch (DevException e) {
            if (!thread.isClosed()) {
                throw e;
            }
            LOG.debug("{}: everything is let go of already", what, e);
        }
    }
}
