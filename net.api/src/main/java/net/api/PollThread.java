package net.api;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/** A thread that polls cards, as those who look at the runtime see it. Registered as a service by whoever runs it. Any thread. */
@ConsumerType
public interface PollThread {
    /** The thread's name. */
    String name();

    /** The addresses of the cards that it polls. */
    List<String> devices();

    /** Nanoseconds since its start in which it had work: without the time in which it looked in vain, or slept. */
    long busyNanos();

    /** The processor that it is pinned to, from 0; -1 if to none. */
    int processor();
}
