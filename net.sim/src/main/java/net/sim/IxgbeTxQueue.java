package net.sim;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import net.hw.ixgbe.Reg;
import net.hw.ixgbe.TransmitBits.Tdwbal;
import net.hw.ixgbe.TxDescriptor;

/**
 * A transmit queue of an 82599: takes advanced descriptors, gathers frames, remembers contexts, and reports what is done. 7.2.3. Under the engine's lock.
 */
final class IxgbeTxQueue extends IxgbeQueue {
    private static final int CONTEXTS = 2;
    private static final int HEAD_WRITE_BACK = 4;
    private static final ValueLayout.OfInt LE32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final IxgbeTransmitter transmitter;
    private final long[] contextWord0 = new long[CONTEXTS];
    private final long[] contextWord1 = new long[CONTEXTS];
    private boolean reported;
    private boolean moved;

    IxgbeTxQueue(IxgbeModel device, IxgbeRegisterFile file, int index, IxgbeTransmitter transmitter) {
        super(device, file, index);
        this.transmitter = transmitter;
    }

    @Override
    Reg baseLow() {
        return Reg.TDBAL;
    }

    @Override
    Reg baseHigh() {
        return Reg.TDBAH;
    }

    @Override
    Reg length() {
        return Reg.TDLEN;
    }

    @Override
    String what() {
        return "transmit";
    }

    @Override
    void reset() {
        super.reset();
        reported = false;
        moved = false;
    }

    /**
     * Takes up to so many frames.
     *
     * @return true if there may be more
     */
    boolean work(int frames) {
        int left = frames;
        while (device.mayTransmit() && ready()) {
            int n = available();
            if (n == 0) {
                return false;
            }
            if (left-- == 0) {
                return true;
            }
            if (!reach()) {
                return false;
            }
            int taken = take(n);
            if (taken == 0) {
                return false;
            }
            moved = true;
            advance(taken);
        }
        return false;
    }

    /** Takes a context or a frame off the head, of {@code n} descriptors; 0 if the frame's end is not there yet, or after an error of the driver. */
    private int take(int n) {
        long at = at(0);
        long word1 = word(at, 1);
        if (isWrong(word1)) {
            return 0;
        }
        if (TxDescriptor.type(word1) == TxDescriptor.CONTEXT) {
            int i = TxDescriptor.index(word1) % CONTEXTS;
            contextWord0[i] = word(at, 0);
            contextWord1[i] = word1;
            return 1;
        }
        return frame(n, word1);
    }

    private boolean isWrong(long word1) {
        int type = TxDescriptor.type(word1);
        if ((word1 & TxDescriptor.DEXT) == 0 || type != TxDescriptor.DATA && type != TxDescriptor.CONTEXT) {
            device.complain("transmit queue %d, descriptor %d: 0x%016x is not an advanced data or context descriptor", index, head, word1);
            stall();
            return true;
        }
        return false;
    }

    private int frame(int n, long first) {
        int count = 1;
        for (long word1 = first; (word1 & TxDescriptor.EOP) == 0; count++) {
            if (count == n) {
                return 0;
            }
            word1 = word(at(count), 1);
            if (isWrong(word1)) {
                return 0;
            }
        }
        transmitter.begin();
        for (int i = 0; i < count; i++) {
            long at = at(i);
            int length = TxDescriptor.length(word(at, 1));
            long address = word(at, 0);
            DmaSpace.Window w = length == 0 ? null : source(address, length);
            if (w == null || !transmitter.add(w.segment, address - w.iova, length)) {
                refuse(length == 0 ? "a buffer of 0 bytes" : "a frame too long");
                return 0;
            }
        }
        int context = TxDescriptor.index(first) % CONTEXTS;
        String refusal = transmitter.end(index, first, contextWord0[context], contextWord1[context]);
        if (!refusal.isEmpty()) {
            refuse(refusal);
            return 0;
        }
        report(count);
        return count;
    }

    private void refuse(String why) {
        if (size > 0) {
            device.complain("transmit queue %d, descriptor %d: %s", index, head, why);
            stall();
        }
    }

    /** Writes descriptors with RS back, unless the head is written instead. 7.2.3.5. */
    private void report(int count) {
        boolean headOnly = (file.get(Reg.TDWBAL, index) & Tdwbal.HEAD_WB_EN) != 0;
        for (int i = 0; i < count; i++) {
            long at = at(i);
            if ((word(at, 1) & TxDescriptor.RS) != 0) {
                reported = true;
                IxgbeLiar liar = device.liar();
                if (liar != null) {
                    liar.transmit(this, at, !headOnly);
                } else if (!headOnly) {
                    TxDescriptor.setDoneRelease(memory, at);
                }
            }
        }
    }

    /** The head, if software wants that, and interrupts. */
    void publish() {
        if (moved && (file.get(Reg.TDWBAL, index) & Tdwbal.HEAD_WB_EN) != 0 && device.mayWork()) {
            long address = file.get(Reg.TDWBAL, index) & 0xffff_fffcL | (long) file.get(Reg.TDWBAH, index) << 32;
            DmaSpace.Window w = target(address, HEAD_WRITE_BACK);
            if (w != null) {
                w.segment.set(LE32, address - w.iova, head);
            }
        }
        moved = false;
        if (reported) {
            reported = false;
            device.interrupts().transmitQueue(index);
        }
    }
}
