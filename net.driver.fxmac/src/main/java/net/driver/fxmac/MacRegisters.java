package net.driver.fxmac;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.BooleanSupplier;
import net.api.DevError;
import net.api.DevException;
import net.api.device.Mmio;
import net.api.driver.HandOver;
import net.api.driver.Register;
import net.hw.fxmac.Fxmac;
import net.hw.fxmac.NetworkControl;

/** The register window. What a queue's owner does to registers is here too, so that it is seen side by side with what others do. */
final class MacRegisters {
    /** What a register reads when the device is gone. */
    static final int GONE = -1;
    private static final VarHandle CONTROL;

    static {
        try {
            CONTROL = MethodHandles.lookup().findVarHandle(MacRegisters.class, "control", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final String name;
    private final Mmio window;
    private final int flushRx;
    /** What NWCTRL holds, without what triggers: whoever writes the register writes this and a trigger, so that nobody reads it back. */
    private int control;
    /** What NWCFG holds. Under the lock of this. */
    private int config;

    /** @param phytium it has Phytium's extensions: a stuck receiver is flushed */
    MacRegisters(String name, Mmio window, boolean phytium) {
        this.name = name;
        this.window = window;
        flushRx = phytium ? NetworkControl.FLUSH_RX : 0;
    }

    /** The device's, for messages. */
    String name() {
        return name;
    }

    Mmio window() {
        return window;
    }

    int read(Register r) {
        return window.read32(r.offset());
    }

    int read(Register r, int i) {
        return window.read32(r.at(i));
    }

    void write(Register r, int value) {
        window.write32(r.offset(), value);
    }

    void write(Register r, int i, int value) {
        window.write32(r.at(i), value);
    }

    /** @throws DevException IO if the device does not answer */
    void alive(String after) {
        if (read(Fxmac.REVISION) == GONE) {
            throw new DevException(DevError.IO, name + " reads as all ones after " + after + ": it is gone, or its clock is off");
        }
    }

    /** Waits for a condition of the device; looks at it at least once, and once more at the end. */
    static boolean await(long nanos, BooleanSupplier condition) {
        long deadline = System.nanoTime() + nanos;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                return condition.getAsBoolean();
            }
            Thread.onSpinWait();
        }
        return true;
    }

    // ---- network control ----

    /** Sets what NWCTRL holds. The device manager's thread, with all queues' owners outside. */
    void control(int value) {
        CONTROL.setOpaque(this, value);
        write(Fxmac.NWCTRL, value);
    }

    /** What NWCTRL should hold. */
    int control() {
        return (int) CONTROL.getOpaque(this);
    }

    /** The device has network control as it was set. Not the bit for reception: owners of receive queues switch it off and on. */
    boolean keepsControl() {
        int now = read(Fxmac.NWCTRL);
        return now != GONE && ((now ^ control()) & (NetworkControl.TX | NetworkControl.MDIO)) == 0;
    }

    synchronized void save(HandOver.Writer to) {
        to.put("control", control()).put("config", config);
    }

    /** The device knows. */
    synchronized void restore(HandOver from) {
        CONTROL.setOpaque(this, from.number("control", Integer.MIN_VALUE, Integer.MAX_VALUE));
        config = from.number("config", Integer.MIN_VALUE, Integer.MAX_VALUE);
        int c = read(Fxmac.NWCTRL);
        int now = read(Fxmac.NWCFG);
        if (now != config || ((c ^ control()) & ~NetworkControl.RX) != 0) {
            throw new DevException(DevError.INVALID_PARAM, "%s: its network control is 0x%x and its configuration 0x%x, not 0x%x and 0x%x".formatted(name, c, now,
                    control(), config));
        }
    }

    /** Has the device look at the transmit queues. Any thread. */
    void startTransmit() {
        window.write32(Fxmac.NWCTRL.offset(), (int) CONTROL.getOpaque(this) | NetworkControl.START_TX);
    }

    /** Has the device look at its receive descriptors again, after it found none free: TRM 16.3.5 leaves it waiting. Any thread. */
    void restartReceive() {
        int c = (int) CONTROL.getOpaque(this);
        window.write32(Fxmac.NWCTRL.offset(), c & ~NetworkControl.RX | flushRx);
        window.write32(Fxmac.NWCTRL.offset(), c);
    }

    /** Sends a pause frame: with a time, or to say that the partner may go on. Any thread. */
    void sendPause(boolean timed) {
        window.write32(Fxmac.NWCTRL.offset(), (int) CONTROL.getOpaque(this) | (timed ? NetworkControl.SEND_PAUSE : NetworkControl.SEND_ZERO_PAUSE));
    }

    // ---- network configuration ----

    /** Changes the bits of a mask in NWCFG. Any thread. */
    synchronized void configure(int mask, int bits) {
        config = config & ~mask | bits;
        write(Fxmac.NWCFG, config);
    }
}
