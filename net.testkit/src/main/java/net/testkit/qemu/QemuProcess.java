package net.testkit.qemu;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import net.api.DevError;
import net.api.DevException;

/** The QEMU process, with one thread that starts it, keeps its last words and hears of its end. */
final class QemuProcess implements AutoCloseable {
    private static final int LAST_LINES = 5;

    private final Deque<String> lastWords = new ArrayDeque<>();
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Consumer<QemuProcess> onEnd;
    /** For systems whose kernel is not told to end QEMU with this process. */
    private final Optional<Thread> hook;
    private volatile Process process;
    private volatile IOException failure;

    /**
     * Starts it.
     *
     * @param onEnd is called once, when it has ended
     * @throws DevException UNSUPPORTED if the binary cannot be executed
     */
    QemuProcess(QemuOptions options, List<String> command, Consumer<QemuProcess> onEnd) {
        if (!options.isInstalled()) {
            throw new DevException(DevError.UNSUPPORTED, "there is no '" + options.binary()
                    + "' to execute: install it (Debian: apt-get install " + options.board().packageName() + ") or configure the path of another one");
        }
        this.onEnd = onEnd;
        hook = command.contains(QemuOptions.END_WITH_PARENT) ? Optional.empty() : Optional.of(new Thread(this::kill, "qemu-shutdown"));
        // Platform thread, for the process's life: see the command line's --pdeathsig.
        Thread.ofPlatform().daemon().name("qemu " + options.name()).start(() -> run(command));
        awaitUninterruptibly(started, Long.MAX_VALUE);
        if (failure != null) {
            throw new DevException(DevError.UNSUPPORTED, "'" + options.binary() + "' cannot be executed: " + failure.getMessage(), failure);
        }
        hook.ifPresent(Runtime.getRuntime()::addShutdownHook);
    }

    boolean isAlive() {
        return ended.getCount() > 0;
    }

    long pid() {
        return process.pid();
    }

    /** {@code exited with status 1: last words}. After its end. */
    String epitaph() {
        String words;
        synchronized (lastWords) {
            words = String.join(" / ", lastWords);
        }
        int status = process.exitValue();
        String how = status > 128 && words.isEmpty() ? " (signal " + (status - 128) + ")" : "";
        return "exited with status " + status + how + ": " + (words.isEmpty() ? "it left no message" : words);
    }

    /** Ends it now. */
    void kill() {
        process.destroyForcibly();
    }

    /** Waits for its end; false after the time. */
    boolean awaitEnd(long nanos) {
        return awaitUninterruptibly(ended, nanos);
    }

    /** Ends and reaps it. */
    @Override
    public void close() {
        process.destroy();
        if (!awaitEnd(TimeUnit.SECONDS.toNanos(3))) {
            kill();
            awaitEnd(TimeUnit.SECONDS.toNanos(10));
        }
        try {
            hook.ifPresent(Runtime.getRuntime()::removeShutdownHook);
        } catch (IllegalStateException e) {
            // The JVM is going down already, and the hook runs.
            return;
        }
    }

    private void run(List<String> command) {
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            failure = e;
        } finally {
            started.countDown();
        }
        if (failure != null) {
            return;
        }
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                synchronized (lastWords) {
                    lastWords.addLast(line.strip());
                    if (lastWords.size() > LAST_LINES) {
                        lastWords.removeFirst();
                    }
                }
            }
        } catch (IOException e) {
            // Its output ended in the middle of a line; what counts is its status.
            kill();
        }
        while (true) {
            try {
                process.waitFor();
                break;
            } catch (InterruptedException e) {
                kill();
            }
        }
        ended.countDown();
        onEnd.accept(this);
    }

    private static boolean awaitUninterruptibly(CountDownLatch latch, long nanos) {
        long deadline = System.nanoTime() + nanos;
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return latch.await(nanos == Long.MAX_VALUE ? nanos : deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
