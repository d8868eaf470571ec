package net.pci;

import java.util.List;
import java.util.Map;
import net.api.DevError;
import net.api.DevException;
import net.api.LinkState;
import net.api.NetBufPool;
import net.api.device.DeviceEvents;
import net.api.device.DeviceState;
import net.api.driver.Attachment.Fault;
import net.api.driver.DriverLocator;
import net.api.driver.NetDriver;
import net.api.host.DeviceHost;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what is attached to what: hosts, drivers, pools, configurations and users come here. After every change {@link #reconcile} brings devices where they
 * belong. Everything on the manager's thread, except where said.
 */
final class Manager implements DeviceAttachment.Reports {
    private static final Logger LOG = LoggerFactory.getLogger(Manager.class);
    private static final String BY_USER = "detached by the user";

    private final Announcer announcer;
    private final Lifecycle lifecycle;
    private final Matchmaker matchmaker;
    private final Swap swap;
    private final Update update;
    private final Configuration configuration = new Configuration();
    private final Hosts hosts;
    private final Faults faults;
    private final Locators locators = new Locators((l, s, text) -> thread().enqueue(() -> located(l, s, text)));
    private final Map<String, Slot> slots;
    /** Last: from its start on it uses all of the above. */
    private final ManagerThread thread;

    Manager(Registrar registrar, DeviceListener listener) {
        announcer = new Announcer(registrar, listener);
        lifecycle = new Lifecycle(announcer, this);
        matchmaker = new Matchmaker(lifecycle);
        swap = new Swap(lifecycle, announcer);
        update = new Update(lifecycle, swap);
        hosts = new Hosts(lifecycle, announcer, configuration, task -> thread().enqueue(() -> {
            task.run();
            reconcile();
        }));
        faults = new Faults(lifecycle, announcer, hosts, swap);
        slots = hosts.slots();
        thread = new ManagerThread(this::housekeep);
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
        return announcer.changed();
    }

    private List<Slot> all() {
        return List.copyOf(slots.values());
    }

    // ---- hosts ----

    void addHost(DeviceHost host) {
        hosts.add(host);
        reconcile();
    }

    void removeHost(DeviceHost host) {
        hosts.remove(host);
    }

    void rescan() {
        hosts.scan();
        reconcile();
    }

    // ---- drivers and pools ----

    void addDriver(DriverEntry entry) {
        matchmaker.add(entry);
        for (Slot s : all()) {
            if (Update.isAwaited(s, entry)) {
                updated(s, entry);
            }
        }
        reconcile();
    }

    /** The new version of a driver is there; it gets the device if it is the one that belongs there. */
    private void updated(Slot s, DriverEntry entry) {
        if (s.lasting.held.equals(s.vacancy.choice())) {
            s.lasting.held = entry.choice();
        }
        s.preferred = entry;
        List<DriverEntry> candidates = matchmaker.candidates(s, null);
        if (candidates.isEmpty() || candidates.getFirst().driver() != entry.driver()) {
            s.preferred = null;
            lifecycle.detach(s, Lifecycle.After.IDLE, entry.text() + " does not match, or another driver is wanted");
        } else {
            update.end(s, entry);
        }
    }

    /** @param returns a new version of it comes soon, from the same bundle */
    void removeDriver(NetDriver driver, boolean returns) {
        matchmaker.remove(driver);
        for (Slot s : all()) {
            s.forget(driver);
            if (s.driver != null && s.driver.driver() == driver && !(returns && s.isAttached() && update.begin(s))) {
                lifecycle.detach(s, Lifecycle.After.IDLE, "the driver " + s.driver.name() + " is gone");
            }
        }
        reconcile();
    }

    /** No new version comes from this bundle. */
    void endUpdate(long bundleId) {
        for (Slot s : all()) {
            if (s.vacancy != null && s.vacancy.bundleId() == bundleId) {
                lifecycle.detach(s, Lifecycle.After.IDLE, "the driver " + s.vacancy.driver() + " is gone");
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
        for (Slot s : all()) {
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
        for (Slot s : all()) {
            DeviceSettings now = configuration.of(s.address());
            boolean changes = !now.config().equals(s.wanted.config()) || !now.pool().equals(s.wanted.pool());
            s.lasting.settings.configured(s.wanted.config(), now.config());
            s.wanted = now;
            if (s.isRunning() && configuration.isExcluded(s.address()) && !excluded.contains(s.address())) {
                lifecycle.detach(s, Lifecycle.After.IDLE, "excluded by the configuration");
            } else if (s.isRunning() && changes) {
                lifecycle.detach(s, Lifecycle.After.IDLE, "its configuration was changed");
            }
        }
        reconcile();
    }

    // ---- what belongs together ----

    /** Attaches what can be attached and was not tried in vain before, or is to be tried again. */
    private void reconcile() {
        for (Slot s : all()) {
            if (s.state != DeviceState.IDLE || s.userDetached) {
                continue;
            }
            if (configuration.isExcluded(s.address())) {
                matchmaker.idle(s, "excluded by the configuration: attach it by hand, or take it out of 'exclude' of net.pci");
                continue;
            }
            Change change = new Change();
            try {
                List<DriverEntry> candidates = matchmaker.candidates(s, null);
                matchmaker.attach(s, candidates, false);
                locators.look(s, candidates.isEmpty());
            } catch (DevException e) {
                LOG.warn("{}: not attached: {}", s.device, s.reason);
                announcer.event(DeviceEvents.FAILED, s, change);
            }
        }
    }

    // ---- who finds drivers ----

    void addLocator(DriverLocator locator) {
        locators.add(locator);
        askAgain();
    }

    void removeLocator(DriverLocator locator) {
        locators.remove(locator);
        askAgain();
    }

    /** What was said may not be true any more: who said it is gone, or knows other repositories. */
    private void askAgain() {
        slots.values().forEach(s -> {
            s.asked = false;
            s.located = "";
        });
        reconcile();
    }

    private void located(DriverLocator locator, Slot s, String text) {
        if (locators.isHeard(locator) && s.state == DeviceState.IDLE && s.asked) {
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
            case DETACHING, UPDATING -> throw new DevException(DevError.RESOURCE_BUSY, "%s: %s".formatted(address, s.reason));
            default -> {
                List<DriverEntry> candidates = matchmaker.candidates(s, driver);
                if (candidates.isEmpty()) {
                    throw new DevException(DevError.UNSUPPORTED, "%s: %s; there are %s".formatted(s.device,
                            driver == null ? "no driver matches" : "no driver '" + driver + "' matches", matchmaker.driverNames()));
                }
                s.lasting.held = driver == null ? "" : driver;
                s.userDetached = false;
                s.resets.clear();
                s.retry = null;
                lifecycle.become(s, DeviceState.IDLE, "");
                Change change = new Change();
                try {
                    matchmaker.attach(s, candidates, true);
                } catch (DevException e) {
                    announcer.event(DeviceEvents.FAILED, s, change);
                    throw new DevException(e.error(), "%s: %s".formatted(address, e.getMessage()), e);
                }
            }
        }
    }

    void swap(String address, String driver) {
        Slot s = slots.get(address);
        if (s == null || !s.isAttached()) {
            throw notAttached(address, s);
        }
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

    private static DevException notAttached(String address, Slot s) {
        return s == null ? new DevException(DevError.BAD_STATE, address + " is gone") : s.notAttached();
    }

    void detach(String address) {
        Slot s = slots.get(address);
        boolean wouldBeAttached = s != null && s.state == DeviceState.IDLE && !s.userDetached;
        if (s == null || !wouldBeAttached && !s.isRunning() && s.state != DeviceState.DETACHING) {
            throw notAttached(address, s);
        }
        s.preferred = null;
        s.lasting.held = "";
        if (wouldBeAttached) {
            s.userDetached = true;
            s.retry = null;
            lifecycle.become(s, DeviceState.IDLE, BY_USER);
        } else if (s.isRunning()) {
            lifecycle.detach(s, Lifecycle.After.USER, BY_USER);
        } else {
            lifecycle.keepDetached(s, BY_USER);
        }
    }

    // ---- what attachments report ----

    @Override
    public void fault(DeviceAttachment attachment, Fault fault, String reason) {
        thread.enqueue(() -> slots.values().stream().filter(s -> s.attachment == attachment).findFirst().ifPresent(s -> {
            faults.handle(s, fault, reason);
            reconcile();
        }));
    }

    @Override
    public void link(DeviceAttachment attachment, LinkState link) {
        Change change = new Change();
        thread.enqueue(() -> slots.values().stream().filter(s -> s.attachment == attachment && s.isAttached()).findFirst()
                .ifPresent(s -> announcer.event(DeviceEvents.LINK, s, change, Map.of(DeviceEvents.LINK_STATE, link))));
    }

    // ---- time ----

    private void housekeep() {
        for (Slot s : all()) {
            if (s.isAttached()) {
                try {
                    s.instance.housekeep();
                } catch (InternalError e) {
                    faults.handle(s, Fault.GONE, "its registers are not there any more: " + e.getMessage());
                } catch (VirtualMachineError e) {
                    throw e;
                } catch (Throwable t) {
                    faults.handle(s, Fault.BROKEN, "the driver failed in its housekeeping: " + t);
                }
            }
        }
        boolean changed = lifecycle.retryZombies() | hosts.scanAgain();
        for (Slot s : all()) {
            changed |= update.expire(s) || s.retry != null && s.retry.isDue();
        }
        if (changed) {
            reconcile();
        }
    }

    /** Detaches and forgets everything. */
    void close() {
        hosts.removeAll();
        matchmaker.clear();
        lifecycle.giveUp();
    }
}
