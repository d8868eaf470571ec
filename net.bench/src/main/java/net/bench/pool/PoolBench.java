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
 * <p>Every peer has a process of its own, as with JMH's forks, but all of them live at once and work in turn, a short visit each, so that whatever the
 * machine does meanwhile happens to all of them: JMH runs one benchmark to its end before it begins the next, and could not have a peer written in C.
 *
 * <p>A visit is some windows in a row, each of which is judged by itself: on a machine that does other things, few stretches of 25 ms are undisturbed, and most
 * of 4 ms are.
 */
public final class PoolBench {
    private static final long WINDOW_NANOS = 4_000_000;
    /** Windows of one visit to a process. */
    private static final int WINDOWS = 6;
    private static final long WARM_UP_NANOS = 300_000_000;
    /** At least so many rounds, of a visit to each process for each case. */
    private static final int ROUNDS = 25;
    private static final int QUICK_ROUNDS = 8;
    /** Rounds go on until every cell has so many undisturbed windows. */
    private static final int WANTED = 50;
    private static final int QUICK_WANTED = 16;
    /** And end after so long in any case, counted from the first. */
    private static final long LONGEST_NANOS = 180_000_000_000L;
    private static final long QUICK_LONGEST_NANOS = 45_000_000_000L;
    /** Part of a window that a thread may not have run; more, and the window is dropped. */
    private static final double LOST = 0.015;
    /** Fewer windows of one kind than these are not shown. */
    private static final int ENOUGH = 5;
    private static final int MEMPOOL_CACHE = 512;

    /** Of one thread there is no distance: it is noted as near. */
    private record Cell(Peer peer, Case of, boolean near) {
    }

    private final Consumer<Row> report;
    private final PoolOptions options;
    private final Map<Peer, String> absent = new EnumMap<>(Peer.class);
    private final List<PeerProcess> peers = new ArrayList<>();
    private final Map<Cell, Samples> times = new HashMap<>();
    private final Map<Peer, long[]> counts = new EnumMap<>(Peer.class);
    private int windows;
    private int dropped;

    /**
     * @param report gets every row in the end
     * @param options what is measured
     */
    public PoolBench(Consumer<Row> report, PoolOptions options) {
        this.report = report;
        this.options = options;
    }

