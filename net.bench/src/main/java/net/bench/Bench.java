package net.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import net.bench.forward.ForwardBench;
import net.bench.pool.PoolBench;
import net.bench.swap.SwapBench;

/** Runs a benchmark by name, prints its rows as they come, and writes them as JSON where told to. */
public final class Bench {
    private static final int FAILED = 1;
    private static final int USAGE = 2;

    private Bench() {
    }

    /** {@code NAME [--json FILE]}, and what {@code pool}, {@code forward} and {@code swap} have besides. */
    public static void main(String[] arguments) throws Exception {
        List<Row> rows = new ArrayList<>();
        Consumer<Row> report = row -> {
            if (rows.isEmpty()) {
                System.out.println(Row.head());
            }
            rows.add(row);
            System.out.println(row);
        };
        Options options = null;
        try {
            options = Options.parse(arguments);
            options.requireWritableJson();
            switch (options.name()) {
                case "pool" -> new PoolBench(rows::add, options.pool()).run();
                case "virtio" -> new VirtioPath(report).run();
                case "swap" -> new SwapBench(report, options.swap()).run();
                case "start" -> new StartTime(report).run();
                case "forward" -> new ForwardBench(options.forward(), rows::add).run();
                default -> throw new IllegalArgumentException("there is no benchmark '" + options.name() + "': pool, virtio, forward, swap or start");
            }
        } catch (IllegalArgumentException e) {
            System.err.println("bench: " + e.getMessage() + " (./bench --help)");
            System.exit(USAGE);
        } catch (IOException e) {
            System.err.println("bench: " + e.getMessage());
            System.exit(FAILED);
        }
        if (options.json() != null) {
            write(options.json(), rows);
        }
        System.exit(0);
    }

    private static void write(Path file, List<Row> rows) throws IOException {
        try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(file))) {
            for (int i = 0; i < rows.size(); i++) {
                out.println((i == 0 ? "[" : " ") + rows.get(i).json() + (i == rows.size() - 1 ? "]" : ","));
            }
        }
    }
}
