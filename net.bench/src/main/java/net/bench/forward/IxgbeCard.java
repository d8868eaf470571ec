package net.bench.forward;

import java.lang.foreign.MemorySegment;
import net.bench.forward.inside.CardFile;
import net.bench.forward.inside.Load;
import net.hw.ixgbe.ControlBits.Ctrl;
import net.hw.ixgbe.ControlBits.Eeprom;
import net.hw.ixgbe.ControlBits.Eerd;
import net.hw.ixgbe.ControlBits.Status;
import net.hw.ixgbe.LinkBits.Autoc;
import net.hw.ixgbe.LinkBits.Links;
import net.hw.ixgbe.LinkBits.Msca;
import net.hw.ixgbe.ReceiveBits.Rah;
import net.hw.ixgbe.ReceiveBits.Rxctrl;
import net.hw.ixgbe.Reg;
import net.hw.ixgbe.RxDescriptor;
import net.hw.ixgbe.TransmitBits.Dmatxctl;
import net.hw.ixgbe.TransmitBits.Txdctl;
import net.hw.ixgbe.TxDescriptor;

/**
 * What of an 82599 a driver sees that sends and receives. Its registers are memory, so what a driver writes is what it reads; what the device changes by
 * itself is changed
 * here, a little later. There are no counters: a register that clears when it is read cannot be had in memory.
 */
final class IxgbeCard extends RingCard {
    /** From the base register of a ring, receive and transmit alike: 8.2.3.8, 8.2.3.9. */
    private static final int LENGTH = Reg.RDLEN.offset() - Reg.RDBAL.offset();
    private static final int HEAD = Reg.RDH.offset() - Reg.RDBAL.offset();
    private static final int TAIL = Reg.RDT.offset() - Reg.RDBAL.offset();
    private static final int CONTROL = Reg.RXDCTL.offset() - Reg.RDBAL.offset();

    private final int number;

    IxgbeCard(MemorySegment file, int number, int queues) {
        super(file, number, queues);
        this.number = number;
        reset();
    }

    @Override
    Ring receiver(int queue) {
        return new RxRing(queue);
    }

    @Override
    Ring transmitter(int queue) {
        return new TxRing(queue);
    }

    @Override
    public void control() {
        int ctrl = get(Reg.CTRL.offset());
        if ((ctrl & (Ctrl.RST | Ctrl.LRST)) != 0) {
            reset();
            return;
        }
        boolean master = (ctrl & Ctrl.MASTER_DISABLE) == 0;
        follow(master && (get(Reg.RXCTRL.offset()) & Rxctrl.RXEN) != 0, master && (get(Reg.DMATXCTL.offset()) & Dmatxctl.TE) != 0);
        int status = get(Reg.STATUS.offset());
        if ((status & Status.MASTER_ENABLED) != 0 != master) {
            set(Reg.STATUS.offset(), status ^ Status.MASTER_ENABLED);
        }
        int eerd = get(Reg.EERD.offset());
        if ((eerd & (Eerd.START | Eerd.DONE)) == Eerd.START) {
            int word = eerd >>> Eerd.ADDR_SHIFT & Eerd.ADDR_MAX;
            set(Reg.EERD.offset(), word << Eerd.ADDR_SHIFT | Eerd.DONE | eeprom(word) << Eerd.DATA_SHIFT);
        }
        atOnce(Reg.AUTOC, Autoc.RESTART_AN);
        atOnce(Reg.MSCA, Msca.COMMAND);
    }

    /** A bit that clears itself. */
    private void atOnce(Reg register, int bit) {
        int value = get(register.offset());
        if ((value & bit) != 0) {
            set(register.offset(), value & ~bit);
        }
    }

    /** Every register as after reset, the address from the EEPROM, and a link. 4.2.1: CTRL comes last. */
    private void reset() {
        follow(false, false);
        for (Reg r : Reg.values()) {
            for (int i = 0; i < r.count() && r != Reg.CTRL; i++) {
                set(r.at(i), r.reset(i));
            }
        }
        set(Reg.STATUS.offset(), Reg.STATUS.reset(0) | (number & 1) << Status.LAN_ID_SHIFT);
        set(Reg.RAL.at(0), 0x0000_1b02);
        set(Reg.RAH.at(0), Rah.AV | (number + 1) << 8);
        set(Reg.LINKS.offset(), Links.KX_AN_COMP | Links.LINK_UP | Links.SPEED_10G | Links.LINK_STATUS);
        set(Reg.CTRL.offset(), Reg.CTRL.reset(0));
    }

    /** All words are 0 but the checksum of them: 6.3. */
    private static int eeprom(int word) {
        return word == Eeprom.CHECKSUM ? Eeprom.SUM : 0;
    }

    /** What both kinds of rings have. */
    private abstract class DescriptorRing extends Ring {
        private final int base;
        final long tail;
        long start;
        int mask;
        int head;

        DescriptorRing(int base) {
            this.base = base;
            tail = register(base + TAIL);
        }

        @Override
        final void follow(boolean running) {
            int control = get(base + CONTROL);
            int length = get(base + LENGTH) / RxDescriptor.SIZE;
            boolean now = running && (control & Txdctl.ENABLE) != 0 && Integer.bitCount(length) == 1;
            if (now && !enabled) {
                start = get(base);
                mask = length - 1;
                head = get(base + HEAD) & mask;
            }
            enabled = now;
            if (now) {
                set(base + HEAD, head);
            }
            if ((control & Txdctl.SWFLSH) != 0) {
                set(base + CONTROL, control & ~Txdctl.SWFLSH);
            }
        }
    }

    /** A receive ring: every free descriptor gets a frame at once. 7.1.6.2. */
    private final class RxRing extends DescriptorRing {
        private static final long WORD_1 = RxDescriptor.word1(RxDescriptor.DD | RxDescriptor.EOP, 0, Load.FRAME, 0);

        RxRing(int i) {
            super(Reg.RDBAL.at(i));
        }

        @Override
        void work() {
            MemorySegment m = file;
            int h = head;
            int n = CardFile.intAcquire(m, tail) - h & mask;
            looks++;
            free += n;
            for (int i = 0; i < n; i++) {
                long d = RxDescriptor.at(start, h);
                RxDescriptor.setWord0(m, d, 0);
                RxDescriptor.setWord1Release(m, d, WORD_1);
                h = h + 1 & mask;
            }
            head = h;
            frames += n;
        }
    }

    /** A transmit ring: every frame leaves at once; where RS is set, that is written back. 7.2.3.5. */
    private final class TxRing extends DescriptorRing {
        TxRing(int i) {
            super(Reg.TDBAL.at(i));
        }

        @Override
        void work() {
            MemorySegment m = file;
            int h = head;
            int t = CardFile.intAcquire(m, tail) & mask;
            int sent = 0;
            while (h != t) {
                long d = TxDescriptor.at(start, h);
                long word1 = TxDescriptor.word1(m, d);
                if ((word1 & TxDescriptor.EOP) != 0) {
                    sent++;
                }
                if ((word1 & TxDescriptor.RS) != 0) {
                    TxDescriptor.setDoneRelease(m, d);
                }
                h = h + 1 & mask;
            }
            head = h;
            frames += sent;
        }
    }
}
