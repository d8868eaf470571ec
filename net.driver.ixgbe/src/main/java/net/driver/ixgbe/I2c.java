package net.driver.ixgbe;

import net.api.DevError;
import net.api.DevException;
import net.hw.ixgbe.ControlBits.I2cCtl;
import net.hw.ixgbe.Reg;

/** The two wires to the module in the cage, moved bit by bit through I2CCTL: 8.2.3.1.6, SFF-8472. The wires are pulled up; 1 is to let go. */
final class I2c {
    /** Half a clock period, for 100 kHz. */
    private static final long HALF_NANOS = 5_000;
    /** How often a byte is tried: modules answer nothing while they are busy. */
    private static final int TRIES = 4;

    private final Registers regs;

    I2c(Registers regs) {
        this.regs = regs;
    }

    /**
     * Reads a byte of the module.
     *
     * @param device its address with the write bit, such as 0xa0
     * @param offset 0 to 255
     * @throws DevException IO if the module does not acknowledge
     */
    int read(int device, int offset) {
        for (int i = 0; i < TRIES; i++) {
            start();
            if (send(device) && send(offset)) {
                start();
                if (send(device | 1)) {
                    int value = receive();
                    bit(true);
                    stop();
                    return value;
                }
            }
            stop();
        }
        throw new DevException(DevError.IO, "%s: the module in its cage does not answer at 0x%02x: pull it out and put it back".formatted(regs.device(), device));
    }

    private void start() {
        wires(true, true);
        wires(true, false);
        wires(false, false);
    }

    private void stop() {
        wires(false, false);
        wires(true, false);
        wires(true, true);
    }

    private boolean send(int value) {
        for (int i = 7; i >= 0; i--) {
            bit((value >>> i & 1) != 0);
        }
        return !sample();
    }

    private int receive() {
        int value = 0;
        for (int i = 0; i < 8; i++) {
            value = value << 1 | (sample() ? 1 : 0);
        }
        return value;
    }

    private void bit(boolean high) {
        wires(false, high);
        wires(true, high);
        wires(false, high);
    }

    /** Lets the data wire go for one clock, and reads it. */
    private boolean sample() {
        wires(false, true);
        wires(true, true);
        boolean high = (regs.read(Reg.I2CCTL) & I2cCtl.DATA_IN) != 0;
        wires(false, true);
        return high;
    }

    private void wires(boolean clock, boolean data) {
        regs.write(Reg.I2CCTL, (clock ? I2cCtl.CLK_OUT : 0) | (data ? I2cCtl.DATA_OUT : 0));
        long start = System.nanoTime();
        while (System.nanoTime() - start < HALF_NANOS) {
            Thread.onSpinWait();
        }
    }
}
