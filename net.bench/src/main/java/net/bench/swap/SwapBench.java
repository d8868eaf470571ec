package net.bench.swap;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import net.api.EthernetAddress;
import net.api.NetDriverOps;
import net.bench.Row;
import net.bench.Samples;

/**
 * Drivers swapped A to B to A under the load of numbered frames: how long queues are closed, how long the application sees nothing, and that no frame is lost, repeated or out
 * of order. Then cold, and cards pulled and plugged in again; and what all that leaves behind.
 */
public final class SwapBench {
    private static final String NAME = "swap";
    private static final int WARM_UP = 30;
    /** New versions, and cold swaps, take longer than the others: so many times fewer of them. */
    private static final int FEWER = 5;
    /** Where frames are lost with their ring, nobody waits for them for longer. */
    private static final long LOST_NANOS = 5_000_000;
    private static final long NEVER_NANOS = 1_000_000_000;
    /** Versions that a pair has at the end. */
    static final int IN_USE = 2;
    private static final long COLLECT_NANOS = 5_000_000_000L;
    private static final double P99 = 0.99;
    private static final double KIB = 1024;

    private final Consumer<Row> report;
    private final SwapOptions options;

    /** @param report gets the rows as they come */
    public SwapBench(Consumer<Row> report, SwapOptions options) {
        this.report = report;
        this.options = options;
    }

    /**
     * What happened to frames and to the process.
     *
     * @param growth from the beginning to the end
     * @param late of it in the second half: what grows with every swap grows in both halves alike, what is made once grows in the first
     */
    record Outcome(long frames, long lost, long repeated, boolean warm, Footprint growth, Footprint late, long leftBehind, long liveLoaders) {
    }

    /** All of it. */
    public void run() {
        int rounds = options.swaps() / IN_USE;
        for (SwapCard card : options.cards()) {
            String name = card.name().toLowerCase(Locale.ROOT) + ", ";
            Outcome warm = swaps(card, name + "warm, two versions", true, false, rounds);
            Outcome fresh = swaps(card, name + "warm, each time a new version", true, true, rounds / FEWER);
            Outcome cold = swaps(card, name + "cold", false, false, rounds / FEWER);
            Outcome pulled = pulls(card, options.swaps());
            tell(name + "warm, two versions", warm);
            tell(name + "warm, each time a new version", fresh);
            report.accept(one(name + "warm, each time a new version: class loaders left", "loaders", fresh.liveLoaders));
            tell(name + "cold", cold);
            tell(name + "pulled and plugged in", pulled);
        }
    }

    /** @param rounds each swaps both cards to the other version and back */
    Outcome swaps(SwapCard card, String name, boolean warm, boolean fresh, int rounds) {
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        Samples closed = new Samples();
        Samples gaps = new Samples();
        try (SwapRig rig = new SwapRig(card, warm ? NEVER_NANOS : LOST_NANOS)) {
            SwapRig.Version[] pair = {rig.install(warm), rig.install(warm)};
            boolean all = true;
            for (int i = 0; i < WARM_UP; i++) {
                round(rig, pair, fresh, new Samples(), new Samples(), loaders);
            }
            loaders.clear();
            Settings set = setUp(rig.card(0));
            Footprint before = Footprint.now();
            Footprint middle = before;
            for (int i = 0; i < rounds; i++) {
                middle = i == rounds / 2 ? Footprint.now() : middle;
                all &= round(rig, pair, fresh, closed, gaps, loaders);
            }
            Footprint after = Footprint.now();
            checkSettings(rig.card(0), set);
            rig.traffic().settle();
            NumberedTraffic t = rig.traffic();
            report.accept(Row.of(NAME, name + ": queues closed", "us", closed));
            report.accept(percentile(name + ": queues closed, p99", closed));
            report.accept(Row.of(NAME, name + ": without a frame", "us", gaps));
            report.accept(percentile(name + ": without a frame, p99", gaps));
            return new Outcome(t.received(), t.lost(), t.repeated(), all, after.minus(before), after.minus(middle), rig.leftBehind(), alive(loaders));
        }
    }

