package net.bench.pool;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import net.bench.CProgram;
import net.bench.ChildProcess;
import net.bench.CoreDistance;
import net.bench.Row;
import net.bench.Samples;
import net.bench.Table;

/**
 * Taking a buffer, writing four bytes into it and giving it back: the pool of this project, DPDK's, and what else there is for the JVM.
 *
 * <p>Every peer has a process of its own, as with JMH's forks, but all of them live at once and work in turn, a short window each, so that whatever the
 * machine does meanwhile happens to all of them: JMH runs one benchmark to its end before it begins the next, and could not have a peer written in C.
 */
public final class PoolBench {
    private static final int ROUNDS = 30;
    private static final int QUICK_ROUNDS = 10;
    private static final long WINDOW_NANOS = 25_000_000;
    private static final long QUICK_WINDOW_NANOS = 10_000_000;
    private static final long WARM_UP_NANOS = 300_000_000;
    /** Part of a window that its threads may have waited for a processor; more, and the window is dropped. */
    private static final double DELAY = 0.015;
    /** Fewer windows of one kind than these are not shown. */
    private static final int ENOUGH = 5;
    private static final int MEMPOOL_CACHE = 512;

    /** What a column of a table shows. */
    private record Case(Shape shape, int threads, boolean near) {
        /** The table that the column is in. */
        String table() {
            String two = shape.isPassing() ? "Taken by one thread, given back by the other" : "Two threads";
            return threads == 1 ? "One thread" : two + (near ? ", near" : ", far");
        }
    }

    private final Consumer<Row> report;
    private final int rounds;
    private final long windowNanos;
    private final Map<Peer, String> absent = new EnumMap<>(Peer.class);
    private final Map<Peer, Map<Case, Samples>> times = new EnumMap<>(Peer.class);
    private final Map<Peer, long[]> counts = new EnumMap<>(Peer.class);
    private int windows;
    private int dropped;

    /**
     * @param report gets every row in the end
     * @param quick fewer and shorter windows
     */
    public PoolBench(Consumer<Row> report, boolean quick) {
        this.report = report;
        rounds = quick ? QUICK_ROUNDS : ROUNDS;
        windowNanos = quick ? QUICK_WINDOW_NANOS : WINDOW_NANOS;
    }

    /** Runs, and prints the table. */
    public void run() throws Exception {
        List<PeerProcess> peers = new ArrayList<>();
        CProgram mempool = null;
        try (CoreDistance distance = new CoreDistance()) {
            String none = "";
            try {
                mempool = Mempool.compile(Path.of(System.getProperty("hotnic.mempool")));
            } catch (IOException e) {
                none = e.getMessage();
            }
            for (Peer peer : Peer.values()) {
                if (peer.isJava()) {
                    peers.add(new PeerProcess(peer, ChildProcess.java(PoolProcess.class, "", peer.name())));
                } else if (mempool == null) {
                    absent.put(peer, none);
                } else {
                    addMempool(peers, peer, mempool);
                }
            }
            tellAbsent();
            for (PeerProcess peer : peers) {
                times.put(peer.peer, new HashMap<>());
                counts.put(peer.peer, new long[4]);
                for (Shape shape : Shape.values()) {
                    for (int threads = shape.isPassing() ? 2 : 1; threads <= 2; threads++) {
                        peer.window(shape, threads, WARM_UP_NANOS);
                    }
                }
            }
            for (int i = 0; i < 500; i++) {
                distance.oneWayNanos();
            }
            for (int round = 0; round < rounds; round++) {
                System.err.printf("\rround %d of %d ", round + 1, rounds);
                for (int threads = 1; threads <= 2; threads++) {
                    for (Shape shape : Shape.values()) {
                        if (!shape.isPassing() || threads == 2) {
                            round(peers, shape, threads, distance);
                        }
                    }
                }
            }
        } finally {
            peers.forEach(PeerProcess::close);
            if (mempool != null) {
                mempool.close();
            }
        }
        System.err.println();
        rows();
    }

    /** It needs more than a compiler: EAL must start, on processors 0 and 1. */
    private void addMempool(List<PeerProcess> peers, Peer peer, CProgram mempool) {
        try {
            peers.add(new PeerProcess(peer, Mempool.command(mempool, peer == Peer.MEMPOOL ? 0 : MEMPOOL_CACHE)));
        } catch (IOException e) {
            absent.put(peer, e.getMessage());
        }
    }

