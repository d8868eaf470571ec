package net.sim;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import net.hw.ixgbe.RxDescriptor;
import net.hw.ixgbe.TxDescriptor;

/**
 * A device that writes anything, anywhere it may: random words over descriptors, done ones that are not, interrupts without a cause. The
 * same seed gives the same lies at the same events. Under the engine's lock.
 */
final class IxgbeLiar {
    private static final int KINDS = 6;

    /** What was in a descriptor, and what it was overwritten with. */
    private record Overwritten(long word0, long word1, long lie0, long lie1) {
    }

    private final Map<Long, Overwritten> overwritten = new HashMap<>();
    private final SplittableRandom random;
    private final int every;
    private long lies;
    private IxgbeQueue lateQueue;
    private MemorySegment lateMemory;
    private long lateAt;
    private long lateWord0;
    private long lateWord1;

    /** @param every one of so many chances is taken, 1 or more */
    IxgbeLiar(long seed, int every) {
        random = new SplittableRandom(seed);
        this.every = every;
    }

    /** Lies so far. */
    long lies() {
        return lies;
    }

    private boolean chance() {
        boolean taken = random.nextInt(every) == 0;
        lies += taken ? 1 : 0;
        return taken;
    }

    /** Writes a receive descriptor back. */
    void receive(IxgbeQueue queue, long at, long word0, long word1) {
        late();
        if (!chance()) {
            honest(queue, at, word0, word1);
            return;
        }
        switch (random.nextInt(KINDS)) {
            case 0 -> {
                // Not done, perhaps, and then done late.
                RxDescriptor.setWord1Release(queue.memory, at, random.nextLong());
                lateQueue = queue;
                lateMemory = queue.memory;
                lateAt = at;
                lateWord0 = word0;
                lateWord1 = word1;
            }
            case 1 -> RxDescriptor.setWord1Release(queue.memory, at, random.nextLong() | RxDescriptor.DD | RxDescriptor.EOP);
            // Longer than the buffer, or nothing.
            case 2 -> RxDescriptor.setWord1Release(queue.memory, at, word1 | 0xffffL << 32);
            case 3 -> RxDescriptor.setWord1Release(queue.memory, at, word1 & ~(0xffffL << 32));
            // A frame without an end.
            case 4 -> RxDescriptor.setWord1Release(queue.memory, at, word1 & ~RxDescriptor.EOP);
            default -> {
                anywhere(queue);
                honest(queue, at, word0, word1);
            }
        }
    }

    private static void honest(IxgbeQueue queue, long at, long word0, long word1) {
        RxDescriptor.setWord0(queue.memory, at, word0);
        RxDescriptor.setWord1Release(queue.memory, at, word1);
    }

    /** What was kept back is written, if it is not done by chance, so that the driver can go on and be lied to again. */
    private void late() {
        boolean there = lateQueue != null && lateQueue.ready() && lateQueue.reach() && lateQueue.memory == lateMemory;
        if (there && !RxDescriptor.isDone(RxDescriptor.word1Acquire(lateMemory, lateAt))) {
            honest(lateQueue, lateAt, lateWord0, lateWord1);
        }
        lateQueue = null;
    }

    /** Reports a transmit descriptor. */
    void transmit(IxgbeQueue queue, long at, boolean descriptor) {
        boolean lie = chance();
        if (lie && random.nextInt(2) == 0) {
            RxDescriptor.setWord1Release(queue.memory, at, random.nextLong() | TxDescriptor.DD);
            return;
        }
        if (lie) {
            anywhere(queue);
        }
        if (descriptor) {
            TxDescriptor.setDoneRelease(queue.memory, at);
        }
    }

    /** A random descriptor of the ring gets random words, done perhaps; the device remembers what was there. */
    private void anywhere(IxgbeQueue queue) {
        MemorySegment m = queue.memory;
        long at = RxDescriptor.at(queue.ring, random.nextInt(queue.size));
        Overwritten o = new Overwritten(given(m, at, 0), given(m, at, 1), random.nextLong(), random.nextLong());
        overwritten.put(m.address() + at, o);
        RxDescriptor.setWord0(m, at, o.lie0);
        RxDescriptor.setWord1Release(m, at, o.lie1);
    }

    /** A word of a descriptor, 0 or 1, as its driver gave it: what the lie is written over, unless the driver has written anew. */
    long given(MemorySegment m, long at, int which) {
        long word0 = RxDescriptor.word0(m, at);
        long word1 = RxDescriptor.word1Acquire(m, at);
        Overwritten o = overwritten.get(m.address() + at);
        if (o != null && o.lie0 == word0 && o.lie1 == word1) {
            return which == 0 ? o.word0 : o.word1;
        }
        return which == 0 ? word0 : word1;
    }

    /** A vector to interrupt without a reason, or -1. */
    int interrupt(int vectors) {
        return chance() ? random.nextInt(vectors) : -1;
    }
}
