package net.sim;

import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import net.hw.ixgbe.RxDescriptor;
import net.hw.ixgbe.TxDescriptor;

/**
 * A device that writes anything, anywhere it may: random words over descriptors, done ones that are not, interrupts without a cause. The
 * same seed gives the same lies at the same events. Under the engine's lock.
 */
final class IxgbeLiar {
    private static final int KINDS = 6;

    private final SplittableRandom random;
    private final int every;
    private long lies;

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
        if (!chance()) {
            RxDescriptor.setWord0(queue.memory, at, word0);
            RxDescriptor.setWord1Release(queue.memory, at, word1);
            return;
        }
        switch (random.nextInt(KINDS)) {
            case 0 -> RxDescriptor.setWord1Release(queue.memory, at, random.nextLong());
            case 1 -> RxDescriptor.setWord1Release(queue.memory, at, random.nextLong() | RxDescriptor.DD | RxDescriptor.EOP);
            // Longer than the buffer, or nothing.
            case 2 -> RxDescriptor.setWord1Release(queue.memory, at, word1 | 0xffffL << 32);
            case 3 -> RxDescriptor.setWord1Release(queue.memory, at, word1 & ~(0xffffL << 32));
            // A frame without an end.
            case 4 -> RxDescriptor.setWord1Release(queue.memory, at, word1 & ~RxDescriptor.EOP);
            default -> anywhere(queue);
        }
    }

    /** Reports a transmit descriptor. */
    void transmit(IxgbeQueue queue, long at, boolean descriptor) {
        if (!chance()) {
            if (descriptor) {
                TxDescriptor.setDoneRelease(queue.memory, at);
            }
        } else if (random.nextInt(2) == 0) {
            RxDescriptor.setWord1Release(queue.memory, at, random.nextLong() | TxDescriptor.DD);
        } else {
            anywhere(queue);
        }
    }

    /** A random descriptor of the ring gets random words, done perhaps. */
    private void anywhere(IxgbeQueue queue) {
        long at = RxDescriptor.at(queue.ring, random.nextInt(queue.size));
        MemorySegment m = queue.memory;
        RxDescriptor.setWord0(m, at, random.nextLong());
        RxDescriptor.setWord1Release(m, at, random.nextLong());
    }

    /** A vector to interrupt without a reason, or -1. */
    int interrupt(int vectors) {
        return chance() ? random.nextInt(vectors) : -1;
    }
}
