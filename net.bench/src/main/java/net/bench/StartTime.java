package net.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * From the call of {@code ./run} to all bundles active, and to the first frame through two simulated cards. The peer is {@link EmptyRuntime}: the same
 * framework with
 * the same bundles of others, and none of ours, in the same virtual machine settings.
 */
final class StartTime {
    private static final int ROUNDS = 15;
    private static final Pattern ACTIVE = Pattern.compile("bundles active in ([0-9.]+) s");
    private static final Pattern FRAME = Pattern.compile("First frame received after ([0-9.]+) s");

    private final Consumer<Row> report;

    StartTime(Consumer<Row> report) {
        this.report = report;
    }

    void run() throws IOException, InterruptedException {
        Samples active = new Samples();
        Samples frame = new Samples();
        Samples empty = new Samples();
        List<String> ours = List.of(System.getProperty("hotnic.run"), "--no-build", "--daemon");
        List<String> theirs = List.of(System.getProperty("java.home") + "/bin/java", "-Xms64m", "-Xmx512m", "--sun-misc-unsafe-memory-access=allow", "-cp",
                System.getProperty("java.class.path"), EmptyRuntime.class.getName(), System.getProperty("hotnic.run.jar"));
        for (int i = 0; i <= ROUNDS; i++) {
            double[] t = start(ours, ACTIVE, FRAME);
            double[] e = start(theirs, ACTIVE);
            if (i > 0) { // the first fills the page cache
                active.add(t[0]);
                frame.add(t[1]);
                empty.add(e[0]);
            }
        }
        Row peer = Row.of("start", "empty runtime, all bundles active", "s", empty);
        report.accept(peer);
        report.accept(Row.of("start", "all bundles active", "s", active).relativeTo(peer));
        report.accept(Row.of("start", "first frame received", "s", frame).relativeTo(peer));
    }

    /** Runs a program until it has printed a line for each pattern, then ends it. */
    private static double[] start(List<String> command, Pattern... lines) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("HOTNIC_BENCH_STARTED", String.format(Locale.ROOT, "%d", System.currentTimeMillis()));
        Process process = builder.start();
        double[] seconds = new double[lines.length];
        StringBuilder said = new StringBuilder();
        try (BufferedReader out = process.inputReader()) {
            for (int i = 0; i < lines.length;) {
                String line = Optional.ofNullable(out.readLine())
                        .orElseThrow(() -> new IOException(String.join(" ", command) + " ended before it was up: " + said));
                said.append(line).append('\n');
                Matcher m = lines[i].matcher(line);
                if (m.find()) {
                    seconds[i++] = Double.parseDouble(m.group(1));
                }
            }
            process.destroy();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(String.join(" ", command) + " did not stop within 10 s");
            }
        }
        return seconds;
    }
}
