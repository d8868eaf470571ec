package net.bench.forward;

import java.lang.foreign.MemorySegment;
import net.bench.forward.inside.CardFile;

/** A card whose registers are memory, so that what a driver writes is what it reads, and whose receive and transmit rings are looked at in turn. */
abstract class RingCard implements PolledCard {
    final MemorySegment file;
    private final long registers;
    private final Ring[] rx;
    private final Ring[] tx;

    /**
     * @param file the whole file
     * @param number of the card in the file
     * @param queues receive rings and transmit rings
     */
    RingCard(MemorySegment file, int number, int queues) {
        this.file = file;
        registers = CardFile.window(number);
        rx = new Ring[queues];
        tx = new Ring[queues];
        for (int i = 0; i < queues; i++) {
            rx[i] = receiver(i);
            tx[i] = transmitter(i);
        }
    }

    abstract Ring receiver(int queue);

    abstract Ring transmitter(int queue);

    @Override
    public final void poll() {
        for (Ring ring : rx) {
            if (ring.enabled) {
                ring.work();
            }
        }
        drain();
    }

    @Override
    public final void drain() {
        for (Ring ring : tx) {
            if (ring.enabled) {
                ring.work();
            }
        }
    }

    /** Looks whether the driver has switched rings on or off. */
    final void follow(boolean receives, boolean sends) {
        for (Ring ring : rx) {
            ring.follow(receives);
        }
        for (Ring ring : tx) {
            ring.follow(sends);
        }
    }

    @Override
    public final Tally tally() {
        Tally sum = new Tally(0, 0, 0, 0);
        for (Ring ring : rx) {
            sum = sum.plus(new Tally(ring.frames, 0, ring.looks, ring.free));
            ring.forget();
        }
        for (Ring ring : tx) {
            sum = sum.plus(new Tally(0, ring.frames, 0, 0));
            ring.forget();
        }
        return sum;
    }

    final long register(int offset) {
        return registers + offset;
    }

    final int get(int offset) {
        return CardFile.intAcquire(file, registers + offset);
    }

    final void set(int offset, int value) {
        CardFile.setIntRelease(file, registers + offset, value);
    }

    /** What receive and transmit rings have alike. */
    abstract static class Ring {
        boolean enabled;
        /** Frames that went through. */
        long frames;
        long looks;
        /** Descriptors that these looks found free, together. */
        long free;

        /** Looks whether the driver has switched the ring on or off; {@code running}: the whole direction is on. */
        abstract void follow(boolean running);

        /** One look: moves all frames that can be moved. Only while enabled. */
        abstract void work();

        private void forget() {
            frames = 0;
            looks = 0;
            free = 0;
        }
    }
}
