package net.driver.virtio;

import java.util.concurrent.atomic.AtomicInteger;
import net.api.driver.Attachment;
import net.api.driver.Attachment.Fault;

/** Counts what a device does against the rules, all queues together, and tells the attachment when it is enough. Any thread; never on the good path. */
final class Watch {
    private final Attachment attachment;
    private final int limit;
    private final AtomicInteger violations = new AtomicInteger();
    private volatile boolean attached;

    Watch(Attachment attachment) {
        this.attachment = attachment;
        this.limit = attachment.config().violationLimit();
    }

    /** From now on there is something to report on; before, attaching fails by itself. */
    void attached() {
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
     * @param queue which queue
     * @param what the rule
     * @param found what the device wrote
     * @param limitOfValue what it was compared with
     */
    void violation(String queue, Violation what, long found, long limitOfValue) {
        if (violations.incrementAndGet() == limit + 1) {
            report(Fault.BROKEN, "%s: %s, the device wrote %d where %d was the limit; more than %d violations of the rules"
                    .formatted(queue, what.counter(), found, limitOfValue, limit));
        }
    }

    /** Memory or registers vanished under an access. */
    void vanished(String queue, Throwable cause) {
        gone(queue + ": its memory is not there any more: " + cause);
    }

    /** The device does not answer any more. */
    void gone(String reason) {
        report(Fault.GONE, reason);
    }

    /** The device asks for a reset, or hangs. */
    void needsReset(String reason) {
        report(Fault.NEEDS_RESET, reason);
    }

    /** Violations so far. */
    int count() {
        return violations.get();
    }
}
