package net.testkit.qemu;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.api.DevError;
import net.api.DevException;

/** QEMU's monitor protocol, as much of it as moves cards and cables: JSON objects, one a line. QEMU, docs/interop/qmp-spec.rst. Any thread. */
final class Qmp implements AutoCloseable {
    private static final long ANSWER_NANOS = 10_000_000_000L;

    private final UnixConnection connection;
    private final ByteBuffer in = ByteBuffer.allocate(8192).flip();
    private final StringBuilder line = new StringBuilder();
    private final List<String> events = new ArrayList<>();

    /** @throws IOException if it does not greet as QEMU does */
    Qmp(UnixConnection connection) throws IOException {
        this.connection = connection;
        String greeting = next(System.nanoTime() + ANSWER_NANOS);
        if (!greeting.startsWith("{\"QMP\"")) {
            throw new IOException("QEMU's monitor greeted with '" + greeting + "'");
        }
        execute("qmp_capabilities", "");
    }

    /**
     * Executes a command.
     *
     * @param arguments members of a JSON object, "" for none
     * @return QEMU's answer, a JSON object
     * @throws DevException IO if QEMU refuses, with its words, or does not answer
     */
    synchronized String execute(String command, String arguments) {
        String text = "{\"execute\":\"" + command + "\"" + (arguments.isEmpty() ? "" : ",\"arguments\":{" + arguments + "}") + "}\n";
        try {
            if (!connection.write(ByteBuffer.wrap(text.getBytes(UTF_8)), ANSWER_NANOS)) {
                throw new IOException("not taken within 10 s");
            }
            long deadline = System.nanoTime() + ANSWER_NANOS;
            while (true) {
                String answer = next(deadline);
                if (answer.startsWith("{\"return\"")) {
                    return answer;
                }
                if (answer.startsWith("{\"error\"")) {
                    throw new IOException(answer);
                }
                events.add(answer);
            }
        } catch (IOException e) {
            throw new DevException(DevError.IO, "QEMU's monitor, " + command + " " + arguments + ": " + e.getMessage(), e);
        }
    }

    /**
     * The path of QEMU's first object of a type that is part of the machine.
     *
     * @throws DevException IO if there is none
     */
    String find(String type) {
        for (String parent : List.of("/machine/soc", "/machine/unattached")) {
            if (!execute("qom-list", "\"path\":\"/machine\"").contains(parent.substring(parent.lastIndexOf('/') + 1))) {
                continue;
            }
            Matcher m = Pattern.compile("\"name\": \"([^\"]+)\", \"type\": \"child<" + type + ">\"")
                    .matcher(execute("qom-list", "\"path\":\"" + parent + "\""));
            if (m.find()) {
                return parent + "/" + m.group(1);
            }
        }
        throw new DevException(DevError.IO, "QEMU's machine has no " + type);
    }

    /**
     * Waits for an event that came since the last call, and forgets all before it.
     *
     * @param name of the event
     * @param member text that it must contain, such as {@code "device": "card0"}
     * @throws DevException IO if it does not come within 10 s
     */
    synchronized void awaitEvent(String name, String member) {
        try {
            long deadline = System.nanoTime() + ANSWER_NANOS;
            while (true) {
                for (Iterator<String> i = events.iterator(); i.hasNext();) {
                    String event = i.next();
                    i.remove();
                    if (event.contains("\"event\": \"" + name + "\"") && event.contains(member)) {
                        return;
                    }
                }
                events.add(next(deadline));
            }
        } catch (IOException e) {
            throw new DevException(DevError.IO, "QEMU's monitor, waiting for " + name + " with " + member + ": " + e.getMessage(), e);
        }
    }

    /** Ends the connection; QEMU goes on. */
    @Override
    public void close() {
        connection.close();
    }

    private String next(long deadline) throws IOException {
        line.setLength(0);
        while (true) {
            while (in.hasRemaining()) {
                char c = (char) (in.get() & 0xff);
                if (c == '\n') {
                    return line.toString().strip();
                }
                line.append(c);
            }
            in.clear();
            boolean some;
            try {
                some = connection.read(in, deadline - System.nanoTime());
            } finally {
                in.flip();
            }
            if (!some) {
                throw new IOException("no answer within 10 s");
            }
        }
    }
}
