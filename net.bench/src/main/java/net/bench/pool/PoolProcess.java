package net.bench.pool;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.jctools.queues.SpscArrayQueue;

/**
 * A virtual machine with one pool, so that what was compiled for one peer is not shaped by another. It answers one line for each line that it reads:
 * {@link Case#request}, {@link Window#line}. Between visits its threads sleep.
 */
public final class PoolProcess {
    /** Most buffers between the thread that takes and the one that gives back. */
    private static final int PASSING = 1024;

    private final List<ExecutorService> threads = new ArrayList<>();
    private final List<Worker<?, ?>> workers = new ArrayList<>();

    private PoolProcess(Supplier<Hand.Grip<?, ?>> pool) throws Exception {
        SpscArrayQueue<?> ring = new SpscArrayQueue<>(PASSING);
        for (int i = 0; i < 2; i++) {
            ExecutorService thread = Executors.newSingleThreadExecutor();
            threads.add(thread);
            workers.add(thread.submit(() -> worker(pool.get(), ring)).get());
        }
    }

    @SuppressWarnings("unchecked") // both hands are of one pool
    private static <P, T> Worker<P, T> worker(Hand.Grip<P, T> grip, SpscArrayQueue<?> ring) {
        return new Worker<>(grip, (SpscArrayQueue<T>) ring);
    }

    /** {@code PEER}, by its constant's name. */
    public static void main(String[] arguments) throws Exception {
        PoolProcess process = new PoolProcess(Peer.valueOf(arguments[0]).makePool());
        System.out.println("ready");
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] words = line.split(" ");
                System.out.println(Window.line(process.visit(Shape.of(words[0]), Integer.parseInt(words[1]), Long.parseLong(words[2]),
                        Integer.parseInt(words[3]))));
            }
        }
        System.exit(0);
    }

    private Window[] visit(Shape shape, int n, long nanos, int count) throws Exception {
        Meeting meeting = new Meeting(n);
        List<Future<Window[]>> running = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            Worker<?, ?> worker = workers.get(i);
            boolean first = i == 0;
            running.add(threads.get(i).submit(() -> worker.run(shape, nanos, count, meeting, first)));
        }
        Window[] all = new Window[count];
        for (int w = 0; w < count; w++) {
            Window[] each = new Window[n];
            for (int i = 0; i < n; i++) {
                each[i] = running.get(i).get()[w];
            }
            all[w] = Window.of(each);
        }
        return all;
    }
}
