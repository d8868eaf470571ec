package net.app.traffic;

import java.util.List;
import net.api.NetBuf;
import net.api.NetBufCache;
import net.api.NetDriverOps;
import net.app.core.App;
import net.app.core.AppOptions;
import net.app.core.Counter;
import net.app.core.Receiver;
import net.app.core.Setup;

/** The application that receives everything, and tells from the numbers in a generator's frames what was lost, late or doubled. */
public final class Sink extends App {
    /** Frames that are still under way arrive within this time of each other. */
    private static final long QUIET_MILLIS = 200;
    private static final int QUIET_ROUNDS = 25;

    private final String address;
    private final NetBuf[] batch;
    private final SequenceTracker tracker = new SequenceTracker();
    private final Counter received = Counter.frames("received");
    private final Counter numbered = Counter.frames("numbered");
    private final Counter other = Counter.frames("other");
    private final Counter lost = Counter.frames("lost");
    private final Counter late = Counter.frames("late");
    private final Counter duplicate = Counter.frames("duplicate");
    private final Counter streams = new Counter("streams", "events");
    private final Counter bytes = new Counter("bytes", "bytes");

    private Receiver[] receivers = {};
    private NetBufCache cache;
    private Setup setup;
    private int held;
    private int stream;
    private long lostBefore;
    private long lateBefore;
    private long duplicateBefore;

    /** @param address of the card */
    public Sink(String address, AppOptions options) {
        super("sink", List.of(address), options);
        this.address = address;
        this.batch = new NetBuf[options.batch()];
    }

    @Override
    protected void open(List<NetDriverOps> cards) {
        NetDriverOps ops = cards.getFirst();
        cache = ops.pool().cache();
        receivers = new Receiver[] {new Receiver(ops, received)};
        setup = Setup.promiscuous(ops);
    }

    @Override
    protected int poll() {
        int n = receivers[0].receive(batch, batch.length);
        if (n == 0) {
            return 0;
        }
        held = n;
        int hits = 0;
        long size = 0;
        for (int i = 0; i < n; i++) {
            NetBuf frame = batch[i];
            size += frame.frameLength();
            if (Pattern.matches(frame)) {
                hits++;
                if (Pattern.stream(frame) != stream) {
                    startStream(Pattern.stream(frame));
                }
                tracker.arrived(Pattern.sequence(frame));
            }
        }
        cache.release(batch, 0, n);
        held = 0;
        bytes.add(size);
        numbered.add(hits);
        other.add(n - hits);
        lost.set(lostBefore + tracker.lost());
        late.set(lateBefore + tracker.late());
        duplicate.set(duplicateBefore + tracker.duplicate());
        return n;
    }

    private void startStream(int id) {
        stream = id;
        lostBefore += tracker.lost();
        lateBefore += tracker.late();
        duplicateBefore += tracker.duplicate();
        tracker.reset();
        streams.add(1);
    }

    @Override
    protected void rest(int round, long most) throws InterruptedException {
        Receiver.await(receivers, round, most);
    }

    @Override
    protected int reclaim() {
        return 0;
    }

    @Override
    protected void close() {
        for (int i = 0; i < held; i++) {
            if (batch[i] != null) {
                batch[i].release();
                batch[i] = null;
            }
        }
        held = 0;
        for (Receiver r : receivers) {
            r.close();
        }
        receivers = new Receiver[0];
        if (setup != null) {
            setup.undo();
            setup = null;
        }
    }

    @Override
    protected List<Counter> counted() {
        return List.of(received, bytes, numbered, other, lost, late, duplicate, streams);
    }

    /** Frames of generators, each number counted once. */
    public long distinct() {
        return numbered.get() - duplicate.get();
    }

    /** Waits until so many have arrived, or nothing has for a while. */
    public void awaitQuiet(long expected) throws InterruptedException {
        long before = -1;
        for (int i = 0; i < QUIET_ROUNDS && distinct() < expected && before != distinct(); i++) {
            before = distinct();
            Thread.sleep(QUIET_MILLIS);
        }
    }

    @Override
    public String arguments() {
        return "";
    }

    @Override
    public boolean receivesOn(String card) {
        return card.equals(address);
    }

    @Override
    public boolean transmitsOn(String card) {
        return false;
    }
}
