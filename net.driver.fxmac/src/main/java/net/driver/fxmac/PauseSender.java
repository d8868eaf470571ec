package net.driver.fxmac;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Has the MAC tell its partner to wait while any receive ring runs full, and to go on when all have room again: IEEE 802.3, annex 31B. A pause lasts 65 535
 * quanta of 512 bits, 3.3 ms at 10 Gb/s, and is repeated before it ends.
 */
final class PauseSender {
    private static final long REPEAT_NANOS = 1_000_000;

    private final MacRegisters mac;
    private final AtomicInteger full = new AtomicInteger();
    private volatile boolean agreed;

    PauseSender(MacRegisters mac) {
        this.mac = mac;
    }

    /** The partner takes pause frames, or does not. The device manager's thread. */
    void agreed(boolean is) {
        agreed = is;
    }

    boolean isAgreed() {
        return agreed;
    }

    /** What a receive queue's owner looks at after each batch. Only the owner. */
    final class Level {
        private boolean low;
        private long told;

        /** @param quarterFree a quarter of the ring's descriptors, or more, is the device's and empty */
        void look(boolean quarterFree, boolean halfFree) {
            if (!low && !quarterFree) {
                low = true;
                full.incrementAndGet();
                tell();
            } else if (low && halfFree) {
                low = false;
                if (full.decrementAndGet() == 0 && agreed) {
                    mac.sendPause(false);
                }
            } else if (low && System.nanoTime() - told > REPEAT_NANOS) {
                tell();
            }
        }

        private void tell() {
            told = System.nanoTime();
            if (agreed) {
                mac.sendPause(true);
            }
        }
    }
}