    /** Runs, and prints the table. */
    public void run() throws Exception {
        CProgram mempool = null;
        try (CoreDistance distance = new CoreDistance()) {
            String none = "";
            try {
                mempool = options.peers().stream().allMatch(Peer::isJava) ? null : Mempool.compile(Path.of(System.getProperty("hotnic.mempool")));
            } catch (IOException e) {
                none = e.getMessage();
            }
            for (Peer peer : options.peers()) {
                if (peer.isJava()) {
                    peers.add(new PeerProcess(peer, ChildProcess.java(PoolProcess.class, "", peer.name())));
                } else if (mempool == null) {
                    absent.put(peer, none);
                } else {
                    addMempool(peer, mempool);
                }
            }
            tellAbsent();
            for (PeerProcess peer : peers) {
                counts.put(peer.peer, new long[4]);
                for (Case c : options.cases()) {
                    peer.visit(c, WARM_UP_NANOS, 0);
                }
            }
            for (int i = 0; i < 500; i++) {
                distance.oneWayNanos();
            }
            measure(distance);
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
    private void addMempool(Peer peer, CProgram mempool) {
        try {
            peers.add(new PeerProcess(peer, Mempool.command(mempool, peer == Peer.MEMPOOL ? 0 : MEMPOOL_CACHE)));
        } catch (IOException e) {
            absent.put(peer, e.getMessage());
        }
    }

    private void tellAbsent() {
        absent.forEach((peer, why) -> System.out.println("Not measured: " + peer.title + ": " + why + " (Debian and Ubuntu: libdpdk-dev, gcc, pkg-config)"));
    }

    private void measure(CoreDistance distance) throws Exception {
        long end = System.nanoTime() + (options.quick() ? QUICK_LONGEST_NANOS : LONGEST_NANOS);
        int rounds = options.quick() ? QUICK_ROUNDS : ROUNDS;
        int wanted = options.quick() ? QUICK_WANTED : WANTED;
        boolean complete = false;
        for (int round = 1; !complete && System.nanoTime() - end < 0; round++) {
            System.err.printf("\rround %d of %d or more ", round, rounds);
            complete = round >= rounds;
            for (Case c : options.cases()) {
                if (round <= rounds || !isComplete(c, wanted)) {
                    for (PeerProcess peer : peers) {
                        visit(peer, c, distance);
                    }
                    complete &= isComplete(c, wanted);
                }
            }
        }
    }

    /** For one of the two distances there are so many windows of every peer. */
    private boolean isComplete(Case c, int wanted) {
        return peers.stream().allMatch(p -> count(new Cell(p.peer, c, true)) >= wanted)
                || peers.stream().allMatch(p -> count(new Cell(p.peer, c, false)) >= wanted);
    }

    private void visit(PeerProcess peer, Case c, CoreDistance distance) throws Exception {
        double before = c.threads == 1 ? 0 : distance.oneWayNanos();
        Window[] visit = peer.visit(c, WINDOW_NANOS, WINDOWS);
        double after = c.threads == 1 ? 0 : distance.oneWayNanos();
        boolean near = before < CoreDistance.NEAR;
        boolean stayed = near == after < CoreDistance.NEAR && !Double.isInfinite(before + after);
        long[] sums = counts.get(peer.peer);
        for (Window w : visit) {
            sums[0] += w.buffers();
            sums[1] += w.empty();
            sums[2] += w.full();
            sums[3] += w.bytes();
            windows++;
            if (!stayed || w.lost() > LOST * WINDOW_NANOS) {
                dropped++;
            } else {
                times.computeIfAbsent(new Cell(peer.peer, c, near), k -> new Samples()).add(w.nanosPerBuffer());
            }
        }
    }

    private int count(Cell cell) {
        Samples samples = times.get(cell);
        return samples == null ? 0 : samples.count();
    }

    /** Prints a table for each group of cases, and reports every cell. */
    private void rows() {
        for (boolean near : new boolean[] {true, false}) {
            Map<String, List<Case>> tables = new LinkedHashMap<>();
            for (Case c : options.cases()) {
                if (near || c.threads > 1) {
                    tables.computeIfAbsent(c.table(), t -> new ArrayList<>()).add(c);
                }
            }
            tables.forEach((title, cases) -> table(cases.getFirst().threads == 1 ? title : title + (near ? ", near" : ", far"), cases, near));
        }
        counters();
        System.out.printf(Locale.ROOT, "%n%d windows of %d ms; %d of them dropped, because a thread did not run all the time or the cores were moved%n",
                windows, WINDOW_NANOS / 1_000_000, dropped);
        tellAbsent();
    }

    /** Unless most of its cells are empty: the cores are seldom at that distance. */
    private void table(String title, List<Case> cases, boolean near) {
        long full = peers.stream().mapToLong(p -> cases.stream().filter(c -> count(new Cell(p.peer, c, near)) >= ENOUGH).count()).sum();
        if (2 * full <= (long) peers.size() * cases.size()) {
            System.out.printf("%n%s: %d of %d cells have windows enough, so there is no table%n", title, full, peers.size() * cases.size());
            return;
        }
        Peer base = base();
        Table table = new Table(title + ": ns a buffer, median (p10 to p90), x of " + base.title);
        table.line("", cases.stream().map(c -> c.shape.title).toList());
        for (PeerProcess peer : peers) {
            table.line(peer.peer.title, cases.stream().map(c -> cell(title, new Cell(peer.peer, c, near), new Cell(base, c, near))).toList());
        }
        table.print();
    }

    private Peer base() {
        List<Peer> there = peers.stream().map(p -> p.peer).toList();
        return there.getFirst().isJava() && there.contains(Peer.JCTOOLS) ? Peer.JCTOOLS : there.getFirst();
    }

    private String cell(String table, Cell cell, Cell base) {
        if (count(cell) < ENOUGH) {
            return "-";
        }
        String group = table + ", " + cell.of.shape.title + ": ";
        Row row = Row.of("pool", group + cell.peer.title, "ns/buffer", times.get(cell));
        String text = String.format(Locale.ROOT, "%.2f (%.2f to %.2f)", row.p50(), row.p10(), row.p90());
        if (cell.equals(base) || count(base) < ENOUGH) {
            report.accept(row);
            return text;
        }
        Row relative = row.relativeTo(Row.of("pool", group + base.peer.title, "ns/buffer", times.get(base)));
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
