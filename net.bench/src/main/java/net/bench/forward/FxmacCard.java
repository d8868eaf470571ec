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
final class FxmacCard extends RingCard {
    private static final Fxmac[] CLEARED = {Fxmac.RXSR, Fxmac.ISR, Fxmac.QISR};
    private static final int WIDTH_128 = 4 << 25;
    private static final int ALL_QUEUES = 0xff;
    private static final int ALL_SCREENERS = 16 << 16 | 32;

    FxmacCard(MemorySegment file, int number, int queues) {
        super(file, number, queues);
        set(Fxmac.REVISION.offset(), Fxmac.PHYTIUM_ID << 16);
        set(Fxmac.DCFG1.offset(), WIDTH_128);
        set(Fxmac.DCFG6.offset(), DesignConfig.ADDRESS_64 | ALL_QUEUES);
        set(Fxmac.DCFG8.offset(), ALL_SCREENERS);
        set(Fxmac.NWSR.offset(), Fxmac.NWSR_MDIO_IDLE);
        set(Fxmac.USXSR.offset(), Usx.BLOCK_LOCK);
    }

    @Override
    Ring receiver(int queue) {
        return new RxRing(queue == 0 ? Fxmac.RXQBASE.offset() : Fxmac.QRXBASE.at(queue - 1));
    }

    @Override
    Ring transmitter(int queue) {
        return new TxRing(queue == 0 ? Fxmac.TXQBASE.offset() : Fxmac.QTXBASE.at(queue - 1));
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
        boolean sends = (control & NetworkControl.TX) != 0;
        follow((control & NetworkControl.RX) != 0, sends);
        // What tells the driver that transmission has stopped: TRM 16.3.9.
        int status = sends ? TxStatus.GO : 0;
        if (get(Fxmac.TXSR.offset()) != status) {
            set(Fxmac.TXSR.offset(), status);
        }
    }

    /** What both kinds of rings have: a base, and where the device is. */
    private abstract class DescriptorRing extends Ring {
        private final int base;
        private final boolean restarts;
        long start;
        long next;

        /** @param restarts a direction that is switched on begins at the base; else it goes on where it was, unless it has another base */
        DescriptorRing(int base, boolean restarts) {
            this.base = base;
            this.restarts = restarts;
        }

        @Override
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
    private final class RxRing extends DescriptorRing {
        private static final long FILLED = RxBd.USED | RxBd.SOF | RxBd.EOF | (long) Load.FRAME << RxBd.LENGTH_SHIFT;

        RxRing(int base) {
            super(base, false);
        }

        @Override
        void work() {
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
            frames += n;
            // What was found free is what was filled.
            free += n;
        }
    }

    /** A transmit ring: every frame leaves at once, and its first descriptor is marked. TRM 16.3.3. */
    private final class TxRing extends DescriptorRing {
        TxRing(int base) {
            super(base, true);
        }

        @Override
        void work() {
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
                frames++;
            }
            next = at;
        }

        private long behind(long at, long word) {
            return (word & TxBd.WRAP) != 0 ? start : at + TxBd.SIZE;
        }
    }
}
