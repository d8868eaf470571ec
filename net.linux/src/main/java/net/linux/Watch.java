package net.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import net.linux.sys.Descriptors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread that hears when the kernel wants a device back, and sees within {@link #MILLIS} when devices come and go. */
final class Watch {
    /** Time between two looks; well below the second within which a device has to be let go of. */
    static final int MILLIS = 400;
    private static final Logger LOG = LoggerFactory.getLogger(Watch.class);

    private record Held(String device, int event) {
    }

    private final Descriptors fds;
    private final Supplier<Object> listing;
    private final Runnable changed;
    private final Consumer<String> wanted;
    private final List<Held> held = new ArrayList<>();
    private final int wake;
    private final Thread thread;
    private volatile boolean closed;

    /**
     * @param listing what is there, compared with what was there before
     * @param changed runs when that is something else
     * @param wanted gets the device that the kernel wants back
     */
    Watch(Descriptors fds, Supplier<Object> listing, Runnable changed, Consumer<String> wanted) {
        this.fds = fds;
        this.listing = listing;
        this.changed = changed;
        this.wanted = wanted;
        wake = fds.eventfd();
        thread = Thread.ofPlatform().daemon().name("net-linux-watch").start(this::run);
    }

    /** @param event is readable when the kernel wants the device */
    void add(String device, int event) {
        synchronized (held) {
            held.add(new Held(device, event));
        }
        fds.signal(wake);
    }

    /** Before the event is closed. */
    void remove(String device) {
        synchronized (held) {
            held.removeIf(h -> h.device.equals(device));
        }
    }

    private void run() {
        Object before = listing.get();
        while (!closed) {
            try {
                look();
                Object now = listing.get();
                if (!now.equals(before)) {
                    before = now;
                    changed.run();
                }
            } catch (RuntimeException e) {
                LOG.warn("A look at this machine's devices failed: {}", e.toString(), e);
            }
        }
        fds.close(wake);
    }

    /** Waits at most {@link #MILLIS}, less when there is a request. */
    private void look() {
        List<Held> now;
        synchronized (held) {
            now = List.copyOf(held);
        }
        int[] events = new int[Math.min(now.size() + 1, Long.SIZE)];
        events[0] = wake;
        for (int i = 1; i < events.length; i++) {
            events[i] = now.get(i - 1).event;
        }
        long ready = fds.poll(events, MILLIS);
        if ((ready & 1) != 0) {
            fds.drain(wake);
        }
        for (int i = 1; i < events.length; i++) {
            if ((ready >>> i & 1) != 0) {
                request(now.get(i - 1));
            }
        }
    }

    private void request(Held h) {
        synchronized (held) {
            if (!held.remove(h)) {
                return; // it was let go of meanwhile, and its event may be another's by now
            }
        }
        wanted.accept(h.device);
    }

    void close() {
        closed = true;
        fds.signal(wake);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