    private void tellAbsent() {
        absent.forEach((peer, why) -> System.out.println("Not measured: " + peer.title + ": " + why + " (Debian and Ubuntu: libdpdk-dev, gcc, pkg-config)"));
    }

    private void round(List<PeerProcess> peers, Shape shape, int threads, CoreDistance distance) throws Exception {
        for (PeerProcess peer : peers) {
            double before = threads == 1 ? 0 : distance.oneWayNanos();
            long delay = peer.runDelay();
            Window w = peer.window(shape, threads, windowNanos);
            double waited = (double) (peer.runDelay() - delay) / (threads * windowNanos);
            double after = threads == 1 ? 0 : distance.oneWayNanos();
            boolean near = before < CoreDistance.NEAR;
            long[] sums = counts.get(peer.peer);
            sums[0] += w.buffers();
            sums[1] += w.empty();
            sums[2] += w.full();
            sums[3] += w.bytes();
            windows++;
            if (waited > DELAY || near != after < CoreDistance.NEAR) {
                dropped++;
            } else {
                times.get(peer.peer).computeIfAbsent(new Case(shape, threads, near), c -> new Samples()).add(w.nanosPerBuffer());
            }
        }
    }

    /** Prints a table for each group of cases, and reports every cell. */
    private void rows() {
        Map<String, List<Case>> tables = new LinkedHashMap<>();
        for (boolean near : new boolean[] {true, false}) {
            for (boolean passing : new boolean[] {false, true}) {
                for (int threads = 1; threads <= 2; threads++) {
                    for (Shape shape : Shape.values()) {
                        // One thread has no distance: its windows were all noted as near.
                        Case c = new Case(shape, threads, near);
                        if (shape.isPassing() == passing && times.keySet().stream().anyMatch(peer -> enough(peer, c))) {
                            tables.computeIfAbsent(c.table(), t -> new ArrayList<>()).add(c);
                        }
                    }
                }
            }
        }
        Peer base = times.containsKey(Peer.MEMPOOL_CACHED) ? Peer.MEMPOOL_CACHED : Peer.JCTOOLS;
        tables.forEach((title, cases) -> {
            Table table = new Table(title + ": ns a buffer, median (p10 to p90), x of " + base.title);
            table.line("", cases.stream().map(c -> c.shape.title).toList());
            times.forEach((peer, samples) -> table.line(peer.title, cases.stream().map(c -> cell(title, peer, base, c)).toList()));
            table.print();
        });
        counters();
        System.out.printf(Locale.ROOT, "%n%d windows of %d ms; %d of them dropped, because a thread waited for a processor or the cores were moved%n", windows,
                windowNanos / 1_000_000, dropped);
        tellAbsent();
    }

    private boolean enough(Peer peer, Case c) {
        Samples samples = times.get(peer).get(c);
        return samples != null && samples.count() >= ENOUGH;
    }

    private String cell(String table, Peer peer, Peer base, Case c) {
        if (!enough(peer, c)) {
            return "-";
        }
        String group = table + ", " + c.shape.title + ": ";
        Row row = Row.of("pool", group + peer.title, "ns/buffer", times.get(peer).get(c));
        String text = String.format(Locale.ROOT, "%.2f (%.2f to %.2f)", row.p50(), row.p10(), row.p90());
        if (peer == base || !enough(base, c)) {
            report.accept(row);
            return text;
        }
        Row relative = row.relativeTo(Row.of("pool", group + base.title, "ns/buffer", times.get(base).get(c)));
        report.accept(relative);
        return text + String.format(Locale.ROOT, " x %.2f", relative.ratio());
    }

    /** What must be 0: of all windows of a peer, in parts of a million buffers, and heap bytes a buffer. */
    private void counters() {
        Table table = new Table("Of all buffers taken");
        table.line("", List.of("\"empty\" a million", "\"full\" a million", "heap bytes each"));
        counts.forEach((peer, sums) -> {
            double[] values = {1e6 * sums[1] / sums[0], 1e6 * sums[2] / sums[0], (double) sums[3] / sums[0]};
            String[] units = {"spurious empty/million", "spurious full/million", "bytes/buffer"};
            List<String> cells = new ArrayList<>();
            for (int i = 0; i < values.length; i++) {
                Samples one = new Samples();
                one.add(values[i]);
                report.accept(Row.of("pool", peer.title, units[i], one));
                cells.add(values[i] == 0 ? "0" : String.format(Locale.ROOT, "%.4f", values[i]));
            }
            table.line(peer.title, cells);
        });
        table.print();
    }
}
