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
final class IxgbeCard implements PolledCard {
    /** From the base register of a ring, receive and transmit alike: 8.2.3.8, 8.2.3.9. */
    private static final int LENGTH = Reg.RDLEN.offset() - Reg.RDBAL.offset();
    private static final int HEAD = Reg.RDH.offset() - Reg.RDBAL.offset();
    private static final int TAIL = Reg.RDT.offset() - Reg.RDBAL.offset();
    private static final int CONTROL = Reg.RXDCTL.offset() - Reg.RDBAL.offset();

    private final MemorySegment file;
    private final long registers;
    private final int number;
    private final RxRing[] rx;
    private final TxRing[] tx;

    IxgbeCard(MemorySegment file, int number, int queues) {
        this.file = file;
        this.number = number;
        registers = CardFile.window(number);
        rx = new RxRing[queues];
        tx = new TxRing[queues];
        for (int i = 0; i < queues; i++) {
            rx[i] = new RxRing(i);
            tx[i] = new TxRing(i);
        }
        reset();
    }

    @Override
    public void poll() {
        for (RxRing ring : rx) {
            ring.fill();
        }
        drain();
    }

    @Override
    public void drain() {
        for (TxRing ring : tx) {
            ring.take();
        }
    }

    @Override
    public void control() {
        int ctrl = get(Reg.CTRL.offset());
        if ((ctrl & (Ctrl.RST | Ctrl.LRST)) != 0) {
            reset();
            return;
        }
        boolean master = (ctrl & Ctrl.MASTER_DISABLE) == 0;
        for (RxRing ring : rx) {
            ring.follow(master && (get(Reg.RXCTRL.offset()) & Rxctrl.RXEN) != 0);
        }
        for (TxRing ring : tx) {
            ring.follow(master && (get(Reg.DMATXCTL.offset()) & Dmatxctl.TE) != 0);
        }
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

    @Override
    public Tally tally() {
        Tally sum = new Tally(0, 0, 0, 0);
        for (RxRing ring : rx) {
            sum = sum.plus(ring.tally());
        }
        for (TxRing ring : tx) {
            sum = sum.plus(ring.tally());
        }
        return sum;
    }

    /** Every register as after reset, the address from the EEPROM, and a link. 4.2.1: CTRL comes last. */
    private void reset() {
        for (RxRing ring : rx) {
            ring.follow(false);
        }
        for (TxRing ring : tx) {
            ring.follow(false);
        }
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

    private int get(int offset) {
        return CardFile.intAcquire(file, registers + offset);
    }

    private void set(int offset, int value) {
        CardFile.setIntRelease(file, registers + offset, value);
    }

    /** What both kinds of rings have. */
    private abstract class Ring {
        private final int base;
        final long tail;
        boolean enabled;
        long start;
        int mask;
        int head;

        Ring(int base) {
            this.base = base;
            tail = registers + base + TAIL;
        }

        /** Looks whether the driver has switched the ring on or off; {@code running}: the whole direction is on. */
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
    private final class RxRing extends Ring {
        private static final long WORD_1 = RxDescriptor.word1(RxDescriptor.DD | RxDescriptor.EOP, 0, Load.FRAME, 0);

        private long received;
        private long looks;
        private long free;

        RxRing(int i) {
            super(Reg.RDBAL.at(i));
        }

        void fill() {
            if (!enabled) {
                return;
            }
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
            received += n;
        }

        Tally tally() {
            Tally t = new Tally(received, 0, looks, free);
            received = 0;
            looks = 0;
            free = 0;
            return t;
        }
    }

    /** A transmit ring: every frame leaves at once; where RS is set, that is written back. 7.2.3.5. */
    private final class TxRing extends Ring {
        private long sent;

        TxRing(int i) {
            super(Reg.TDBAL.at(i));
        }

        void take() {
            if (!enabled) {
                return;
            }
            MemorySegment m = file;
            int h = head;
            int t = CardFile.intAcquire(m, tail) & mask;
            int frames = 0;
            while (h != t) {
                long d = TxDescriptor.at(start, h);
                long word1 = TxDescriptor.word1(m, d);
                if ((word1 & TxDescriptor.EOP) != 0) {
                    frames++;
                }
                if ((word1 & TxDescriptor.RS) != 0) {
                    TxDescriptor.setDoneRelease(m, d);
                }
                h = h + 1 & mask;
            }
            head = h;
            sent += frames;
        }

        Tally tally() {
            Tally t = new Tally(0, sent, 0, 0);
            sent = 0;
            return t;
        }
    }
}
