package net.pci;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import net.api.DevError;
import net.api.DevException;
import net.api.LinkState;
import net.api.NetBufPool;
import net.api.NetDriverOps;
import net.api.NetPort;
import net.api.device.Device;
import net.api.device.DeviceEvents;
import net.api.device.DeviceState;
import net.api.driver.Attachment.Fault;
import net.api.driver.DriverLocator;
import net.api.driver.NetDriver;
import net.api.host.DeviceHost;
import net.api.host.HostListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows hosts, drivers, pools and devices, and decides what is attached to what. After every change {@link #reconcile} brings devices where they belong.
 * Everything on the manager's thread, except where said.
 */
final class Manager implements Lifecycle.Publisher, DeviceAttachment.Reports {
    private static final Logger LOG = LoggerFactory.getLogger(Manager.class);
    /** This many resets within {@link #RESET_WINDOW_NANOS} are a broken device. */
    private static final int RESETS = 3;
    private static final long RESET_WINDOW_NANOS = 10_000_000_000L;
    /** A function that asks for time has ten seconds, ten times what PCI Express allows. */
    private static final int SCANS = 100;

    private final Registrar registrar;
    private final DeviceListener listener;
    private final Lifecycle lifecycle = new Lifecycle(this, this);
    private final Matchmaker matchmaker = new Matchmaker(lifecycle);
    private final Swap swap = new Swap(lifecycle, this);
    /** By address. */
    private final Map<String, Lasting> lasting = new HashMap<>();
    private final Configuration configuration = new Configuration();
    private final List<HostEntry> hosts = new ArrayList<>();
    private final Locators locators = new Locators((s, text) -> thread().enqueue(() -> located(s, text)));
    private final ConcurrentSkipListMap<String, Slot> slots = new ConcurrentSkipListMap<>();
    private final Object changed = new Object();
    /** Last: from its start on it uses all of the above. */
    private final ManagerThread thread = new ManagerThread(this::housekeep);

    Manager(Registrar registrar, DeviceListener listener) {
        this.registrar = registrar;
        this.listener = listener;
    }

    ManagerThread thread() {
        return thread;
    }

    /** By address. Any thread. */
    Map<String, Slot> slots() {
        return slots;
    }

    /** Notified after every change of a device. Any thread. */
    Object changed() {
        return changed;
    }

    // ---- hosts ----

    void addHost(DeviceHost host) {
        String name = host.name();
        if (!name.matches("[a-z0-9-]+") || hosts.stream().anyMatch(h -> h.name.equals(name))) {
            LOG.warn("Host '{}' is ignored: its name must be lower-case letters, digits and hyphens, and no other host's", name);
            return;
        }
        HostEntry entry;
        try {
            entry = new HostEntry(host);
            entry.subscription = host.subscribe(new HostListener() {
                @Override
                public void changed() {
                    thread.enqueue(() -> {
                        entry.epoch++;
                        scan(entry);
                        reconcile();
                    });
                }

                @Override
                public void removed(String deviceName) {
                    thread.enqueue(() -> Optional.ofNullable(entry.slots.get(deviceName)).ifPresent(s -> forget(s, "removed from its host")));
                }
            });
        } catch (RuntimeException e) {
            LOG.warn("Host {} is ignored: {}", name, e.toString(), e);
            return;
        }
        hosts.add(entry);
        scan(entry);
        reconcile();
    }

    void removeHost(DeviceHost host) {
        for (HostEntry entry : List.copyOf(hosts)) {
            if (entry.host == host) {
                hosts.remove(entry);
                try {
                    entry.subscription.close();
                } catch (Exception e) {
                    LOG.warn("{}: the subscription could not be closed", entry.name, e);
                }
                List.copyOf(entry.slots.values()).forEach(s -> forget(s, "its host is gone"));
            }
        }
    }

    void rescan() {
        hosts.forEach(this::scan);
        reconcile();
    }

    private void scan(HostEntry host) {
        if (!hosts.contains(host)) {
            return;
        }
        try {
            HostEntry.Difference d = host.look();
            // What is behind a bridge goes before the bridge.
            d.gone().reversed().forEach(s -> forget(s, "it does not answer any more"));
            for (ListedDevice device : d.added()) {
                Slot replaced = host.slots.get(device.name());
                if (replaced != null) {
                    forget(replaced, "another device is in its place");
                }
            }
            host.place(d.added());
            d.added().forEach(device -> add(host, device));
            host.slots.values().forEach(this::restrict);
        } catch (RuntimeException e) {
            LOG.warn("{}: looking for devices failed: {}", host.name, e.toString(), e);
        }
    }

    private void add(HostEntry host, ListedDevice device) {
        Lasting known = lasting.get(device.address());
        if (known == null || !known.kind.equals(device.description())) {
            known = new Lasting(device);
            lasting.put(device.address(), known);
        }
        Slot slot = new Slot(host, device, known);
        slot.wanted = configuration.of(device.address());
        host.slots.put(device.name(), slot);
        slots.put(device.address(), slot);
        String restriction = device.restriction();
        slot.state = restriction.isEmpty() ? DeviceState.IDLE : DeviceState.LISTED;
        slot.reason = restriction;
        device.standing(slot.state, null, restriction, null);
        try {
            slot.registration = registrar.register(List.of(Device.class, device.type()), device, device.properties());
        } catch (RuntimeException e) {
            LOG.warn("{}: it could not be registered as a service", device.address(), e);
        }
        publish(slot);
        event(DeviceEvents.ADDED, slot, Map.of());
    }

    /** The host may have changed its mind about who may use a device. */
    private void restrict(Slot slot) {
        if (slot.state != DeviceState.LISTED && slot.state != DeviceState.IDLE) {
            return;
        }
        String restriction = slot.device.restriction();
        if (!restriction.isEmpty() && !(slot.state == DeviceState.LISTED && slot.reason.equals(restriction))) {
            lifecycle.become(slot, DeviceState.LISTED, restriction);
        } else if (restriction.isEmpty() && slot.state == DeviceState.LISTED) {
            slot.host.place(List.of(slot.device));
            lifecycle.become(slot, DeviceState.IDLE, "");
        }
    }

    private void forget(Slot slot, String reason) {
        if (slots.get(slot.address()) != slot) {
            return;
        }
        lifecycle.detach(slot, Lifecycle.After.IDLE, reason);
        lifecycle.abandon(slot);
        slot.host.remove(slot);
        slots.remove(slot.address());
        lifecycle.become(slot, DeviceState.REMOVED, reason);
        event(DeviceEvents.REMOVED, slot, Map.of());
        if (slot.portRegistration != null) {
            slot.portRegistration.unregister();
        }
        if (slot.registration != null) {
            slot.registration.unregister();
        }
    }

    // ---- drivers and pools ----

    void addDriver(DriverEntry entry) {
        matchmaker.add(entry);
        reconcile();
    }

    void removeDriver(NetDriver driver) {
        matchmaker.remove(driver);
        for (Slot s : List.copyOf(slots.values())) {
            if (s.preferred != null && s.preferred.driver() == driver) {
                s.preferred = null;
            }
            if (s.driver != null && s.driver.driver() == driver) {
                lifecycle.detach(s, Lifecycle.After.IDLE, "the driver " + s.driver.name() + " is gone");
            }
        }
        reconcile();
    }

    void addPool(NetBufPool pool, String host) {
        matchmaker.add(pool, host);
        reconcile();
    }

    void removePool(NetBufPool pool) {
        matchmaker.remove(pool);
        for (Slot s : List.copyOf(slots.values())) {
            if (s.pool == pool) {
                lifecycle.detach(s, Lifecycle.After.IDLE, "the pool " + pool.name() + " is gone");
            }
        }
        reconcile();
    }

    // ---- configuration ----

    void configure(Map<String, ?> properties) {
        reconfigure(() -> configuration.defaults(properties).forEach(LOG::error));
    }

    void configureDevice(Object key, Map<String, ?> properties) {
        reconfigure(() -> configuration.rule(key, properties).forEach(LOG::error));
    }

    void removeDeviceConfiguration(Object key) {
        reconfigure(() -> configuration.removeRule(key));
    }

    private void reconfigure(Runnable change) {
        List<String> excluded = slots.keySet().stream().filter(configuration::isExcluded).toList();
        change.run();
        for (Slot s : List.copyOf(slots.values())) {
            DeviceSettings now = configuration.of(s.address());
            boolean changes = !now.config().equals(s.wanted.config()) || !now.pool().equals(s.wanted.pool());
            s.lasting.settings.configured(s.wanted.config(), now.config());
            s.wanted = now;
            if (s.isAttached() && configuration.isExcluded(s.address()) && !excluded.contains(s.address())) {
                lifecycle.detach(s, Lifecycle.After.IDLE, "excluded by the configuration");
            } else if (s.isAttached() && changes) {
                lifecycle.detach(s, Lifecycle.After.IDLE, "its configuration was changed");
            }
        }
        reconcile();
    }

    // ---- what belongs together ----

    /** Attaches what can be attached and was not tried in vain before. */
    private void reconcile() {
        for (Slot s : List.copyOf(slots.values())) {
            if (s.state != DeviceState.IDLE || s.userDetached) {
                continue;
            }
            if (configuration.isExcluded(s.address())) {
                matchmaker.idle(s, "excluded by the configuration: attach it by hand, or take it out of 'exclude' of net.pci");
                continue;
            }
            try {
                List<DriverEntry> candidates = matchmaker.candidates(s, null);
                matchmaker.attach(s, candidates, false);
                locators.look(s, candidates.isEmpty());
            } catch (DevException e) {
                LOG.warn("{}: not attached: {}", s.device, s.reason);
                event(DeviceEvents.FAILED, s, Map.of());
            }
        }
    }

    // ---- who finds drivers ----

    void addLocator(DriverLocator locator) {
        locators.add(locator);
        slots.values().forEach(s -> s.asked = false);
        reconcile();
    }

    void removeLocator(DriverLocator locator) {
        locators.remove(locator);
    }

    private void located(Slot s, String text) {
        if (s.state == DeviceState.IDLE && s.asked) {
            s.located = text;
            reconcile();
        }
    }

    // ---- what users ask for ----

    void attach(String address, String driver) {
        Slot s = slots.get(address);
        if (s == null) {
            throw new DevException(DevError.INVALID_PARAM, address + " is gone");
        }
        switch (s.state) {
            case LISTED -> throw new DevException(DevError.UNSUPPORTED, "%s: %s".formatted(address, s.reason));
            case ATTACHED -> throw new DevException(DevError.ALREADY_EXISTS, "%s is attached to %s".formatted(address, s.driver.name()));
            case DETACHING -> throw new DevException(DevError.RESOURCE_BUSY, "%s: %s".formatted(address, s.reason));
            default -> {
                List<DriverEntry> candidates = matchmaker.candidates(s, driver);
                if (candidates.isEmpty()) {
                    throw new DevException(DevError.UNSUPPORTED, "%s: %s; there are %s".formatted(s.device,
                            driver == null ? "no driver matches" : "no driver '" + driver + "' matches", matchmaker.driverNames()));
                }
                s.lasting.held = driver == null ? "" : driver;
                s.userDetached = false;
                s.resets.clear();
                lifecycle.become(s, DeviceState.IDLE, "");
                try {
                    matchmaker.attach(s, candidates, true);
                } catch (DevException e) {
                    event(DeviceEvents.FAILED, s, Map.of());
                    throw new DevException(e.error(), "%s: %s".formatted(address, e.getMessage()), e);
                }
            }
        }
    }

    void swap(String address, String driver) {
        Slot s = attached(address);
        List<DriverEntry> candidates = matchmaker.candidates(s, driver);
        boolean there = candidates.removeIf(d -> d.driver() == s.driver.driver());
        if (candidates.isEmpty()) {
            throw new DevException(there ? DevError.ALREADY_EXISTS : DevError.UNSUPPORTED, there ? "%s has %s, and no other driver is '%s'".formatted(s.device,
                    s.driver.text(), driver) : "%s: no driver '%s' matches; there are %s".formatted(s.device, driver, matchmaker.driverNames()));
        }
        try {
            swap.run(s, candidates.getFirst());
        } finally {
            reconcile();
        }
    }

    private Slot attached(String address) {
        Slot s = slots.get(address);
        if (s == null || !s.isAttached()) {
            throw new DevException(DevError.BAD_STATE, "%s is not attached".formatted(s == null ? address : s.device));
        }
        return s;
    }

    void detach(String address) {
        Slot s = attached(address);
        s.preferred = null;
        s.lasting.held = "";
        lifecycle.detach(s, Lifecycle.After.USER, "detached by the user");
    }

    // ---- what attachments report ----

    @Override
    public void fault(DeviceAttachment attachment, Fault fault, String reason) {
        thread.enqueue(() -> slots.values().stream().filter(s -> s.attachment == attachment).findFirst().ifPresent(s -> handle(s, fault, reason)));
    }

    @Override
    public void link(DeviceAttachment attachment, LinkState link) {
        thread.enqueue(() -> slots.values().stream().filter(s -> s.attachment == attachment && s.isAttached()).findFirst()
                .ifPresent(s -> event(DeviceEvents.LINK, s, Map.of(DeviceEvents.LINK_STATE, link))));
    }

    private void handle(Slot s, Fault fault, String reason) {
        if (!s.isAttached()) {
            return;
        }
        LOG.warn("{}: {}: {}", s.device, s.driver.name(), reason);
        if (fault == Fault.GONE && s.attachment.isGone()) {
            forget(s, reason);
        } else if (swap.isOnProbation(s)) {
            // What the new driver cannot do, the one before it could.
            s.lasting.held = s.before;
            s.preferred = null;
            LOG.warn("{}: back to {}", s.device, s.before);
            lifecycle.detach(s, Lifecycle.After.IDLE, "%s failed soon after it was swapped in: %s".formatted(s.driver.text(), reason));
        } else if (fault == Fault.BROKEN) {
            quarantine(s, reason);
        } else {
            long now = System.nanoTime();
            s.resets.removeIf(t -> now - t > RESET_WINDOW_NANOS);
            s.resets.add(now);
            if (s.resets.size() >= RESETS) {
                s.resets.clear();
                quarantine(s, reason + "; the third time within ten seconds");
            } else {
                lifecycle.detach(s, Lifecycle.After.IDLE, reason);
            }
        }
        reconcile();
    }

    private void quarantine(Slot s, String reason) {
        lifecycle.detach(s, Lifecycle.After.QUARANTINE, reason);
        event(DeviceEvents.FAILED, s, Map.of());
    }

    private void housekeep() {
        for (Slot s : List.copyOf(slots.values())) {
            if (s.isAttached()) {
                try {
                    s.instance.housekeep();
                } catch (VirtualMachineError e) {
                    throw e;
                } catch (Throwable t) {
                    handle(s, Fault.BROKEN, "the driver failed in its housekeeping: " + t);
                }
            }
        }
        for (HostEntry h : List.copyOf(hosts)) {
            if (h.scanAgain) {
                scan(h);
                if (h.scans == SCANS) {
                    h.scanAgain = false;
                    LOG.warn("{}: a function still asks for more time after {} looks: it is ignored until the next change", h.name, SCANS);
                }
                reconcile();
            }
        }
        if (lifecycle.retryZombies()) {
            reconcile();
        }
    }

    /** Detaches and forgets everything. */
    void close() {
        List.copyOf(hosts).forEach(h -> removeHost(h.host));
        matchmaker.clear();
        lifecycle.giveUp();
    }

    // ---- what the world sees ----

    @Override
    public void publish(Slot slot) {
        slot.device.standing(slot.state, slot.driver, slot.reason, slot.attachment);
        if (slot.registration != null) {
            try {
                slot.registration.update(slot.device.properties());
            } catch (RuntimeException e) {
                LOG.warn("{}: its service properties could not be updated", slot.address(), e);
            }
        }
        synchronized (changed) {
            changed.notifyAll();
        }
    }

    @Override
    public void port(Slot slot) {
        if (slot.portRegistration == null) {
            try {
                slot.portRegistration = registrar.register(List.of(NetPort.class), slot.lasting.port, Map.of(NetDriverOps.DEVICE, slot.address()));
            } catch (RuntimeException e) {
                LOG.warn("{}: its port could not be registered as a service", slot.address(), e);
            }
        }
    }

    @Override
    public void event(String topic, Slot slot, Map<String, Object> more) {
        Map<String, Object> properties = new TreeMap<>(slot.device.properties());
        properties.putAll(more);
        try {
            listener.event(topic, properties);
        } catch (RuntimeException | LinkageError e) {
            LOG.warn("{}: a listener failed at {}", slot.address(), topic, e);
        }
    }
}
