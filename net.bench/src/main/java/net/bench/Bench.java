package net.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import net.bench.pool.PoolBench;

/** Runs a benchmark by name, prints its rows as they come, and writes them as JSON where told to. */
public final class Bench {
    private static final int USAGE = 2;

    private Bench() {
    }

    /** {@code NAME [--json FILE]}. */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 1 && !(arguments.length == 3 && arguments[1].equals("--json"))) {
            System.err.println("bench: name one benchmark: pool, virtio or start (./bench --help)");
            System.exit(USAGE);
        }
        List<Row> rows = new ArrayList<>();
        Consumer<Row> report = row -> {
            if (rows.isEmpty()) {
                System.out.println(Row.head());
            }
            rows.add(row);
            System.out.println(row);
        };
        switch (arguments[0]) {
            case "pool" -> new PoolBench(rows::add).run();
            case "virtio" -> new VirtioPath(report).run();
            case "start" -> new StartTime(report).run();
            default -> {
                System.err.println("bench: there is no benchmark '" + arguments[0] + "': pool, virtio or start");
                System.exit(USAGE);
            }
        }
        if (arguments.length == 3) {
            write(Path.of(arguments[2]), rows);
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
