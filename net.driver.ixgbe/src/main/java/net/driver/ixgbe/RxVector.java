package net.driver.ixgbe;

import net.hw.ixgbe.Reg;

/** The interrupt of one receive queue: vector n for queue n. A message disables it again by itself (EIAM): 7.3.1.3. */
final class RxVector {
    private final Registers regs;
    private final int word;
    private final int bit;

    RxVector(Registers regs, int queue) {
        this.regs = regs;
        word = queue / 32;
        bit = 1 << queue;
    }

    /** What happened before comes too: the device remembers causes that are disabled. */
    void enable() {
        regs.write(Reg.EIMS_EX, word, bit);
    }

    void disable() {
        regs.write(Reg.EIMC_EX, word, bit);
    }
}
