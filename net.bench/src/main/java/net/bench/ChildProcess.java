package net.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process that something is measured in. It says {@code ready}, then answers each line with a line, and ends when there are no more. */
public final class ChildProcess implements AutoCloseable {
    private final String title;
    private final Process process;
    private final BufferedReader answers;
    private final PrintWriter requests;

    /**
     * Starts it, and waits until it is ready.
     *
     * @param title for messages
     * @throws IOException if it does not start
     */
    public ChildProcess(String title, List<String> command) throws IOException {
        this.title = title;
        process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        answers = process.inputReader();
        requests = new PrintWriter(process.outputWriter(), true);
        String said = answers.readLine();
        if (!"ready".equals(said)) {
            close();
            throw new IOException(title + " did not start (" + said + "): " + String.join(" ", command));
        }
    }

    /**
     * A command for a virtual machine with this one's options and class path.
     *
     * @param collector the option that chooses the garbage collector, such as {@code -XX:+UseZGC}, and then nothing of the JDK is opened; "" for what
     *        this one has
     */
    public static List<String> java(Class<?> main, String collector, String... arguments) {
        List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java"));
        for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (collector.isEmpty() || !option.matches("-XX:[+]Use[A-Za-z0-9]*GC|--add-opens.*")) {
                command.add(option);
            }
        }
        if (!collector.isEmpty()) {
            command.add(collector);
        }
        // Its warnings would be taken for answers.
        command.addAll(List.of("-Xlog:disable", "-Xlog:all=warning:stderr"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** The answer to a line. */
    public String ask(String line) throws IOException {
        requests.println(line);
        String answer = answers.readLine();
        if (answer == null) {
            throw new IOException(title + " ended while it was measured");
        }
        return answer;
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
