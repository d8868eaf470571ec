package net.app.core;

import java.util.List;
import net.api.DevError;
import net.api.DevException;
import net.api.NetCounter;
import net.api.NetDriverOps;
import net.api.PollThread;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A packet application: a thread of its own that waits for its cards, works on them until one goes away, gives everything back, and waits again.
 *
 * <p>The thread spins for a while when there is nothing to do and then sleeps on the receive queue, so that an idle card costs nothing; with
 * {@link AppOptions#busy} it never sleeps. Subclasses implement the work; what they override is called on that thread only. Everything public is for any
 * thread.
 */
public abstract class App implements PollThread {
    /** Empty polls before sleeping: about 20 microseconds. */
    private static final int SPINS = 512;
    /** While frames are with the card the application wakes up this often, so that their buffers come home. */
    private static final long RECLAIM_NANOS = 1_000_000;
    /** Pause before cards that would not have the application are tried again. */
    private static final long RETRY_MILLIS = 1000;
    /**
     * So long an application waits, with everything in its hands, for a card that went although nobody says that it comes back: while a driver is swapped cold its device
     * is idle for a moment. How long a card that is {@linkplain CardSet#expect expected} may be away is the device manager's to say.
     */
    private static final long SWAP_MILLIS = 500;
    /** No card is waited for longer: as long as the device manager waits for a change. */
    private static final long EXPECTED_MILLIS = 30_000;
    private static final Logger LOG = LoggerFactory.getLogger(App.class);

    private final String kind;
    private final CardSet cards;
    private final AppOptions options;
    private volatile int id;
    private volatile AppState state = AppState.WAITING;
    private volatile String reason = "";
    private volatile boolean stopping;
    private boolean closing;
    private volatile boolean done;
    private volatile Runnable atEnd = () -> { };
    private final Load load = new Load();
    private volatile Placement placement = Placement.NONE;
    private Thread thread;

    /** @param kind what it is, one word: {@code echo} */
    protected App(String kind, List<String> addresses, AppOptions options) {
        this.kind = kind;
        this.cards = new CardSet(addresses);
        this.options = options;
    }

    // ---- what it does: on its thread ----

    /** Takes the queues and sets the cards up. If it fails, {@link #close} follows. */
    protected abstract void open(List<NetDriverOps> ops);

    /** Does one batch of work. @return 0 if there was nothing to do */
    protected abstract int poll();

    /**
     * Sleeps until there may be work.
     *
     * @param round how often it has slept since there was some, from 0
     * @param most nanoseconds at most
     */
    protected abstract void rest(int round, long most) throws InterruptedException;

    /** Returns buffers of sent frames. @return how many still are with cards */
    protected abstract int reclaim();

    /** Releases every frame, gives the queues up, undoes settings. Cards may be gone, and {@link #open} may have failed half way. */
    protected abstract void close();

    /** What was counted, in a good order for reading. */
    protected abstract List<Counter> counted();

    /** Ends the application from within: its work is done. */
    protected final void finish(String why) {
        reason = why;
        done = true;
    }

    // ---- what users see ----

    /** Its number, from 1; 0 before it was started. */
    public final int id() {
        return id;
    }

    /** What it is: echo, forward, gen or sink. */
    public final String kind() {
        return kind;
    }

    @Override
    public final String name() {
        return "net-app-" + id + "-" + kind;
    }

    @Override
    public final long busyNanos() {
        return load.busyNanos();
    }

    @Override
    public final int processor() {
        return options.processor();
    }

    /** Who pins its thread; before {@link #start}. */
    final void placement(Placement p) {
        placement = p;
    }

    /** The addresses of its cards. */
    @Override
    public final List<String> devices() {
        return cards.addresses();
    }

    /** Where it stands. */
    public final AppState state() {
        return state;
    }

    /** Why it waits, ended or failed; "" if there is nothing to say. */
    public final String reason() {
        return state == AppState.WAITING && reason.isEmpty() && !cards.missing().isEmpty() ? "no driver on " + String.join(", ", cards.missing()) : reason;
    }

    /** Its arguments, for people. */
    public abstract String arguments();

    /** What it counted since it was started. */
    public final List<NetCounter> counters() {
        return counted().stream().map(Counter::snapshot).toList();
    }

    /** The value of a counter. @throws DevException INVALID_PARAM if it has none of that name */
    public final long counter(String name) {
        return counted().stream().filter(c -> c.name().equals(name)).findFirst()
                .orElseThrow(() -> new DevException(DevError.INVALID_PARAM, "no counter '" + name + "' in " + this)).get();
    }

    /** How it polls. */
    public final AppOptions options() {
        return options;
    }

    /** The cards it follows; for who offers and withdraws them. */
    public final CardSet cards() {
        return cards;
    }

    /** Uses receive queues of the card at that address. */
    public abstract boolean receivesOn(String address);

    /** Uses transmit queues of the card at that address. */
    public abstract boolean transmitsOn(String address);

    // ---- life ----

    /**
     * Starts the thread, once.
     *
     * @param number what users call it
     * @param whenEnded called on its thread when it has ended, however it came to that
     */
    public final synchronized void start(int number, Runnable whenEnded) {
        atEnd = whenEnded;
        if (thread != null) {
            throw new DevException(DevError.BAD_STATE, this + " was started before");
        }
        id = number;
        thread = Thread.ofPlatform().daemon().name(name()).unstarted(this::run);
        thread.start();
    }

    /**
     * Ends it: when the call returns true, its queues are given up and it holds no buffer.
     *
     * @return false if its thread did not end within two seconds; it is still told to
     */
    public final boolean stop() {
        synchronized (this) {
            stopping = true;
            if (thread == null || thread == Thread.currentThread()) {
                return true;
            }
            if (!closing) {
                thread.interrupt();
            }
        }
        return awaitEnd(2000);
    }

    /** Waits until it runs, or it is clear why it does not; but not long. */
    public final synchronized void awaitStart(long millis) throws InterruptedException {
        long deadline = System.nanoTime() + millis * 1_000_000;
        for (long left = millis; state == AppState.WAITING && reason().isEmpty() && left > 0; left = (deadline - System.nanoTime()) / 1_000_000) {
            wait(left);
        }
    }

    /** Waits until it has ended. */
    public final void join() throws InterruptedException {
        Thread t;
        synchronized (this) {
            t = thread;
        }
        t.join();
    }

    /** Waits until it has ended. @return false if it has not within that time */
    public final boolean awaitEnd(long millis) {
        Thread t;
        synchronized (this) {
            t = thread;
        }
        boolean interrupted = false;
        long deadline = System.nanoTime() + millis * 1_000_000;
        while (t.isAlive() && deadline - System.nanoTime() > 0) {
            try {
                t.join(java.time.Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
            } catch (InterruptedException e) {
                interrupted = true;
                break;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !t.isAlive();
    }

    private void run() {
        try {
            placement.place(this);
            while (!stopping && !done) {
                try {
                    turn();
                } catch (InterruptedException e) {
                    // Only stop() may end it, and that says so.
                    LOG.debug("{} was interrupted", this, e);
                }
            }
            become(AppState.ENDED, reason);
        } catch (RuntimeException e) {
            become(AppState.FAILED, e.toString());
            LOG.error("{} failed", this, e);
        } finally {
            atEnd.run();
        }
    }

    /** Works on the cards, from when all are there until one is not. */
    private void turn() throws InterruptedException {
        List<NetDriverOps> ops = cards.await();
        work(ops);
        boolean gone = !cards.isCurrent(ops);
        if (!stopping && !done && gone && options.untilGone()) {
            finish("a card went away");
        } else if (!stopping && !done && !gone) {
            cards.awaitChange(ops, RETRY_MILLIS);
        }
    }

    private synchronized void become(AppState newState, String why) {
        reason = why;
        state = newState;
        notifyAll();
    }

    private void work(List<NetDriverOps> ops) throws InterruptedException {
        try {
            open(ops);
            placement.look(this, ops);
            become(AppState.RUNNING, "");
            loop(ops);
        } catch (DevException e) {
            // A card that is there but closed is about to go; that is no news. Anything else is.
            become(AppState.WAITING, cards.isCurrent(ops) ? e.toString() : "");
        } finally {
            load.end();
            closing(true);
            if (!done) {
                become(AppState.WAITING, reason);
            }
            close();
            ops.forEach(App::flush);
            closing(false);
        }
    }

    /** While it closes it may have to wait for a card to answer: nobody interrupts that, and an interrupt that came before was for the loop. */
    private synchronized void closing(boolean now) {
        closing = now;
        if (now) {
            Thread.interrupted();
        }
    }

    private static void flush(NetDriverOps ops) {
        try {
            ops.pool().cache().flush();
        } catch (DevException e) {
            LOG.trace("the pool of {} is closed", ops.deviceName(), e);
        }
    }

    private void loop(List<NetDriverOps> ops) throws InterruptedException {
        int idle = 0;
        int seen = cards.changes();
        load.begin();
        while (!stopping && !done) {
            int changes = cards.changes();
            if (changes != seen) {
                seen = changes;
                if (!cards.isCurrent(ops)) {
                    if (idle == 0) {
                        load.end();
                    }
                    become(AppState.WAITING, "");
                    if (!cards.awaitBack(ops, SWAP_MILLIS, EXPECTED_MILLIS)) {
                        return;
                    }
                    become(AppState.RUNNING, "");
                    load.begin();
                    idle = 0;
                }
            }
            if (poll() > 0) {
                if (idle > 0) {
                    load.begin();
                }
                idle = 0;
                continue;
            }
            if (idle == 0) {
                load.end();
            }
            if (++idle < SPINS || options.busy()) {
                if ((idle & 63) == 0) {
                    reclaim();
                }
                Thread.onSpinWait();
            } else {
                rest(idle - SPINS, reclaim() > 0 ? RECLAIM_NANOS : Long.MAX_VALUE);
            }
        }
    }

    /** {@code 3 echo on sim/0000:00:01.0}. */
    @Override
    public final String toString() {
        return id + " " + kind + " on " + String.join(", ", devices());
    }
}
