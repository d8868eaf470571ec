package net.pci;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.api.DevError;
import net.api.DevException;
import net.api.NetBufPool;
import net.api.NetCapabilities;
import net.api.NetDriverOps;
import net.api.device.DeviceEvents;
import net.api.device.DeviceState;
import net.api.driver.DriverInstance;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Joins one device with one driver, and parts them, so that nothing stays behind. Manager's thread.
 *
 * <p>The order of parting is a contract: the service goes first, so that nobody new comes; then the driver stops, so that nobody is inside; then DMA,
 * registers and interrupts are turned off; then buffers and memory are freed; then the host gets the device back.
 */
final class Lifecycle {
    /** What becomes of a device after its driver was detached. */
    enum After {
        /** Attached again as soon as something fits. */
        IDLE(DeviceState.IDLE),
        /** Idle until the user attaches it. */
        USER(DeviceState.IDLE),
        /** Set aside. */
        QUARANTINE(DeviceState.QUARANTINED);

        private final DeviceState state;

        After(DeviceState state) {
            this.state = state;
        }
    }

    /** Shows changes to the world. */
    interface Publisher {
        void publish(Slot slot);

        /** The device has a driver: from now on, and until it is gone, it has a port. */
        void port(Slot slot);

        void event(String topic, Slot slot, Map<String, Object> more);
    }

