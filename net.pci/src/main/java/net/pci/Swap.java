package net.pci;

import java.util.Map;
import net.api.DevError;
import net.api.DevException;
import net.api.NetBufPool;
import net.api.device.DeviceEvents;
import net.api.device.DeviceState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Replaces the driver of an attached device by another. Manager's thread. */
final class Swap {
    private static final Logger LOG = LoggerFactory.getLogger(Swap.class);

    private final Lifecycle lifecycle;
    private final Lifecycle.Publisher publisher;

    Swap(Lifecycle lifecycle, Lifecycle.Publisher publisher) {
        this.lifecycle = lifecycle;
        this.publisher = publisher;
    }

    /**
     * Swaps, and holds the device to the new driver. If that fails, the device has its old driver again, if that is possible at all.
     *
     * @throws DevException why it has not the new driver; RESOURCE_BUSY if the old one has not left: then the device gets the new one when it has
     */
    void run(Slot s, DriverEntry to) {
        DriverEntry from = s.driver;
        String held = s.lasting.held;
        DeviceJfr.Span span = DeviceJfr.swap();
        long begun = System.nanoTime();
        s.lasting.held = to.choice();
        String failure = "";
        try {
            again(s, from, to);
        } catch (DevException e) {
            failure = e.toString();
            if (e.error() != DevError.RESOURCE_BUSY) {
                s.lasting.held = held;
            }
            throw e;
        } finally {
            span.end(s.address(), from.text() + " to " + to.text(), failure, 0);
        }
        long nanos = System.nanoTime() - begun;
        LOG.info("{}: swapped {} for {} in {} ms", s.device, from.text(), to.text(), nanos / 1_000_000);
        publisher.event(DeviceEvents.SWAPPED, s, Map.of(DeviceEvents.DURATION, nanos, DeviceEvents.FROM_DRIVER, from.text()));
    }

    /** Detaches, and attaches again. */
    private void again(Slot s, DriverEntry from, DriverEntry to) {
        DeviceSettings settings = s.wanted.with(s.lasting.settings.over(s.wanted.config()));
        NetBufPool pool = s.pool;
        lifecycle.detach(s, Lifecycle.After.IDLE, "swapped for " + to.text());
        if (s.state != DeviceState.IDLE) {
            throw new DevException(DevError.RESOURCE_BUSY, "%s: %s; it gets %s then".formatted(s.address(), s.reason, to.text()));
        }
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
}
