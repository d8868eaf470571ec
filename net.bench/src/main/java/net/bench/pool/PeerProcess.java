package net.bench.pool;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A process with one peer in it, seen from the one that compares. */
final class PeerProcess implements AutoCloseable {
    final Peer peer;
    private final Process process;
    private final BufferedReader answers;
    private final PrintWriter requests;

    PeerProcess(Peer peer, List<String> command) throws IOException {
        this.peer = peer;
        process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        answers = process.inputReader();
        requests = new PrintWriter(process.outputWriter(), true);
        String said = answers.readLine();
        if (!"ready".equals(said)) {
            close();
            throw new IOException(peer.title + " did not start (" + said + "): " + String.join(" ", command));
        }
    }

    Window window(Shape shape, int threads, long nanos) throws IOException {
        requests.println(shape.word + " " + threads + " " + nanos);
        String line = answers.readLine();
        if (line == null) {
            throw new IOException(peer.title + " ended while it was measured");
        }
        return Window.parse(line);
    }

    /** Nanoseconds that its threads were ready to run and did not. Source: Linux, Documentation/scheduler/sched-stats.rst. */
    long runDelay() throws IOException {
        long sum = 0;
        try (Stream<Path> tasks = Files.list(Path.of("/proc/" + process.pid() + "/task"))) {
            for (Path task : tasks.toList()) {
                try {
                    sum += Long.parseLong(Files.readString(task.resolve("schedstat")).split(" ")[1]);
                } catch (IOException e) {
                    // the thread has ended meanwhile
                }
            }
        }
        return sum;
    }

    @Override
    public void close() {
        requests.close();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
