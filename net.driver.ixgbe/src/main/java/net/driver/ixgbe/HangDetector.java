package net.driver.ixgbe;

import java.util.Arrays;
import net.hw.ixgbe.Reg;

/** Finds transmit queues that have descriptors and do not move. Pause frames may hold a queue up for long; they must last ten times as long. */
final class HangDetector {
    private static final int PATIENCE_WITH_PAUSES = 10;

    private final Registers regs;
    private final long patience;
    private final int[] heads;
    private final long[] since;

    /** @param pauses pause frames are obeyed */
    HangDetector(Registers regs, int queues, long nanos, boolean pauses) {
        this.regs = regs;
        patience = pauses ? PATIENCE_WITH_PAUSES * nanos : nanos;
        heads = new int[queues];
        since = new long[queues];
        Arrays.fill(heads, -1);
    }

    /** What hangs, in a sentence with values; null for nothing. Without a link nothing moves. */
    String look(long now, boolean linkUp) {
        for (int q = 0; q < heads.length; q++) {
            int head = regs.read(Reg.TDH, q);
            int tail = regs.read(Reg.TDT, q);
            if (!linkUp || head == tail || head != heads[q]) {
                heads[q] = head;
                since[q] = now;
            } else if (now - since[q] > patience) {
                return "%s: transmit queue %d hangs: its head has been at %d for %d ms, with its tail at %d".formatted(regs.device(), q, head,
                        (now - since[q]) / 1_000_000, tail);
            }
        }
        return null;
    }
}
