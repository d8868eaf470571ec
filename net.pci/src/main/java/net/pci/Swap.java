package net.pci;

import java.util.Map;
import java.util.Optional;
import net.api.DevError;
import net.api.DevException;
import net.api.NetBufPool;
import net.api.device.DeviceEvents;
import net.api.device.DeviceState;
import net.api.driver.DriverInstance;
import net.api.driver.HandOver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces the driver of an attached device by another. Manager's thread.
 *
 * <p>Warm, if both can: the old driver closes its queues and hands its state over, the new one goes on from there, and the device notices nothing. Else cold:
 * detach, attach. Whatever fails ends with the old driver, if that is possible at all.
 */
final class Swap {
    private static final Logger LOG = LoggerFactory.getLogger(Swap.class);

    private static final long PROBATION_NANOS = 5_000_000_000L;

    private final Lifecycle lifecycle;
    private final Lifecycle.Publisher publisher;

    Swap(Lifecycle lifecycle, Lifecycle.Publisher publisher) {
        this.lifecycle = lifecycle;
        this.publisher = publisher;
    }

    /**
     * Swaps, and holds the device to the new driver.
     *
     * @throws DevException why it has not the new driver; RESOURCE_BUSY if the old one has not left: then the device gets the new one when it has
     */
    void run(Slot s, DriverEntry to) {
        DriverEntry from = s.driver;
        String held = s.lasting.held;
        DeviceJfr.SwapSpan span = DeviceJfr.swap();
        long begun = System.nanoTime();
        s.lasting.held = to.choice();
        boolean warm = false;
        String failure = "";
        prepare(to);
        try {
            warm = warm(s, from, to);
            if (!warm) {
                cold(s, from, to);
            }
        } catch (DevException e) {
            failure = e.toString();
            if (e.error() != DevError.RESOURCE_BUSY) {
                s.lasting.held = held;
            }
            throw e;
        } finally {
            span.end(s.address(), from.text(), to.text(), warm, s.lasting.port.pauseNanos(), failure);
        }
        s.swappedAt = System.nanoTime();
        s.before = from.choice();
        tell(s, from.text(), warm, begun);
    }

    /** While the device still has its driver. What fails here fails later too, or does not matter. */
    private static void prepare(DriverEntry driver) {
        try {
            driver.registrar().prepare();
        } catch (RuntimeException e) {
            LOG.debug("{} could not be prepared", driver.text(), e);
        }
    }

    /** The device has another driver. */
    void tell(Slot s, String from, boolean warm, long begun) {
        long pause = s.lasting.port.pauseNanos();
        LOG.info("{}: {} swapped for {}, {}: queues closed for {} us", s.device, from, s.driver.text(), warm ? "warm" : "cold", pause / 1000);
        publisher.event(DeviceEvents.SWAPPED, s, Map.of(DeviceEvents.DURATION, System.nanoTime() - begun, DeviceEvents.FROM_DRIVER, from,
                DeviceEvents.WARM, warm, DeviceEvents.PAUSE, pause));
    }

    /** The driver was swapped in so short a time ago that a fault is likely to be its own. */
    boolean isOnProbation(Slot s) {
        return s.swappedAt != 0 && System.nanoTime() - s.swappedAt < PROBATION_NANOS;
    }

    // ---- warm ----

    /**
     * @return false if one of the two cannot: then the old driver only waits to be stopped
     * @throws DevException what the new driver failed with; the old one has the device again
     */
    private boolean warm(Slot s, DriverEntry from, DriverEntry to) {
        lifecycle.hide(s);
        Optional<HandOver> state = handOver(s);
        if (state.isEmpty()) {
            return false;
        }
        DeviceAttachment next = s.attachment.successor();
        DriverInstance instance;
        try {
            instance = takeOver(to, next, state.get());
        } catch (DevException e) {
            if (e.error() == DevError.UNSUPPORTED) {
                LOG.info("{}: {} does not go on where {} is: {}", s.address(), to.text(), from.text(), e.getMessage());
                return false;
            }
            back(s, from, next, state.get(), e);
            throw new DevException(e.error(), "%s: %s: %s; it has %s again".formatted(s.address(), to.text(), e.getMessage(), from.text()), e);
        }
        lifecycle.taken(s, to, instance, next);
        return true;
    }

    /** Empty if the driver cannot. */
    static Optional<HandOver> handOver(Slot s) {
        try {
            return s.instance.handOver();
        } catch (Throwable t) {
            LOG.warn("{}: {} failed to hand over", s.address(), s.driver.text(), t);
            return Optional.empty();
        }
    }

    /** @throws DevException whatever it failed with, errors of the virtual machine too: whoever calls has a device that runs, and must see to it */
    static DriverInstance takeOver(DriverEntry driver, DeviceAttachment attachment, HandOver state) {
        try {
            DriverInstance instance = driver.driver().takeOver(attachment, state);
            if (instance == null) {
                throw new DevException(DevError.IO, "the driver returned nothing");
            }
            return instance;
        } catch (DevException e) {
            throw e;
        } catch (Throwable t) {
            throw new DevException(DevError.IO, driver.name() + " failed to take over: " + t, t);
        }
    }

    /** The old driver takes its state again; if it cannot, it is attached anew. */
    private void back(Slot s, DriverEntry from, DeviceAttachment failed, HandOver state, DevException failure) {
        DeviceAttachment again = failed.successor();
        NetBufPool pool = s.pool;
        DeviceSettings settings = settings(s);
        try {
            lifecycle.taken(s, from, takeOver(from, again, state), again);
        } catch (DevException e) {
            failure.addSuppressed(e);
            detach(s, from);
            lifecycle.attach(s, from, settings, pool);
        }
    }

    // ---- cold ----

    private void cold(Slot s, DriverEntry from, DriverEntry to) {
        DeviceSettings settings = settings(s);
        NetBufPool pool = s.pool;
        detach(s, to);
        try {
            lifecycle.attach(s, to, settings, pool);
        } catch (DevException e) {
            String refused = s.reason;
            try {
                lifecycle.attach(s, from, settings, pool);
            } catch (DevException back) {
                e.addSuppressed(back);
                throw new DevException(e.error(), "%s: %s; and %s".formatted(s.address(), e.getMessage(), back.getMessage()), e);
            }
            lifecycle.become(s, s.state, refused + "; it has " + from.text() + " again");
            throw new DevException(e.error(), "%s: %s; it has %s again".formatted(s.address(), e.getMessage(), from.text()), e);
        }
    }

    private void detach(Slot s, DriverEntry to) {
        lifecycle.detach(s, Lifecycle.After.IDLE, "swapped for " + to.text());
        if (s.state != DeviceState.IDLE) {
            throw new DevException(DevError.RESOURCE_BUSY, "%s: %s; it gets %s then".formatted(s.address(), s.reason, to.text()));
        }
    }

    private static DeviceSettings settings(Slot s) {
        return s.wanted.with(s.lasting.settings.over(s.wanted.config()));
    }
}
