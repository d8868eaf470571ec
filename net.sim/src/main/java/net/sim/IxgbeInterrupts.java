package net.sim;

import java.util.Arrays;
import net.hw.ixgbe.InterruptBits.Cause;
import net.hw.ixgbe.InterruptBits.Eitr;
import net.hw.ixgbe.InterruptBits.Gpie;
import net.hw.ixgbe.InterruptBits.Ivar;
import net.hw.ixgbe.Reg;

/**
 * Interrupts of an 82599: causes in EICR, their vectors in IVAR, masks, automatic clearing and masking, and the intervals of EITR. 7.3. A message goes out when
 * a cause is there, enabled, and its vector's interval is over. Under the engine's lock.
 */
final class IxgbeInterrupts {
    /** Vectors of MSI-X. */
    static final int VECTORS = 64;
    private static final int OTHERS = Cause.OTHERS | Cause.TCP_TIMER;
    private static final long INTERVAL_NANOS = 2_000;

    private final IxgbeModel device;
    private final IxgbeRegisterFile file;
    private final MsixTable msix;
    private final long[] notBefore = new long[VECTORS];
    private final boolean[] limited = new boolean[VECTORS];
    // Vectors with something that no message was sent for.
    private long events;
    private boolean othersPending;
    // The mask: vectors, and the other causes.
    private long vectorsEnabled;
    private int othersEnabled;

    IxgbeInterrupts(IxgbeModel device, IxgbeRegisterFile file, MsixTable msix) {
        this.device = device;
        this.file = file;
        this.msix = msix;
    }

    void reset() {
        events = 0;
        othersPending = false;
        vectorsEnabled = 0;
        othersEnabled = 0;
        Arrays.fill(limited, false);
    }

    // ---- causes ----

    void receiveQueue(int queue) {
        queue(file.get(Reg.IVAR, queue >> 1) >>> Ivar.rxShift(queue));
    }

    void transmitQueue(int queue) {
        queue(file.get(Reg.IVAR, queue >> 1) >>> Ivar.txShift(queue));
    }

    private void queue(int entry) {
        if ((entry & Ivar.VALID) != 0) {
            vector(entry & Ivar.VECTOR);
        }
    }

    private void vector(int vector) {
        if (vector < 16) {
            file.set(Reg.EICR, file.get(Reg.EICR) | 1 << vector);
        }
        events |= 1L << vector;
    }

    /** Causes of EICR 30:16. */
    void cause(int bits) {
        file.set(Reg.EICR, file.get(Reg.EICR) | bits & OTHERS);
        others(bits & othersEnabled);
    }

    private void others(int bits) {
        if ((bits & Cause.TCP_TIMER) != 0) {
            queue(file.get(Reg.IVAR_MISC) >>> Ivar.TCP_TIMER_SHIFT);
        }
        int entry = file.get(Reg.IVAR_MISC) >>> Ivar.OTHER_SHIFT;
        if ((bits & Cause.OTHERS) != 0 && (entry & Ivar.VALID) != 0) {
            // The vector is not masked by its own bit: these causes have theirs.
            othersPending = true;
        }
    }

    // ---- registers ----

    /** What EICR shows. */
    int causes() {
        int value = file.get(Reg.EICR);
        return (value & othersEnabled & Cause.OTHERS) != 0 ? value | Cause.OTHER : value;
    }

    /** Reading clears all of it; with GPIE.OCD only the other causes. 8.2.3.5.1. */
    int readEicr() {
        int value = causes();
        file.set(Reg.EICR, file.has(Reg.GPIE, Gpie.OCD) ? value & ~OTHERS & ~Cause.OTHER : 0);
        if (!file.has(Reg.GPIE, Gpie.MULTIPLE_MSIX)) {
            disable(file.get(Reg.EIAM));
        }
        return value;
    }

    void writeEicr(int ones) {
        file.set(Reg.EICR, file.get(Reg.EICR) & ~ones);
        events &= ~(ones & (long) Cause.QUEUES);
    }

    void set(int bits) {
        setVectors(0, bits & Cause.QUEUES);
        cause(bits);
    }

