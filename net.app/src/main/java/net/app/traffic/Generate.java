package net.app.traffic;

import java.util.List;
import java.util.concurrent.locks.LockSupport;
import net.api.DevError;
import net.api.DevException;
import net.api.EthernetAddress;
import net.api.NetBuf;
import net.api.NetBufCache;
import net.api.NetDriverOps;
import net.app.core.App;
import net.app.core.AppOptions;
import net.app.core.Counter;
import net.app.core.Sender;
import net.shell.text.Units;

/** The application that sends numbered frames, as fast as the card takes them or at a rate. */
public final class Generate extends App {
    /** Sleep while the transmit ring is full: less than it takes a fast card to empty a small ring. */
    private static final long RING_FULL_NANOS = 20_000;
    /** How much of a second may be caught up after the thread was held up. */
    private static final double CATCH_UP = 0.01;
    /** Longest wait for the card to be done with the last frames. */
    private static final long DRAIN_NANOS = 1_000_000_000;
    private static final double NANOS = 1e9;

    private final String address;
    private final Plan plan;
    private final Sink sink;
    private final Sender.Counters sending = Sender.Counters.named("");
    private final Counter noBuffer = new Counter("waits_for_buffer", "events");
    private final Counter elapsed = new Counter("elapsed", "ns");

    private Pattern pattern;
    private Sender sender;
    private NetBufCache cache;
    private long sequence;
    private double credit;
    private long lastTime;
    private long drainSince;

    /**
     * What is to be sent.
     *
     * @param size bytes of a frame without check sequence, 60 to what the card can
     * @param rate frames a second, 0 for as many as go
     * @param count frames, 0 for no end
     * @param destination where to
     */
    public record Plan(int size, long rate, long count, EthernetAddress destination) {
        /** @throws DevException INVALID_PARAM if a number is out of range */
        public Plan {
            if (size < Pattern.MIN) {
                throw new DevException(DevError.INVALID_PARAM, "a frame of " + size + " bytes is shorter than Ethernet's " + Pattern.MIN);
            }
            if (rate < 0 || count < 0) {
                throw new DevException(DevError.INVALID_PARAM, "rate " + rate + " and count " + count + " must not be negative");
            }
        }

        /** @throws DevException INVALID_PARAM if that card cannot send such frames */
        public void check(NetDriverOps ops) {
            int max = Math.min(ops.maxFrameLength(), ops.pool().dataRoom());
            if (size > max) {
                throw new DevException(DevError.INVALID_PARAM, ("a frame of %d bytes is longer than the %d that %s sends: its MTU is %d, "
                        + "a buffer of its pool holds %d").formatted(size, max, ops.deviceName(), ops.mtu(), ops.pool().dataRoom()));
            }
        }
    }

    /**
     * @param address of the card
     * @param sink that receives the frames, null if nobody counts them
     */
    public Generate(String address, Plan plan, AppOptions options, Sink sink) {
        super("gen", List.of(address), options);
        this.address = address;
        this.plan = plan;
        this.sink = sink;
    }

    @Override
    protected void open(List<NetDriverOps> cards) {
        NetDriverOps ops = cards.getFirst();
        plan.check(ops);
        cache = ops.pool().cache();
        pattern = new Pattern(plan.size(), plan.destination(), ops.macAddress());
        sequence = 0;
        credit = 1;
        drainSince = 0;
        lastTime = System.nanoTime();
        sender = new Sender(ops, options().batch(), Integer.MAX_VALUE, sending);
    }

    @Override
    protected int poll() {
        long now = System.nanoTime();
        elapsed.add(now - lastTime);
        if (plan.rate() > 0) {
            credit = Math.min(credit + (now - lastTime) * (plan.rate() / NANOS), Math.max(options().batch(), plan.rate() * CATCH_UP));
        }
        lastTime = now;
        if (!sender.isEmpty()) {
            return sender.push();
        }
        long wanted = plan.rate() > 0 ? Math.min(options().batch(), (long) credit) : options().batch();
        if (plan.count() > 0) {
            long left = plan.count() - sending.sent().get();
            if (left <= 0) {
                drain(now);
                return 0;
            }
            wanted = Math.min(wanted, left);
        }
        return wanted > 0 ? send((int) wanted) : 0;
    }

    private int send(int wanted) {
        NetBuf[] frames = sender.frames();
        int n = cache.allocate(frames, 0, wanted);
        if (n == 0) {
            noBuffer.add(1);
            sender.reclaim();
            return 0;
        }
        sender.fill(n);
        for (int i = 0; i < n; i++) {
            pattern.write(frames[i], sequence++);
        }
        credit -= n;
        sender.push();
        return n;
    }

    private void drain(long now) {
        if (drainSince == 0) {
            drainSince = now;
        }
        if (sender.reclaim() == 0 || now - drainSince > DRAIN_NANOS) {
            finish("sent " + Units.count(sending.sent().get()) + " frames");
        }
    }

    @Override
    protected void rest(int round, long most) throws InterruptedException {
        long wait = RING_FULL_NANOS;
        if (sender.isEmpty() && plan.rate() > 0) {
            wait = (long) ((1 - credit) / plan.rate() * NANOS);
        }
        LockSupport.parkNanos(Math.max(1, Math.min(wait, most)));
    }

    @Override
    protected int reclaim() {
        return sender.reclaim();
    }

    @Override
    protected void close() {
        if (sender != null) {
            sender.close();
            sender = null;
        }
    }

    @Override
    protected List<Counter> counted() {
        return List.of(sending.sent(), noBuffer, sending.refused(), sending.abandoned());
    }

    /** Frames that the card took. */
    public long sent() {
        return sending.sent().get();
    }

    /** Who counts its frames, or null. */
    public Sink sink() {
        return sink;
    }

    /** Rate and loss so far. */
    public TrafficReport report() {
        return sink == null ? new TrafficReport(plan.size(), sent(), seconds(), "", 0, 0, 0) : new TrafficReport(plan.size(), sent(), seconds(),
                sink.devices().getFirst(), sink.distinct(), sink.counter("late"), sink.counter("duplicate"));
    }

    /** Seconds that it has been sending. */
    public double seconds() {
        return elapsed.get() / NANOS;
    }

    /** What it sends. */
    public Plan plan() {
        return plan;
    }

    @Override
    public String arguments() {
        return "%d bytes to %s, %s%s".formatted(plan.size(), plan.destination(), plan.rate() == 0 ? "full rate" : Units.packets(plan.rate()),
                plan.count() == 0 ? "" : ", " + Units.count(plan.count()) + " frames");
    }

    @Override
    public boolean receivesOn(String card) {
        return false;
    }

    @Override
    public boolean transmitsOn(String card) {
        return card.equals(address);
    }
}
