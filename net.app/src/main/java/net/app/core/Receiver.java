package net.app.core;

import java.util.stream.IntStream;
import net.api.NetBuf;
import net.api.NetDriverOps;
import net.api.RxQueue;

/** The receive queues of a card as one: taken in turn, waited for together. For the application's thread. */
public final class Receiver {
    /** Longest sleep when there is one queue: it wakes by itself for every frame. */
    private static final long ONE_QUEUE_NANOS = 500_000_000;
    /** Longest sleep when there are several: only one can be waited for at a time, so this bounds the delay of the others. */
    private static final long MANY_QUEUES_NANOS = 5_000_000;
    private static final long FIRST_STEP_NANOS = 100_000;

    private final RxQueue[] queues;
    private final Counter received;
    private int turn;

    /** @param received counts the frames that were taken */
    public Receiver(NetDriverOps ops, Counter received) {
        this.queues = IntStream.range(0, ops.capabilities().rxQueues()).mapToObj(ops::rxQueue).toArray(RxQueue[]::new);
        this.received = received;
    }

    /**
     * Takes frames of the first queue in turn that has some.
     *
     * @return how many, from index 0
     * @throws net.api.DevException BAD_STATE if a queue is closed or owned by another thread
     */
    public int receive(NetBuf[] to, int max) {
        for (int i = 0; i < queues.length; i++) {
            int n = queues[turn].receive(to, 0, max);
            turn = turn + 1 == queues.length ? 0 : turn + 1;
            if (n > 0) {
                received.add(n);
                return n;
            }
        }
        return 0;
    }

    /**
     * Sleeps until one of the receivers may have a frame, but not long.
     *
     * @param receivers of one application
     * @param round how often it has slept since there was a frame, from 0
     * @param most nanoseconds at most
     */
    public static void await(Receiver[] receivers, int round, long most) throws InterruptedException {
        int queues = 0;
        for (Receiver r : receivers) {
            queues += r.queues.length;
        }
        long limit = queues == 1 ? ONE_QUEUE_NANOS : Math.min(MANY_QUEUES_NANOS, FIRST_STEP_NANOS << Math.min(round, 16));
        int i = round % queues;
        for (Receiver r : receivers) {
            if (i < r.queues.length) {
                r.queues[i].await(Math.min(limit, most));
                return;
            }
            i -= r.queues.length;
        }
    }

    /** Gives the queues up. The card may be gone. */
    public void close() {
        for (RxQueue q : queues) {
            q.unbind();
        }
    }
}
