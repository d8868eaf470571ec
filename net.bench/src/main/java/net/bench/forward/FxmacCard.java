package net.bench.forward;

import java.lang.foreign.MemorySegment;
import net.bench.forward.inside.CardFile;
import net.bench.forward.inside.Load;
import net.hw.fxmac.DesignConfig;
import net.hw.fxmac.Fxmac;
import net.hw.fxmac.NetworkControl;
import net.hw.fxmac.RxBd;
import net.hw.fxmac.TxBd;
import net.hw.fxmac.TxStatus;
import net.hw.fxmac.Usx;

/**
 * What of Phytium's MAC a driver sees that sends and receives, with a 64b/66b PCS, which needs no MDIO. There are no tails: the device looks at the next
 * descriptor itself.
 * Transmission need not be started, a device that always looks has nothing to be told; and bits that writing ones clears are cleared a little later, here.
 */
final class FxmacCard implements PolledCard {
    private static final Fxmac[] CLEARED = {Fxmac.RXSR, Fxmac.ISR, Fxmac.QISR};
    private static final int WIDTH_128 = 4 << 25;
    private static final int ALL_QUEUES = 0xff;
    private static final int ALL_SCREENERS = 16 << 16 | 32;

    private final MemorySegment file;
    private final long registers;
    private final RxRing[] rx;
    private final TxRing[] tx;

    FxmacCard(MemorySegment file, int number, int queues) {
        this.file = file;
        registers = CardFile.window(number);
        rx = new RxRing[queues];
        tx = new TxRing[queues];
        for (int i = 0; i < queues; i++) {
            rx[i] = new RxRing(i == 0 ? Fxmac.RXQBASE.offset() : Fxmac.QRXBASE.at(i - 1));
            tx[i] = new TxRing(i == 0 ? Fxmac.TXQBASE.offset() : Fxmac.QTXBASE.at(i - 1));
        }
        set(Fxmac.REVISION.offset(), Fxmac.PHYTIUM_ID << 16);
        set(Fxmac.DCFG1.offset(), WIDTH_128);
        set(Fxmac.DCFG6.offset(), DesignConfig.ADDRESS_64 | ALL_QUEUES);
        set(Fxmac.DCFG8.offset(), ALL_SCREENERS);
        set(Fxmac.NWSR.offset(), Fxmac.NWSR_MDIO_IDLE);
        set(Fxmac.USXSR.offset(), Usx.BLOCK_LOCK);
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
        for (Fxmac register : CLEARED) {
            for (int i = 0; i < register.count(); i++) {
                if (get(register.at(i)) != 0) {
                    set(register.at(i), 0);
                }
            }
        }
        int control = get(Fxmac.NWCTRL.offset());
        for (RxRing ring : rx) {
            ring.follow((control & NetworkControl.RX) != 0);
        }
        boolean sends = (control & NetworkControl.TX) != 0;
        for (TxRing ring : tx) {
            ring.follow(sends);
        }
        // What tells the driver that transmission has stopped: TRM 16.3.9.
        int status = sends ? TxStatus.GO : 0;
        if (get(Fxmac.TXSR.offset()) != status) {
            set(Fxmac.TXSR.offset(), status);
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

    private int get(int offset) {
        return CardFile.intAcquire(file, registers + offset);
    }

    private void set(int offset, int value) {
        CardFile.setIntRelease(file, registers + offset, value);
    }

    /** What both kinds of rings have: a base, and where the device is. */
    private abstract class Ring {
        private final int base;
        private final boolean restarts;
        boolean enabled;
        long start;
        long next;

        /** @param restarts a direction that is switched on begins at the base; else it goes on where it was, unless it has another base */
        Ring(int base, boolean restarts) {
            this.base = base;
            this.restarts = restarts;
        }

        final void follow(boolean running) {
            int at = get(base);
            boolean now = running && at != 0 && (at & Fxmac.QUEUE_OFF) == 0;
            if (now && !enabled && (restarts || start != at)) {
                start = at;
                next = at;
            }
            enabled = now;
        }
    }

    /** A receive ring: a frame into every descriptor that is not used. TRM 16.3.3. */
    private final class RxRing extends Ring {
        private static final long FILLED = RxBd.USED | RxBd.SOF | RxBd.EOF | (long) Load.FRAME << RxBd.LENGTH_SHIFT;

        private long received;
        private long looks;

        RxRing(int base) {
            super(base, false);
        }

        void fill() {
            if (!enabled) {
                return;
            }
            MemorySegment m = file;
            long at = next;
            int n = 0;
            for (; n < Load.RING; n++) {
                long word = RxBd.wordAcquire(m, at);
                if ((word & RxBd.USED) != 0) {
                    break;
                }
                RxBd.setWordRelease(m, at, word & (RxBd.ADDRESS_MASK | RxBd.WRAP) | FILLED);
                at = (word & RxBd.WRAP) != 0 ? start : at + RxBd.SIZE;
            }
            next = at;
            looks++;
            received += n;
        }

        /** What was found free is what was filled. */
        Tally tally() {
            Tally t = new Tally(received, 0, looks, received);
            received = 0;
            looks = 0;
            return t;
        }
    }

    /** A transmit ring: every frame leaves at once, and its first descriptor is marked. TRM 16.3.3. */
    private final class TxRing extends Ring {
        private long sent;

        TxRing(int base) {
            super(base, true);
        }

        void take() {
            if (!enabled) {
                return;
            }
            MemorySegment m = file;
            long at = next;
            for (int n = 0; n < Load.RING; n++) {
                long first = at;
                long word = TxBd.wordAcquire(m, at);
                if ((word & TxBd.USED) != 0) {
                    break;
                }
                long last = word;
                at = behind(at, last);
                while ((last & (TxBd.LAST | TxBd.USED)) == 0) {
                    last = TxBd.wordAcquire(m, at);
                    at = behind(at, last);
                }
                TxBd.setWordRelease(m, first, word | TxBd.USED);
                sent++;
            }
            next = at;
        }

        private long behind(long at, long word) {
            return (word & TxBd.WRAP) != 0 ? start : at + TxBd.SIZE;
        }

        Tally tally() {
            Tally t = new Tally(0, sent, 0, 0);
            sent = 0;
            return t;
        }
    }
}