    /** EICS(n): vectors from {@code first} on. */
    void setVectors(int first, int bits) {
        for (int i = 0; i < 32; i++) {
            if ((bits >>> i & 1) == 1) {
                vector(first + i);
            }
        }
    }

    int mask() {
        return (int) vectorsEnabled & Cause.QUEUES | othersEnabled;
    }

    int vectorMask(int first) {
        return (int) (vectorsEnabled >>> first);
    }

    void enable(int bits) {
        enableVectors(0, bits & Cause.QUEUES);
        int fresh = bits & OTHERS & ~othersEnabled;
        othersEnabled |= fresh;
        others(file.get(Reg.EICR) & fresh);
    }

    void enableVectors(int first, int bits) {
        long fresh = (bits & 0xffff_ffffL) << first & ~vectorsEnabled;
        vectorsEnabled |= fresh;
        // What is still in EICR is a reason for a message as soon as it is enabled.
        events |= fresh & file.get(Reg.EICR) & Cause.QUEUES;
    }

    void disable(int bits) {
        disableVectors(0, bits & Cause.QUEUES);
        othersEnabled &= ~bits;
    }

    void disableVectors(int first, int bits) {
        vectorsEnabled &= ~((bits & 0xffff_ffffL) << first);
    }

    void writeEitr(int vector, int value) {
        int kept = (value & Eitr.CNT_WDIS) != 0 ? file.get(Reg.EITR, vector) & Eitr.COUNTERS : value & Eitr.COUNTERS;
        file.set(Reg.EITR, vector, value & (Eitr.INTERVAL | Eitr.LLI_MODERATION) | kept);
        if (vector < VECTORS && (value & Eitr.CNT_WDIS) == 0) {
            limited[vector] = false;
        }
    }

    // ---- messages ----

    /** Sends what can be sent now, and asks to be called again for what has to wait. */
    void deliver() {
        long now = 0;
        long ready = events & vectorsEnabled;
        if (ready != 0 || othersPending) {
            now = System.nanoTime();
        }
        while (ready != 0) {
            int v = Long.numberOfTrailingZeros(ready);
            ready &= ready - 1;
            if (due(v, now)) {
                events &= ~(1L << v);
                sent(v, now);
            }
        }
        if (othersPending) {
            deliverOthers(now);
        }
    }

    private void deliverOthers(long now) {
        int v = file.get(Reg.IVAR_MISC) >>> Ivar.OTHER_SHIFT & Ivar.VECTOR;
        int causes = file.get(Reg.EICR) & othersEnabled & Cause.OTHERS;
        if (causes == 0) {
            othersPending = false;
        } else if (due(v, now)) {
            othersPending = false;
            if (file.has(Reg.GPIE, Gpie.EIAME)) {
                othersEnabled &= ~(file.get(Reg.EIAM) & causes);
            }
            message(v, now);
        }
    }

    private boolean due(int vector, long now) {
        if (!limited[vector] || now - notBefore[vector] >= 0) {
            return true;
        }
        device.wakeAt(notBefore[vector]);
        return false;
    }

    /** 7.3.1.4: what the message clears, and what it masks. */
    private void sent(int vector, long now) {
        if (vector < 16) {
            file.set(Reg.EICR, file.get(Reg.EICR) & ~(file.get(Reg.EIAC) & 1 << vector));
        }
        if (file.has(Reg.GPIE, Gpie.EIAME)) {
            int extended = file.get(Reg.EIAM_EX, vector >> 5) >>> (vector & 31) & 1;
            int plain = vector < 16 ? file.get(Reg.EIAM) >>> vector & 1 : 0;
            vectorsEnabled &= ~((long) (extended | plain) << vector);
        }
        message(vector, now);
    }

    private void message(int vector, long now) {
        int interval = (file.get(Reg.EITR, vector) & Eitr.INTERVAL) >>> Eitr.INTERVAL_SHIFT;
        limited[vector] = interval > 0;
        notBefore[vector] = now + interval * INTERVAL_NANOS;
        msix.raise(file.has(Reg.GPIE, Gpie.MULTIPLE_MSIX) ? vector : 0);
    }

    /** Messages without any reason, as from a device that has gone mad. */
    void spurious(int vector) {
        msix.raise(vector);
    }
}
