package net.sim;

import java.lang.foreign.MemorySegment;
import net.hw.ixgbe.ReceiveBits.Rxdctl;
import net.hw.ixgbe.ReceiveBits.Srrctl;
import net.hw.ixgbe.Reg;
import net.hw.ixgbe.RxDescriptor;

/** A receive queue of an 82599: advanced descriptors with one buffer each; a frame takes as many as it needs. 7.1.6 to 7.1.9. Under the engine's lock. */
final class IxgbeRxQueue extends IxgbeQueue {
    private boolean written;
    private boolean foundDone;

    IxgbeRxQueue(IxgbeModel device, IxgbeRegisterFile file, int index) {
        super(device, file, index);
    }

    @Override
    Reg baseLow() {
        return Reg.RDBAL;
    }

    @Override
    Reg baseHigh() {
        return Reg.RDBAH;
    }

    @Override
    Reg length() {
        return Reg.RDLEN;
    }

    @Override
    String what() {
        return "receive";
    }

    @Override
    void reset() {
        super.reset();
        foundDone = false;
    }

    boolean strips() {
        return (file.get(Reg.RXDCTL, index) & Rxdctl.VME) != 0;
    }

    boolean drops() {
        return (file.get(Reg.SRRCTL, index) & Srrctl.DROP_EN) != 0;
    }

    /** Bytes of a buffer; 0, and stalled, if the descriptors are of a kind that this model does not have: legacy, and split headers. */
    private int bufferSize() {
        int control = file.get(Reg.SRRCTL, index);
        int bytes = (control & Srrctl.BSIZEPACKET) * Srrctl.BSIZEPACKET_UNIT;
        if ((control & Srrctl.DESCTYPE) != Srrctl.DESCTYPE_ADVANCED || bytes == 0) {
            device.complain("SRRCTL(%d) 0x%08x: advanced descriptors with one buffer of 1 KiB or more are modelled", index, control);
            stall();
            return 0;
        }
        return bytes;
    }

    /**
     * Puts a frame into the ring.
     *
     * @param from where the frame begins in {@code frame}
     * @param status status bits of the last descriptor but DD and EOP
     * @return NO_BUFFER if there are not enough descriptors, NOT_READY after an error of the driver
     */
    Verdict put(MemorySegment frame, int from, int length, long word0, int status, int errors, int vlan) {
        int room = bufferSize();
        if (room == 0) {
            return Verdict.NOT_READY;
        }
        int need = (length + room - 1) / room;
        // The device fills what there is and waits for the rest of a frame; a cable cannot wait, so here it begins when all of it fits.
        if (available() < need) {
            return size > 0 ? Verdict.NO_BUFFER : Verdict.NOT_READY;
        }
        if (!reach()) {
            return Verdict.NOT_READY;
        }
        int done = 0;
        for (int i = 0; i < need; i++) {
            int n = Math.min(room, length - done);
            long at = at(0);
            if ((word(at, 1) & RxDescriptor.DD) != 0 && !foundDone) {
                // Once: a driver that does it, as Linux's does, does it with every descriptor, and other complaints would be lost.
                foundDone = true;
                device.complain("receive queue %d: descriptor %d given with DD set (7.1.6.1)", index, head);
            }
            long address = word(at, 0);
            DmaSpace.Window w = target(address, n);
            if (w == null) {
                return Verdict.NOT_READY;
            }
            MemorySegment.copy(frame, from + done, w.segment, address - w.iova, n);
            done += n;
            boolean last = i == need - 1;
            write(at, word0, RxDescriptor.word1(last ? status | RxDescriptor.DD | RxDescriptor.EOP : RxDescriptor.DD, last ? errors : 0, n, last ? vlan : 0));
            advance(1);
        }
        written = true;
        return Verdict.ACCEPTED;
    }

    private void write(long at, long word0, long word1) {
        IxgbeLiar liar = device.liar();
        if (liar == null) {
            RxDescriptor.setWord0(memory, at, word0);
            RxDescriptor.setWord1Release(memory, at, word1);
        } else {
            liar.receive(this, at, word0, word1);
        }
    }

    /** Interrupts for what was written. */
    void publish() {
        if (written) {
            written = false;
            device.interrupts().receiveQueue(index);
        }
    }
}
