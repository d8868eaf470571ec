package net.bench.forward;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import net.bench.Row;
import net.bench.Samples;
import net.bench.Table;
import net.bench.forward.inside.Load;
import net.bench.forward.inside.Ran;

/** What the windows gave, and the tables of it. */
final class Results {
    /** Fewer windows of one kind than these are not shown. */
    private static final int ENOUGH = 5;

    /** A cell of a table. */
    private record Cell(Peer peer, Load load, boolean near) {
    }

    private final Map<Cell, Samples> nanos = new HashMap<>();
    private final Map<Cell, Samples> free = new HashMap<>();
    private final Map<Peer, long[]> sums = new LinkedHashMap<>();
    private final Set<Peer> peers = EnumSet.noneOf(Peer.class);
    private int windows;
    private int dropped;

    /**
     * A window.
     *
     * @param near the cores were
     * @param occupancy mean part of the receive descriptors that was free
     * @param quiet nothing disturbed it
     */
    void add(Peer peer, Load load, boolean near, Ran ran, double occupancy, boolean quiet) {
        windows++;
        peers.add(peer);
        long[] sum = sums.computeIfAbsent(peer, p -> new long[3]);
        sum[0] += ran.packets();
        sum[1] += ran.bytes();
        sum[2] += ran.collections();
        if (!quiet) {
            dropped++;
            return;
        }
        Cell cell = new Cell(peer, load, near);
        nanos.computeIfAbsent(cell, c -> new Samples()).add((double) ran.nanos() / Math.max(1, ran.packets()));
        free.computeIfAbsent(cell, c -> new Samples()).add(100 * occupancy);
    }

    /** There are so many quiet windows of one distance. */
    boolean complete(Peer peer, Load load, int wanted) {
        return count(new Cell(peer, load, true)) >= wanted || count(new Cell(peer, load, false)) >= wanted;
    }

    private int count(Cell cell) {
        Samples samples = nanos.get(cell);
        return samples == null ? 0 : samples.count();
    }

    /** Prints a table for each distance and unit, and reports every cell. */
    void print(CardKind kind, Consumer<Row> report) {
        double gigahertz = tscGigahertz();
        for (boolean near : new boolean[] {true, false}) {
            if (lines(near).isEmpty()) {
                continue;
            }
            String where = near ? ", cores near" : ", cores far";
            if (Double.isNaN(gigahertz)) {
                table(kind, near, "ns a packet" + where, "ns/packet", 1, report);
            } else {
                String cycles = String.format(Locale.ROOT, "TSC cycles a packet (nanoseconds x %.3f)", gigahertz);
                table(kind, near, cycles + where, "cycles/packet", gigahertz, report);
            }
            rates(kind, near, "Mpps" + where, report);
            occupancy(near, "free receive descriptors, per cent" + where);
        }
        counters(kind, report);
        System.out.printf(Locale.ROOT, "%n%d windows; %d of them dropped, because a thread waited for a processor or did not run, or the cores were moved%n",
                windows, dropped);
    }

    private void table(CardKind kind, boolean near, String title, String unit, double factor, Consumer<Row> report) {
        Table table = head(title + ": median (p10 to p90), x of " + base().title);
        for (Load load : lines(near)) {
            Row base = row(kind, new Cell(base(), load, near), unit, factor);
            List<String> cells = new ArrayList<>();
            for (Peer peer : peers) {
                Row row = row(kind, new Cell(peer, load, near), unit, factor);
                if (row == null) {
                    cells.add("-");
                    continue;
                }
                String text = String.format(Locale.ROOT, "%.1f (%.1f to %.1f)", row.p50(), row.p10(), row.p90());
                if (base != null && peer != base()) {
                    row = row.relativeTo(base);
                    text += String.format(Locale.ROOT, " x %.2f", row.ratio());
                }
                report.accept(row);
                cells.add(text);
            }
            table.line(load.title, cells);
        }
        table.print();
    }

    private void rates(CardKind kind, boolean near, String title, Consumer<Row> report) {
        Table table = head(title + ": median");
        for (Load load : lines(near)) {
            List<String> cells = new ArrayList<>();
            for (Peer peer : peers) {
                Row row = row(kind, new Cell(peer, load, near), "ns/packet", 1);
                cells.add(row == null ? "-" : String.format(Locale.ROOT, "%.1f", 1e3 / row.p50()));
                if (row != null) {
                    report.accept(new Row(row.bench(), row.name(), "Mpps", 1e3 / row.p90(), 1e3 / row.p50(), 1e3 / row.p10(), Double.NaN, ""));
                }
            }
            table.line(load.title, cells);
        }
        table.print();
    }

    private void occupancy(boolean near, String title) {
        Table table = head(title + ": median; near 0 the driver is what others wait for, near 100 the card is");
        for (Load load : lines(near)) {
            table.line(load.title, peers.stream().map(p -> free.get(new Cell(p, load, near)))
                    .map(s -> s == null ? "-" : String.format(Locale.ROOT, "%.0f", s.at(0.5))).toList());
        }
        table.print();
    }

    /** What must be 0: of all windows of a peer. */
    private void counters(CardKind kind, Consumer<Row> report) {
        Table table = new Table("of all windows");
        table.line("", List.of("heap bytes a packet", "collections"));
        sums.forEach((peer, sum) -> {
            if (peer != Peer.C) {
                Samples one = new Samples();
                one.add((double) sum[1] / Math.max(1, sum[0]));
                report.accept(Row.of(bench(kind), peer.title, "bytes/packet", one));
                table.line(peer.title, List.of(String.format(Locale.ROOT, "%.6f", one.at(0.5)), Long.toString(sum[2])));
            }
        });
        table.print();
    }

    private List<Load> lines(boolean near) {
        return Arrays.stream(Load.values()).filter(l -> peers.stream().anyMatch(p -> count(new Cell(p, l, near)) >= ENOUGH)).toList();
    }

    private Table head(String title) {
        Table table = new Table(title);
        table.line("", peers.stream().map(p -> p.title).toList());
        return table;
    }

    private Peer base() {
        return peers.iterator().next();
    }

    private Row row(CardKind kind, Cell cell, String unit, double factor) {
        if (count(cell) < ENOUGH) {
            return null;
        }
        Row row = Row.of(bench(kind), cell.load.title + (cell.near ? ", near: " : ", far: ") + cell.peer.title, unit, nanos.get(cell));
        return new Row(row.bench(), row.name(), unit, row.p10() * factor, row.p50() * factor, row.p90() * factor, Double.NaN, "");
    }

    private static String bench(CardKind kind) {
        return "forward, " + kind.driver();
    }

    /**
     * The rate of the time-stamp counter: the kernel takes it for its delay loop, of which a turn counts as two BogoMIPS; NaN where there is none.
     * Source: Linux, arch/x86/kernel/tsc.c (lpj_fine).
     */
    private static double tscGigahertz() {
        try {
            List<String> lines = Files.readAllLines(Path.of("/proc/cpuinfo"));
            boolean constant = lines.stream().anyMatch(l -> l.startsWith("flags") && l.contains(" constant_tsc "));
            return lines.stream().filter(l -> constant && l.startsWith("bogomips")).mapToDouble(l -> Double.parseDouble(l.substring(l.indexOf(':') + 1)) / 2000)
                    .findFirst().orElse(Double.NaN);
        } catch (IOException e) {
            return Double.NaN;
        }
    }
}
