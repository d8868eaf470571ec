package net.api.driver;

import java.util.concurrent.atomic.AtomicInteger;
import net.api.driver.Attachment.Fault;

/** Counts what a device does against the rules, all queues together, and tells the attachment when it is enough. Any thread; never on the good path. */
public final class DeviceWatch {
    private final Attachment attachment;
    private final int limit;
    private final AtomicInteger violations = new AtomicInteger();
    private volatile boolean attached;

    /** For one attachment, not {@link #attached} yet. */
    public DeviceWatch(Attachment attachment) {
        this.attachment = attachment;
        this.limit = attachment.config().violationLimit();
    }

    /** The device's address, for messages. */
    public String device() {
        return attachment.device().address();
    }

    /** From now on there is something to report on; before, attaching fails by itself. */
    public void attached() {
        attached = true;
    }

    private void report(Fault fault, String reason) {
        if (attached) {
            attachment.report(fault, reason);
        }
    }

    /**
     * Notes a violation.
     *
     * @param where which queue or part
     * @param rule the name of its counter
     * @param found what the device wrote
     * @param limitOfValue what it was compared with
     */
    public void violation(String where, String rule, long found, long limitOfValue) {
        if (violations.incrementAndGet() == limit + 1) {
            report(Fault.BROKEN, "%s: %s, the device wrote %d where %d was the limit; more than %d violations of the rules"
                    .formatted(where, rule, found, limitOfValue, limit));
        }
    }

    /** Memory or registers vanished under an access. */
    public void vanished(String where, Throwable cause) {
        gone(where + ": its memory is not there any more: " + cause);
    }

    /** The device does not answer any more. */
    public void gone(String reason) {
        report(Fault.GONE, reason);
    }

    /** The device asks for a reset, or hangs. */
    public void needsReset(String reason) {
        report(Fault.NEEDS_RESET, reason);
    }

    /** From a {@link HandOver}: violations that are counted already. */
    public void restore(int before) {
        violations.set(before);
    }

    /** Violations so far. */
    public int violations() {
        return violations.get();
    }
}
