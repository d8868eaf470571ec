package net.driver.ixgbe;

import net.api.DevError;
import net.api.DevException;
import net.api.device.Mmio;
import net.hw.ixgbe.ControlBits.Ctrl;
import net.hw.ixgbe.ControlBits.Status;
import net.hw.ixgbe.IxgbeRegister;
import net.hw.ixgbe.Reg;

/** The registers of a card, by their lines in the table; and waiting for them, never longer than is said. */
final class Registers {
    private static final int GONE = -1;
    private static final long STEP_NANOS = 20_000;

    private final String device;
    private final Mmio window;
    private final Clock clock;

    /** @param device its address, for messages */
    Registers(String device, Mmio window, Clock clock) {
        this.device = device;
        this.window = window;
        this.clock = clock;
    }

    String device() {
        return device;
    }

    Mmio window() {
        return window;
    }

    int read(IxgbeRegister r) {
        return read(r, 0);
    }

    int read(IxgbeRegister r, int i) {
        return window.read32(r.at(i));
    }

    void write(IxgbeRegister r, int value) {
        write(r, 0, value);
    }

    void write(IxgbeRegister r, int i, int value) {
        window.write32(r.at(i), value);
    }

    /** Writes all of an array. */
    void fill(IxgbeRegister r, int value) {
        for (int i = 0; i < r.count(); i++) {
            write(r, i, value);
        }
    }

    void set(IxgbeRegister r, int i, int bits) {
        write(r, i, read(r, i) | bits);
    }

    void set(IxgbeRegister r, int bits) {
        set(r, 0, bits);
    }

    void clear(IxgbeRegister r, int i, int bits) {
        write(r, i, read(r, i) & ~bits);
    }

    void clear(IxgbeRegister r, int bits) {
        clear(r, 0, bits);
    }

    /** Writes what was written so far through to the device: it answers a read after them. */
    void flush() {
        read(Reg.STATUS);
    }

    /** The device does not answer. STATUS has bits that are always 0: 8.2.3.1.2. */
    boolean isGone() {
        return read(Reg.STATUS) == GONE;
    }

    /**
     * The device still answers.
     *
     * @param step what was done last, for the message
     * @throws DevException IO if it does not
     */
    void alive(String step) {
        if (isGone()) {
            throw new DevException(DevError.IO, device + " reads as all ones after " + step + ": it is gone, or its memory decoding is off");
        }
    }

    /**
     * Waits until bits of a register have a value.
     *
     * @param step what is waited for, in messages
     * @return false if they have not after that time
     * @throws DevException IO as soon as the device does not answer any more
     */
    boolean poll(IxgbeRegister r, int i, int mask, int wanted, long nanos, String step) {
        long start = clock.nanoTime();
        for (;;) {
            int value = read(r, i);
            if (value == GONE) {
                alive(step);
            }
            if ((value & mask) == wanted) {
                return true;
            }
            if (clock.nanoTime() - start > nanos) {
                return false;
            }
            clock.park(STEP_NANOS);
        }
    }

    /** As {@link #poll}, and if it lasts too long, a DevException IO with what was read. */
    void await(IxgbeRegister r, int i, int mask, int wanted, long nanos, String step) {
        if (!poll(r, i, mask, wanted, nanos, step)) {
            throw new DevException(DevError.IO, "%s: %s did not end within %d ms: %s is 0x%08x".formatted(device, step, nanos / 1_000_000, r.name(), read(r, i)));
        }
    }

    /** Waits, as the datasheet asks for. */
    void delay(long nanos) {
        long start = clock.nanoTime();
        for (long left = nanos; left > 0; left = nanos - (clock.nanoTime() - start)) {
            clock.park(left);
        }
    }

    /** No request of the device is under way on PCIe, or after that time perhaps one: 5.2.5.3.2. */
    boolean disableMaster(long nanos) {
        set(Reg.CTRL, Ctrl.MASTER_DISABLE);
        return poll(Reg.STATUS, 0, Status.MASTER_ENABLED, 0, nanos, "disabling its requests on PCIe");
    }
}
