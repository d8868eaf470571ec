package net.pci;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import net.api.DevException;
import net.api.driver.HandOver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps devices at work while the bundle of their driver is updated. Manager's thread.
 *
 * <p>A framework stops the old version before it starts the new one: for a moment there is no driver. So the old one hands over when it goes, its state is
 * kept, and the device runs on in its rings, until the new version's driver is there and takes it over. Nothing of the old version is kept meanwhile.
 */
final class Update {
    /** So long a device runs without a driver. */
    private static final long PATIENCE_NANOS = 5_000_000_000L;
    private static final Logger LOG = LoggerFactory.getLogger(Update.class);

    private final Lifecycle lifecycle;
    private final Swap swap;

    Update(Lifecycle lifecycle, Swap swap) {
        this.lifecycle = lifecycle;
        this.swap = swap;
    }

    /** The driver goes. Returns false if it does not hand over: then it only waits to be stopped. */
    boolean begin(Slot s) {
        DeviceJfr.SwapSpan span = DeviceJfr.swap();
        long begun = System.nanoTime();
        lifecycle.hide(s);
        Optional<HandOver> state = Swap.handOver(s);
        DriverEntry from = s.driver;
        state.ifPresent(h -> lifecycle.vacant(s, new Vacancy(from.name(), from.version(), from.choice(), from.source().bundleId(), h, begun, span)));
        return state.isPresent();
    }

    /** The driver is a new version of the one that the device waits for. */
    static boolean isAwaited(Slot s, DriverEntry driver) {
        return s.vacancy != null && s.vacancy.bundleId() == driver.source().bundleId() && s.vacancy.driver().equals(driver.name());
    }

    /** The new version takes the device over; if it cannot, the device is detached, for whoever can. */
    void end(Slot s, DriverEntry to) {
        Vacancy v = s.vacancy;
        try {
            lifecycle.taken(s, to, Swap.takeOver(to, s.attachment, v.state()), s.attachment);
        } catch (DevException e) {
            LOG.info("{}: {} does not go on where {} was: {}", s.address(), to.text(), v.text(), e.getMessage());
            lifecycle.detach(s, Lifecycle.After.IDLE, "updated to %s, which does not go on from there: %s".formatted(to.text(), e.getMessage()));
            return;
        }
        v.span().end(s.address(), v.text(), to.text(), true, s.lasting.port.pauseNanos(), "");
        swap.tell(s, v.text(), true, v.begun());
    }

    /** Gives up if the time is over. Returns whether it has. */
    boolean expire(Slot s) {
        if (s.vacancy == null || System.nanoTime() - s.vacancy.begun() < PATIENCE_NANOS) {
            return false;
        }
        lifecycle.detach(s, Lifecycle.After.IDLE,
                "the new version of %s has not come within %d s".formatted(s.vacancy.driver(), TimeUnit.NANOSECONDS.toSeconds(PATIENCE_NANOS)));
        return true;
    }
}
