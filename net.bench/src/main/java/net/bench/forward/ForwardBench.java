package net.bench.forward;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import net.bench.CProgram;
import net.bench.ChildProcess;
import net.bench.CoreDistance;
import net.bench.Row;
import net.bench.forward.inside.CardFile;
import net.bench.forward.inside.Load;
import net.bench.forward.inside.Ran;

/**
 * Forwarding between two cards that are a process on the second core: the driver in its whole runtime, with three garbage collectors, a loop in C with
 * the structure of ixy,
 * and a loop in Java with nothing around it. For each load all peers live at once and work in turn, a short window each, as those of
 * {@link net.bench.pool.PoolBench}; the next load gets processes of its own, because each leaves its mark on how a virtual machine compiles, and on where a
 * pool's buffers lie.
 */
public final class ForwardBench {
    private static final long WINDOW_NANOS = 100_000_000;
    /** Less than a scheduler's slice: such a window is often quiet also where other programs want the processors. */
    private static final long QUICK_NANOS = 2_000_000;
    private static final int WINDOWS = 25;
    private static final int QUICK_WINDOWS = 50;
    /** Rounds are repeated until every peer has its windows of a load, or for so long. */
    private static final long PATIENCE_NANOS = 45_000_000_000L;
    private static final long QUICK_PATIENCE_NANOS = 7_000_000_000L;
    private static final long WARM_NANOS = 50_000_000;
    private static final int WARM_WINDOWS = 12;
    private static final long REST_MILLIS = 5;
    /** Part of a window in which the driver's or the cards' thread may not have run; more, and the window is dropped. */
    private static final double LOST = 0.015;

    private final CardKind kind;
    private final ForwardOptions options;
    private final Consumer<Row> report;
    private final Results results = new Results();
    private final List<Contender> contenders = new ArrayList<>();

    /** A peer's process, its file, and what is shared in it. */
    private record Contender(Peer peer, ChildProcess process, Path file, MemorySegment page) {
    }

    /**
     * @param report gets every row in the end
     * @throws IllegalArgumentException if there are no cards for the driver
     */
    public ForwardBench(ForwardOptions options, Consumer<Row> report) {
        this.kind = CardKind.of(options.driver());
        this.options = options;
        this.report = report;
    }

    /** Runs, and prints the tables. */
    public void run() throws Exception {
        if (Runtime.getRuntime().availableProcessors() < 2) {
            throw new IOException("forwarding is measured between two cores, and there is one");
        }
        CProgram program = null;
        try (CoreDistance distance = new CoreDistance()) {
            try {
                program = kind.hasLoops ? CProgram.compile(Path.of(System.getProperty("hotnic.forward")), List.of(), List.of()) : null;
            } catch (IOException e) {
                System.out.println("Without the loop in C (it needs gcc): " + e.getMessage());
            }
            for (Load load : options.loads()) {
                run(load, program, distance);
            }
        } finally {
            if (program != null) {
                program.close();
            }
        }
        System.err.println();
        results.print(kind, report);
    }

    private void run(Load load, CProgram program, CoreDistance distance) throws Exception {
        System.err.printf("\r%s                    ", load.title);
        try (ChildProcess cards = new ChildProcess("the cards", ChildProcess.java(CardProcess.class, "-XX:+UseParallelGC", kind.name()));
                Arena arena = Arena.ofShared()) {
            try {
                for (Peer peer : options.peers()) {
                    if (!peer.isLoop() || kind.hasLoops && (peer != Peer.C || program != null)) {
                        contenders.add(start(peer, cards, program, arena));
                    }
                }
                warmUp(load, distance);
                measure(load, distance);
            } finally {
                for (Contender c : contenders) {
                    c.process.close();
                    delete(c.file);
                }
                contenders.clear();
            }
        }
    }

    private Contender start(Peer peer, ChildProcess cards, CProgram program, Arena arena) throws IOException {
        Path shared = Path.of("/dev/shm");
        Path memory = Files.isDirectory(shared) ? shared : Path.of(System.getProperty("java.io.tmpdir"));
        Path file = Files.createTempDirectory(memory, "hotnic-bench").resolve("cards");
        CardFile.create(file);
        try {
            MemorySegment page = CardFile.map(file, 0, CardFile.WINDOW, arena);
            cards.ask(file.toString());
            return new Contender(peer, new ChildProcess(peer.title, peer.command(file, kind, program)), file, page);
        } catch (IOException e) {
            delete(file);
            throw e;
        }
    }

    private static void delete(Path file) throws IOException {
        Files.deleteIfExists(file);
        Files.deleteIfExists(file.getParent());
    }

    private void warmUp(Load load, CoreDistance distance) throws Exception {
        for (int i = 0; i < WARM_WINDOWS; i++) {
            for (Contender c : List.copyOf(contenders)) {
                ask(c, load.request(WARM_NANOS));
                Thread.sleep(REST_MILLIS);
            }
        }
        for (int i = 0; i < 500; i++) {
            distance.oneWayNanos();
        }
    }

    private void measure(Load load, CoreDistance distance) throws Exception {
        int windows = options.quick() ? QUICK_WINDOWS : WINDOWS;
        long patience = options.quick() ? QUICK_PATIENCE_NANOS : PATIENCE_NANOS;
        long start = System.nanoTime();
        for (int round = 0; System.nanoTime() - start < patience && !complete(load, windows); round++) {
            System.err.printf("\r%s: round %d of %d or more            ", load.title, round + 1, windows);
            for (Contender c : List.copyOf(contenders)) {
                if (!results.complete(c.peer, load, windows)) {
                    window(c, load, distance);
                }
            }
        }
    }

    private boolean complete(Load load, int windows) {
        return contenders.stream().allMatch(c -> results.complete(c.peer, load, windows));
    }

    /** What a peer answers; null if it has ended, which is told, and what it gave until then counts. */
    private Ran ask(Contender c, String request) throws IOException {
        try {
            return Ran.parse(c.process.ask(request));
        } catch (IOException e) {
            System.err.printf("%n%s; the others go on%n", e.getMessage());
            contenders.remove(c);
            CardFile.setLongRelease(c.page, CardFile.TRAFFIC, 0); // the cards would go on working for it
            c.process.close();
            delete(c.file);
            return null;
        }
    }

    private void window(Contender c, Load load, CoreDistance distance) throws Exception {
        boolean near = distance.oneWayNanos() < CoreDistance.NEAR;
        Ran ran = ask(c, load.request(options.quick() ? QUICK_NANOS : WINDOW_NANOS));
        if (ran == null) {
            return;
        }
        boolean stayed = near == distance.oneWayNanos() < CoreDistance.NEAR;
        double lost = (double) Math.max(ran.lost(), c.page.get(CardFile.LONG, CardFile.LOST)) / ran.nanos();
        double free = (double) c.page.get(CardFile.LONG, CardFile.FREE) / Math.max(1, c.page.get(CardFile.LONG, CardFile.LOOKS)) / Load.RING;
        results.add(c.peer, load, near, ran, free, stayed && lost <= LOST);
        Thread.sleep(REST_MILLIS);
    }
}
