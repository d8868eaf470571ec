package net.app.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.api.DevError;
import net.api.DevException;

/** The applications of a runtime: numbers them, keeps two from the same queue, stops them. Any thread. */
public final class Applications {
    /** Ended applications that are still listed. */
    private static final int KEPT = 16;

    private final CardSource source;
    private final Placement placement;
    private final Map<Integer, Running> running = new TreeMap<>();
    private int last;
    private boolean closed;

    /** Where cards come from. */
    @FunctionalInterface
    public interface CardSource {
        /** Offers and withdraws the cards of an application from now on, from any thread, until it is closed. */
        Following follow(App app);
    }

    /** Ends the offers; what is still offered is withdrawn. Again is no error. */
    @FunctionalInterface
    public interface Following extends AutoCloseable {
        @Override
        void close();
    }

    private record Running(App app, Following following) {
    }

    /** @param source offers cards to applications */
    public Applications(CardSource source) {
        this(source, Placement.NONE);
    }

    /**
     * @param source offers cards to applications
     * @param placement pins their threads
     */
    public Applications(CardSource source, Placement placement) {
        this.source = source;
        this.placement = placement;
    }

    /**
     * Starts an application.
     *
     * @throws DevException RESOURCE_BUSY if another one uses the same queues, BAD_STATE if this was closed
     */
    public synchronized void start(App app) {
        if (closed) {
            throw new DevException(DevError.BAD_STATE, "applications are being stopped");
        }
        for (Running r : running.values()) {
            if (isLive(r.app)) {
                exclude(app, r.app);
            }
        }
        int id = ++last;
        Following following = source.follow(app);
        running.put(id, new Running(app, following));
        app.placement(placement);
        app.start(id, following::close);
        forgetOld();
    }

    /** All that run, and some that have ended, by number. */
    public synchronized List<App> list() {
        return running.values().stream().map(Running::app).toList();
    }

    /** @throws DevException INVALID_PARAM if there is none of that number */
    public synchronized App get(int id) {
        Running r = running.get(id);
        if (r == null) {
            throw new DevException(DevError.INVALID_PARAM, running.isEmpty() ? "no application " + id + ": none is running"
                    : "no application " + id + ": there are " + running.keySet());
        }
        return r.app;
    }

    /**
     * Stops an application and takes it off the list.
     *
     * @throws DevException INVALID_PARAM if there is none of that number; RESOURCE_BUSY if its thread does not end
     */
    public App stop(int id) {
        App app = get(id);
        if (!app.stop()) {
            throw new DevException(DevError.RESOURCE_BUSY, "application " + app + " does not end; it was told to");
        }
        Running r;
        synchronized (this) {
            r = running.remove(id);
        }
        if (r != null) {
            r.following.close();
        }
        return app;
    }

    /** Stops all, and starts no more. @return those that did not end */
    public List<App> close() {
        List<Running> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(running.values());
            running.clear();
        }
        List<App> left = new ArrayList<>();
        for (Running r : all) {
            if (!r.app.stop()) {
                left.add(r.app);
            }
            r.following.close();
        }
        return left;
    }

    private static boolean isLive(App app) {
        return app.state() == AppState.WAITING || app.state() == AppState.RUNNING;
    }

    private static void exclude(App fresh, App other) {
        for (String card : fresh.devices()) {
            boolean receives = fresh.receivesOn(card) && other.receivesOn(card);
            if (receives || fresh.transmitsOn(card) && other.transmitsOn(card)) {
                throw new DevException(DevError.RESOURCE_BUSY, "application %s has the %s queue of %s: net:stop %d ends it"
                        .formatted(other, receives ? "receive" : "transmit", card, other.id()));
            }
        }
    }

    private void forgetOld() {
        List<Integer> ended = running.entrySet().stream().filter(e -> !isLive(e.getValue().app)).map(Map.Entry::getKey).toList();
        for (int i = 0; i < ended.size() - KEPT; i++) {
            running.remove(ended.get(i)).following.close();
        }
    }
}
