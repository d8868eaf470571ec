package net.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import net.linux.device.Signal;
import net.linux.sys.Descriptors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread that hears when the kernel wants a device back, and sees within {@link #MILLIS} when devices come and go. */
final class Watch {
    /** Time between two looks; well below the second within which a device has to be let go of. */
    static final int MILLIS = 400;
    private static final Logger LOG = LoggerFactory.getLogger(Watch.class);

    /** Who hears of signals. */
    interface Hearer {
        void heard(String device, Signal signal);
    }

    private record Held(String device, Signal signal, int event) {
    }

    private final Descriptors fds;
    private final Supplier<Object> listing;
    private final Runnable changed;
    private final Hearer hearer;
    private final List<Held> held = new ArrayList<>();
    private final int wake;
    private final Thread thread;
    /** What was listed last. Its thread's. */
    private Object before;
    private volatile boolean closed;

    /**
     * @param listing what is there, compared with what was there before
     * @param changed runs when that is something else
     * @param hearer gets each signal of a device, each kind once
     */
    Watch(Descriptors fds, Supplier<Object> listing, Runnable changed, Hearer hearer) {
        this.fds = fds;
        this.listing = listing;
        this.changed = changed;
        this.hearer = hearer;
        wake = fds.eventfd();
        thread = Thread.ofPlatform().daemon().name("net-linux-watch").start(this::run);
    }

    /** @param events are readable when the kernel says so */
    void add(String device, Map<Signal, Integer> events) {
        synchronized (held) {
            if (!closed) {
                events.forEach((signal, event) -> held.add(new Held(device, signal, event)));
                fds.signal(wake);
            }
        }
    }

    /** Before the events are closed. */
    void remove(String device) {
        synchronized (held) {
            held.removeIf(h -> h.device.equals(device));
        }
    }

    private void run() {
        while (!closed) {
            attempt(this::compare);
            attempt(this::look);
        }
    }

    private static void attempt(Runnable what) {
        try {
            what.run();
        } catch (RuntimeException e) {
            LOG.warn("A look at this machine's devices failed: {}", e.toString(), e);
        }
    }

    private void compare() {
        Object now = listing.get();
        Object last = before;
        before = now;
        if (last != null && !now.equals(last)) {
            changed.run();
        }
    }

    /** Waits at most {@link #MILLIS}, less when there is a request. */
    private void look() {
        List<Held> now;
        synchronized (held) {
            now = List.copyOf(held);
        }
        int waited = Math.min(now.size(), Long.SIZE - 1);
        int[] events = new int[waited + 1];
        for (int i = 0; i < waited; i++) {
            events[i] = now.get(i).event;
        }
        events[waited] = wake;
        long ready = fds.poll(events, MILLIS);
        if ((ready >>> waited & 1) != 0) {
            fds.drain(wake);
        }
        hear(now, 0, waited, ready);
        // More than one call takes: these are heard within the same time, since they are looked at in between.
        for (int from = waited; from < now.size(); from += Long.SIZE) {
            int[] more = now.stream().skip(from).limit(Long.SIZE).mapToInt(Held::event).toArray();
            hear(now, from, more.length, fds.poll(more, 0));
        }
    }

    private void hear(List<Held> now, int from, int count, long ready) {
        for (int i = 0; i < count; i++) {
            if ((ready >>> i & 1) != 0) {
                hear(now.get(from + i));
            }
        }
    }

    private void hear(Held h) {
        synchronized (held) {
            if (!held.remove(h)) {
                return; // it was let go of meanwhile, and its event may be another's by now
            }
        }
        hearer.heard(h.device, h.signal);
    }

    /** Waits for the thread, which looks no longer than {@link #MILLIS} at a time, so that nobody uses the descriptor once it is closed. */
    void close() {
        synchronized (held) {
            closed = true;
            fds.signal(wake);
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        fds.close(wake);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
