package net.driver.ixgbe;

import net.hw.ixgbe.LinkBits.Hlreg0;
import net.hw.ixgbe.Reg;
import net.hw.ixgbe.TransmitBits.Dmatxctl;
import net.hw.ixgbe.TransmitBits.Rttdcs;
import net.hw.ixgbe.TransmitBits.Txdctl;
import net.hw.ixgbe.TxDescriptor;

/** The transmit side of a device: what is alike for all queues, and each queue's registers. 4.6.8, 7.2. */
final class Transmitter {
    /** Queues without virtualisation and traffic classes: 7.2.1.2.1. */
    static final int MAX_QUEUES = 64;
    private static final int PACKET_BUFFER = 0x2_8000;
    /** Room for one frame of the largest size less than the buffer, in KiB: 8.2.3.9.16. */
    private static final int ROOM_FOR_A_FRAME = 0x96;
    private static final int MOST_REQUESTS = 0xfff;
    /** Descriptors are fetched when fewer than this many are in the device: 7.2.3.4. */
    private static final int PREFETCH = 32;
    /** DCA_TXCTRL: write-backs of descriptors may pass each other. Off, as for receive. */
    private static final int WRITE_BACK_UNORDERED = 1 << 11;
    private static final int VLAN_ETHERTYPE = 0x8100;
    /** TCP flags that stay in the first segment, those between and the last one: FIN and PSH are the last one's, CWR the first one's. RFC 3168, 6.1.2. */
    private static final int FIRST_FLAGS = 0xff6;
    private static final int MIDDLE_FLAGS = 0xf76;
    private static final int LAST_FLAGS = 0xf7f;

    private final Registers regs;
    private final Limits limits;

    Transmitter(Registers regs, Limits limits) {
        this.regs = regs;
        this.limits = limits;
    }

    /** Sets up what is alike for all queues, and starts: 4.6.8. */
    void start() {
        regs.set(Reg.HLREG0, Hlreg0.TXCRCEN | Hlreg0.TXPADEN);
        // The mode changes only while the arbiter is off: 8.2.3.9.15.
        regs.set(Reg.RTTDCS, Rttdcs.ARBDIS);
        regs.write(Reg.MTQC, 0);
        regs.write(Reg.TXPBSIZE, 0, PACKET_BUFFER);
        regs.write(Reg.TXPBTHRESH, 0, ROOM_FOR_A_FRAME);
        for (int i = 1; i < Reg.TXPBSIZE.count(); i++) {
            regs.write(Reg.TXPBSIZE, i, 0);
            regs.write(Reg.TXPBTHRESH, i, 0);
        }
        regs.write(Reg.DTXMXSZRQ, MOST_REQUESTS);
        // 8.2.3.9.3: after a reset CWR stays in the segments between too.
        regs.write(Reg.DTXTCPFLGL, FIRST_FLAGS | MIDDLE_FLAGS << 16);
        regs.write(Reg.DTXTCPFLGH, LAST_FLAGS);
        regs.clear(Reg.RTTDCS, Rttdcs.ARBDIS);
        int control = regs.read(Reg.DMATXCTL) & (1 << Dmatxctl.VT_SHIFT) - 1;
        regs.write(Reg.DMATXCTL, control & ~Dmatxctl.GDV | VLAN_ETHERTYPE << Dmatxctl.VT_SHIFT | Dmatxctl.TE);
    }

    /**
     * Sets a queue up and enables it, empty: 4.6.8. It reports what asks for a report, at once: write-back threshold 0.
     *
     * @param iova device address of the ring
     */
    void enable(int queue, long iova, int descriptors) {
        regs.write(Reg.TDBAL, queue, (int) iova);
        regs.write(Reg.TDBAH, queue, (int) (iova >>> 32));
        regs.write(Reg.TDLEN, queue, descriptors * TxDescriptor.SIZE);
        regs.write(Reg.TDWBAL, queue, 0);
        regs.write(Reg.TDWBAH, queue, 0);
        regs.clear(Reg.DCA_TXCTRL, queue, WRITE_BACK_UNORDERED);
        regs.write(Reg.TDH, queue, 0);
        regs.write(Reg.TDT, queue, 0);
        regs.write(Reg.TXDCTL, queue, PREFETCH | 1 << Txdctl.HTHRESH_SHIFT | Txdctl.ENABLE);
        regs.await(Reg.TXDCTL, queue, Txdctl.ENABLE, Txdctl.ENABLE, limits.stepNanos(), "enabling transmit queue " + queue);
    }
}
