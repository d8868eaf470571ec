package net.bench.forward;

import java.nio.file.Path;
import java.util.List;
import net.bench.CProgram;
import net.bench.ChildProcess;

/** What is compared. The order is that of the tables' columns. */
public enum Peer {
    /** The loop in C. */
    C("C, as ixy does it"),
    /** The loop in Java. */
    BARE("Java, bare loop"),
    /** The driver in its runtime. */
    PARALLEL("Hotnic, Parallel", "-XX:+UseParallelGC"),
    /** The same. */
    G1("Hotnic, G1", "-XX:+UseG1GC"),
    /** The same. */
    ZGC("Hotnic, ZGC", "-XX:+UseZGC");

    final String title;
    private final String collector;

    Peer(String title) {
        this(title, "");
    }

    Peer(String title, String collector) {
        this.title = title;
        this.collector = collector;
    }

    boolean isLoop() {
        return collector.isEmpty();
    }

    /**
     * The command that starts it.
     *
     * @param program of the peer in C
     */
    List<String> command(Path file, CardKind kind, CProgram program) {
        return switch (this) {
            case C -> List.of(program.path().toString(), file.toString());
            case BARE -> ChildProcess.java(BareLoop.class, "-XX:+UseParallelGC", file.toString());
            default -> ChildProcess.java(RuntimeProcess.class, collector, file.toString(), kind.devices.name());
        };
    }
}