    private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);
    private static final long FIRST_RETRY_NANOS = 500_000_000;
    private static final long LONGEST_RETRY_NANOS = 8_000_000_000L;

    /** A driver that was told to stop and could not promise that it has. */
    private static final class Zombie {
        private Slot slot;
        private String driver;
        /** Null if the driver has handed over and nobody went on: then nobody is inside, and the device runs until DMA is off. */
        private DriverInstance instance;
        private DeviceAttachment attachment;
        private After after;
        private String reason;
        private DeviceJfr.Span span;
        private long begun;
        private long next;
        private long delay = FIRST_RETRY_NANOS;
    }

    private final Publisher publisher;
    private final DeviceAttachment.Reports reports;
    private final List<Zombie> zombies = new ArrayList<>();

    Lifecycle(Publisher publisher, DeviceAttachment.Reports reports) {
        this.publisher = publisher;
        this.reports = reports;
    }

    /**
     * Attaches. If it fails, nothing stays behind, and the device is idle with the reason.
     *
     * @throws DevException what the driver or the host failed with
     */
    void attach(Slot slot, DriverEntry driver, DeviceSettings settings, NetBufPool pool) {
        long begun = System.nanoTime();
        DeviceJfr.Span span = DeviceJfr.attach();
        slot.driver = driver;
        slot.pool = pool;
        become(slot, DeviceState.ATTACHING, "");
        DeviceAttachment attachment = new DeviceAttachment(slot.device, pool, settings.config(), reports);
        slot.attachment = attachment;
        Throwable failure = null;
        try {
            attachment.acquire();
            slot.instance = driver.driver().attach(attachment);
            if (slot.instance == null) {
                throw new DevException(DevError.IO, "the driver returned nothing");
            }
            register(slot);
        } catch (Throwable t) {
            failure = t;
        }
        span.end(slot.address(), driver.name(), failure == null ? "" : text(failure), 0);
        if (failure != null) {
            undo(slot, driver.name() + ": " + text(failure));
            throw rethrown(driver.name(), failure);
        }
        slot.worked = settings;
        slot.preferred = driver;
        publisher.publish(slot);
        long nanos = System.nanoTime() - begun;
        LOG.info("{}: {} {} attached in {} ms", slot.device, driver.name(), driver.version(), nanos / 1_000_000);
        int node = slot.device.numaNode();
        if (node >= 0 && pool.node() >= 0 && node != pool.node()) {
            LOG.warn("{}: the card is on NUMA node {}, and the buffers of its pool {} are on node {}: choose a pool of node {} for it", slot.address(), node, pool.name(),
                    pool.node(), node);
        }
        publisher.event(DeviceEvents.ATTACHED, slot, Map.of(DeviceEvents.DURATION, nanos));
    }

    private void register(Slot slot) {
        UserSettings settings = slot.lasting.settings;
        NetDriverOps raw = slot.instance.ops();
        slot.state = DeviceState.ATTACHED;
        for (String problem : settings.restore(raw)) {
            LOG.warn("{}: {}", slot.address(), problem);
            slot.reason = joined(slot.reason, problem);
        }
        show(slot, raw);
    }

    /** The card is there for everybody; ports first, because their users do not wait for listeners. */
    private void show(Slot slot, NetDriverOps raw) {
        NetDriverOps ops = new Card(raw, slot.lasting.settings);
        slot.lasting.port.open(ops);
        slot.lasting.settings.card(raw).forEach(problem -> LOG.warn("{}: {}", slot.address(), problem));
        NetCapabilities capabilities = raw.capabilities();
        slot.device.standing(slot.state, slot.driver, slot.reason, slot.attachment);
        Map<String, Object> properties = new HashMap<>(slot.device.properties());
        properties.put(NetDriverOps.DEVICE, slot.address());
        properties.put(NetDriverOps.DRIVER, slot.driver.name());
        properties.put(NetDriverOps.DRIVER_VERSION, slot.driver.version());
        properties.put(NetDriverOps.MAC, ops.macAddress().toString());
        properties.put(NetDriverOps.RX_QUEUES, capabilities.rxQueues());
        properties.put(NetDriverOps.TX_QUEUES, capabilities.txQueues());
        publisher.port(slot); // first: who hears of the card finds its port
        slot.opsRegistration = slot.driver.registrar().register(List.of(NetDriverOps.class), ops, properties);
        slot.ops = ops; // last: who waits for it finds everything there
    }

    private void undo(Slot slot, String reason) {
        if (slot.instance != null) {
            detach(slot, After.IDLE, reason);
            return;
        }
        slot.attachment.silence(true);
        slot.attachment.free(false);
        forgetDriver(slot);
        become(slot, DeviceState.IDLE, reason);
    }

    /** Detaches, unless it is not attached. If the driver does not leave, the device stays detaching, and its memory is kept until the driver has left. */
    void detach(Slot slot, After after, String reason) {
        if (slot.attachment == null || slot.state == DeviceState.DETACHING) {
            return;
        }
        Zombie z = new Zombie();
        z.begun = System.nanoTime();
        z.span = DeviceJfr.detach();
        z.slot = slot;
        z.driver = slot.vacancy == null ? slot.driver.name() : slot.vacancy.driver();
        z.instance = slot.instance;
        z.attachment = slot.attachment;
        z.after = after;
        z.reason = reason;
        if (slot.vacancy != null) {
            slot.vacancy.span().end(slot.address(), slot.vacancy.text(), "", false, 0, reason);
        }
        become(slot, DeviceState.DETACHING, reason);
        hide(slot);
        boolean quiet = stop(z);
        z.attachment.silence(quiet);
        if (quiet) {
            finish(z);
            return;
        }
        z.next = System.nanoTime() + z.delay;
        zombies.add(z);
        LOG.warn("{}: {} did not leave: a thread is still inside, or the device did not stop. Its memory is kept until it does; the device cannot be attached"
                + " before", slot.address(), z.driver);
        waits(z);
    }

    private void waits(Zombie z) {
        become(z.slot, DeviceState.DETACHING, joined(z.reason, z.driver + " has not left yet, its memory is kept"));
    }

    /** Of a device that is detaching: nothing is attached to it when its driver has left. */
    void keepDetached(Slot slot, String reason) {
        zombies.stream().filter(z -> z.attachment == slot.attachment).forEach(z -> {
            z.after = After.USER;
            z.reason = reason;
            waits(z);
        });
    }

    /** Nobody new comes to the card. */
    void hide(Slot slot) {
        slot.ops = null;
        slot.lasting.settings.card(null);
        if (slot.opsRegistration != null) {
            unregister(slot);
        }
        slot.lasting.port.shut();
    }

    /**
     * Another driver has taken the running device over.
     *
     * @throws DevException if its card cannot be shown, because its bundle stops meanwhile, say: then the device is detached
     */
    void taken(Slot slot, DriverEntry driver, DriverInstance instance, DeviceAttachment attachment) {
        slot.driver = driver;
        slot.instance = instance;
        slot.attachment = attachment;
        slot.state = DeviceState.ATTACHED;
        slot.reason = "";
        try {
            show(slot, instance.ops());
        } catch (Throwable t) {
            detach(slot, After.IDLE, driver.text() + ": " + text(t));
            throw rethrown(driver.name(), t);
        }
        slot.vacancy = null;
        slot.preferred = driver;
        publisher.publish(slot);
    }

    /** The driver has handed over and goes, and nobody has come in its place yet. Nothing of it is kept. */
    void vacant(Slot slot, Vacancy vacancy) {
        slot.attachment = slot.attachment.successor();
        slot.vacancy = vacancy;
        slot.driver = null;
        slot.instance = null;
        slot.preferred = null;
        become(slot, DeviceState.UPDATING, vacancy.text() + " is being updated: the device runs on and waits for the new version");
    }

    private void unregister(Slot slot) {
        try {
            slot.opsRegistration.unregister();
        } catch (RuntimeException e) {
            LOG.warn("{}: its service could not be unregistered", slot.address(), e);
        }
        slot.opsRegistration = null;
    }

    private static boolean stop(Zombie z) {
        try {
            return z.instance == null || z.instance.stop();
        } catch (Throwable t) {
            LOG.warn("{}: {} failed while it stopped: it counts as not stopped", z.slot.address(), z.driver, t);
            return false;
        }
    }

    private void finish(Zombie z) {
        int buffers = z.attachment.free(z.instance != null);
        z.span.end(z.slot.address(), z.driver, z.reason, buffers);
        long nanos = System.nanoTime() - z.begun;
        LOG.info("{}: {} detached in {} ms, {} buffers taken back{}", z.slot.address(), z.driver, nanos / 1_000_000, buffers,
                z.reason.isEmpty() ? "" : ": " + z.reason);
        if (z.slot.attachment != z.attachment) {
            return; // the device was forgotten meanwhile
        }
        forgetDriver(z.slot);
        z.slot.userDetached = z.after == After.USER;
        become(z.slot, z.after.state, z.reason);
        publisher.event(DeviceEvents.DETACHED, z.slot, Map.of(DeviceEvents.DURATION, nanos));
    }

    /** Asks drivers that have not left whether they have now. Returns true if one has. */
    boolean retryZombies() {
        boolean left = false;
        for (Zombie z : List.copyOf(zombies)) {
            if (System.nanoTime() - z.next >= 0) {
                if (stop(z)) {
                    zombies.remove(z);
                    left = true;
                    z.attachment.disableDecode();
                    finish(z);
                } else {
                    z.delay = Math.min(2 * z.delay, LONGEST_RETRY_NANOS);
                    z.next = System.nanoTime() + z.delay;
                }
            }
        }
        return left;
    }

    /** The end: what a driver may still use stays in memory until the process ends. */
    void giveUp() {
        zombies.forEach(z -> LOG.warn("{}: {} has not left: its memory stays until the process ends", z.slot.address(), z.driver));
        zombies.clear();
    }

    /** The memory of an earlier driver of the device at this address is still kept. */
    boolean hasZombie(String address) {
        return zombies.stream().anyMatch(z -> z.slot.address().equals(address));
    }

    /** The device was forgotten while its driver had not left: what comes later is no longer its business. */
    void abandon(Slot slot) {
        slot.attachment = null;
        slot.vacancy = null;
        slot.driver = null;
    }

    /** Sets and shows the state. */
    void become(Slot slot, DeviceState state, String reason) {
        slot.state = state;
        slot.reason = reason;
        publisher.publish(slot);
    }

    private static void forgetDriver(Slot slot) {
        slot.swappedAt = 0;
        slot.vacancy = null;
        slot.driver = null;
        slot.instance = null;
        slot.attachment = null;
        slot.pool = null;
        slot.ops = null;
    }

    static RuntimeException rethrown(String driver, Throwable t) {
        // An access to mapped memory that is not there any more is an InternalError, and the device's business.
        if (t instanceof VirtualMachineError e && !(t instanceof InternalError)) {
            throw e;
        }
        return t instanceof DevException d ? d : new DevException(DevError.IO, driver + " failed to attach: " + t, t);
    }

    private static String text(Throwable t) {
        return t instanceof DevException d ? d.toString() : "failed with " + t;
    }

    static String joined(String first, String second) {
        return first.isEmpty() || second.isEmpty() ? first + second : first + "; " + second;
    }
}
