package net.pci;

import net.api.device.DeviceEvents;
import net.api.driver.Attachment.Fault;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides what becomes of a device that cannot go on, or of its driver. Manager's thread. */
final class Faults {
    private static final Logger LOG = LoggerFactory.getLogger(Faults.class);
    /** This many resets within {@link #RESET_WINDOW_NANOS} are a broken device. */
    private static final int RESETS = 3;
    private static final long RESET_WINDOW_NANOS = 10_000_000_000L;

    private final Lifecycle lifecycle;
    private final Announcer announcer;
    private final Hosts hosts;
    private final Swap swap;

    Faults(Lifecycle lifecycle, Announcer announcer, Hosts hosts, Swap swap) {
        this.lifecycle = lifecycle;
        this.announcer = announcer;
        this.hosts = hosts;
        this.swap = swap;
    }

    /** An attached device's driver has reported this. */
    void handle(Slot s, Fault fault, String reason) {
        if (!s.isAttached()) {
            return;
        }
        LOG.warn("{}: {}: {}", s.device, s.driver.name(), reason);
        if (fault == Fault.GONE && s.attachment.isGone()) {
            hosts.forget(s, reason);
        } else if (swap.isOnProbation(s)) {
            // What the new driver cannot do, the one before it could.
            s.lasting.held = s.before;
            s.preferred = null;
            LOG.warn("{}: back to {}", s.device, s.before);
            lifecycle.detach(s, Lifecycle.After.IDLE, "%s failed soon after it was swapped in: %s".formatted(s.driver.text(), reason));
        } else if (fault == Fault.BROKEN) {
            quarantine(s, reason);
        } else {
            reset(s, reason);
        }
    }

    private void reset(Slot s, String reason) {
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

    private void quarantine(Slot s, String reason) {
        Change change = new Change();
        lifecycle.detach(s, Lifecycle.After.QUARANTINE, reason);
        announcer.event(DeviceEvents.FAILED, s, change);
    }
}