    /** Loaders that collections leave; a thread may hold one for a moment longer. */
    private static long alive(List<WeakReference<ClassLoader>> loaders) {
        long deadline = System.nanoTime() + COLLECT_NANOS;
        long alive;
        do {
            System.gc();
            alive = loaders.stream().filter(l -> l.get() != null).count();
        } while (alive > IN_USE && System.nanoTime() - deadline < 0);
        return alive;
    }

    private static boolean round(SwapRig rig, SwapRig.Version[] pair, boolean fresh, Samples closed, Samples gaps, List<WeakReference<ClassLoader>> loaders) {
        boolean all = true;
        for (int i = 0; i < pair.length; i++) {
            SwapRig.Version old = pair[i];
            if (fresh) {
                pair[i] = rig.install(true);
                loaders.add(pair[i].driver().loader());
            }
            all &= rig.swap(pair[i], closed, gaps);
            if (fresh) {
                rig.uninstall(old);
            }
        }
        return all;
    }

    /** What users can set and read again. */
    private record Settings(int mtu, EthernetAddress mac, boolean promiscuous, boolean allMulticast) {
        static Settings of(NetDriverOps card) {
            return new Settings(card.mtu(), card.macAddress(), card.promiscuous(), card.allMulticast());
        }
    }

    /** Nothing as it is without being told. */
    private static Settings setUp(NetDriverOps card) {
        Settings before = Settings.of(card);
        card.setMtu(before.mtu - 500);
        card.setMacAddress(new EthernetAddress(before.mac.bits() ^ 0x80));
        card.setPromiscuous(true);
        card.setAllMulticast(true);
        Settings set = Settings.of(card);
        if (set.mtu == before.mtu || set.mac.equals(before.mac) || !set.promiscuous || !set.allMulticast) {
            throw new IllegalStateException("the card has %s, and was told something else than %s".formatted(set, before));
        }
        return set;
    }

    private static void checkSettings(NetDriverOps card, Settings set) {
        if (!Settings.of(card).equals(set)) {
            throw new IllegalStateException("settings were lost: %s, and were %s".formatted(Settings.of(card), set));
        }
    }

    /** Pulls the receiving card and plugs it in again, under traffic. */
    Outcome pulls(SwapCard card, int times) {
        try (SwapRig rig = new SwapRig(card, LOST_NANOS)) {
            for (int i = 0; i < WARM_UP; i++) {
                rig.replug(1);
            }
            Footprint before = Footprint.now();
            Footprint middle = before;
            for (int i = 0; i < times; i++) {
                middle = i == times / 2 ? Footprint.now() : middle;
                rig.replug(1);
            }
            Footprint after = Footprint.now();
            rig.traffic().settle();
            NumberedTraffic t = rig.traffic();
            return new Outcome(t.received(), t.lost(), t.repeated(), false, after.minus(before), after.minus(middle), rig.leftBehind(), 0);
        }
    }

    private void tell(String name, Outcome o) {
        report.accept(one(name + ": frames", "frames", o.frames));
        report.accept(one(name + ": lost", "frames", o.lost));
        report.accept(one(name + ": repeated, out of order", "frames", o.repeated));
        report.accept(one(name + ": growth, descriptors", "files", o.growth.descriptors()));
        report.accept(one(name + ": growth, mappings", "mappings", o.growth.mappings()));
        report.accept(one(name + ": growth, threads", "threads", o.growth.threads()));
        report.accept(one(name + ": growth, classes", "classes", o.growth.classes()));
        report.accept(one(name + ": growth, heap", "KiB", o.growth.heap() / KIB));
        report.accept(one(name + ": growth, heap, second half", "KiB", o.late.heap() / KIB));
        report.accept(one(name + ": growth, classes, second half", "classes", o.late.classes()));
        report.accept(one(name + ": buffers, memory missing", "pieces", o.leftBehind));
    }

    private static Row percentile(String name, Samples s) {
        return one(name, "us", s.at(P99));
    }

    private static Row one(String name, String unit, double value) {
        return new Row(NAME, name, unit, value, value, value, Double.NaN, "");
    }
}
