package net.driver.ixgbe;

import java.util.Set;
import net.api.driver.FlowControl;
import net.api.driver.RxOffload;
import net.hw.ixgbe.LinkBits.Fccfg;
import net.hw.ixgbe.LinkBits.Fcrt;
import net.hw.ixgbe.LinkBits.Hlreg0;
import net.hw.ixgbe.LinkBits.Mflcn;
import net.hw.ixgbe.ReceiveBits.DcaRxctrl;
import net.hw.ixgbe.ReceiveBits.Fctrl;
import net.hw.ixgbe.ReceiveBits.Mrqc;
import net.hw.ixgbe.ReceiveBits.Rdrxctl;
import net.hw.ixgbe.ReceiveBits.Rfctl;
import net.hw.ixgbe.ReceiveBits.Rxcsum;
import net.hw.ixgbe.ReceiveBits.Rxctrl;
import net.hw.ixgbe.ReceiveBits.Rxdctl;
import net.hw.ixgbe.ReceiveBits.Secrx;
import net.hw.ixgbe.ReceiveBits.Srrctl;
import net.hw.ixgbe.Reg;
import net.hw.ixgbe.RxDescriptor;

/** The receive side of a device: what is alike for all queues, and each queue's registers. 4.6.7, 7.1. */
final class Receiver {
    /** Queues that RSS spreads over without virtualisation: 7.1.2.8.1. */
    static final int MAX_QUEUES = 16;
    private static final int RETA_ENTRIES = 128;
    /** 512 KiB for frames on their way to memory: 7.1.2.3.1. */
    private static final int PACKET_BUFFER = 0x8_0000;
    /** What is on its way when a pause frame is asked for: what the wire, the far end and this device still send, in bytes: 3.7.7.3.2. */
    private static final int PAUSE_DELAY = 0x6000;
    private static final int LOW_WATER = 0x2800;
    private static final int PAUSE_TIME = 0xffff;
    /** DCA_RXCTRL: write-backs of descriptors may pass each other. Off, so that they keep their order: 8.2.3.11.1. */
    private static final int WRITE_BACK_UNORDERED = 1 << 11;
    /** The RSS key that every document uses, so that a hash can be compared with others'. */
    private static final int[] RSS_KEY = {0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2, 0x41, 0x67, 0x25, 0x3d, 0x43, 0xa3, 0x8f, 0xb0, 0xd0, 0xca, 0x2b, 0xcb,
        0xae, 0x7b, 0x30, 0xb4, 0x77, 0xcb, 0x2d, 0xa3, 0x80, 0x30, 0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa};

    private final Registers regs;
    private final Limits limits;

    Receiver(Registers regs, Limits limits) {
        this.regs = regs;
        this.limits = limits;
    }

    /**
     * Sets up what is alike for all queues, with reception off.
     *
     * @param queues how many RSS spreads over, 1 to 16
     * @param wanted what is to be found out about frames
     */
    void setUp(int queues, Set<RxOffload> wanted, FlowControl flow) {
        regs.clear(Reg.RXCTRL, Rxctrl.RXEN);
        regs.write(Reg.RXPBSIZE, 0, PACKET_BUFFER);
        for (int i = 1; i < Reg.RXPBSIZE.count(); i++) {
            regs.write(Reg.RXPBSIZE, i, 0);
        }
        // Both of these two or none: 8.2.3.22.8.
        regs.set(Reg.HLREG0, Hlreg0.RXCRCSTRP);
        regs.write(Reg.RDRXCTL, regs.read(Reg.RDRXCTL) & ~Rdrxctl.RSCFRSTSIZE | Rdrxctl.CRCSTRIP | Rdrxctl.RSCACKC | Rdrxctl.FCOE_WRFIX);
        regs.write(Reg.FCTRL, Fctrl.BAM);
        regs.write(Reg.RFCTL, Rfctl.RSC_DIS | Rfctl.NFSW_DIS | Rfctl.NFSR_DIS);
        regs.write(Reg.RXCSUM, Rxcsum.PCSD);
        spread(queues, wanted.contains(RxOffload.RSS_HASH));
        pause(flow);
    }

    /** 7.1.2.8: a hash over addresses and ports chooses one of 128 entries, and that one of the queues. */
    private void spread(int queues, boolean hash) {
        if (queues == 1 && !hash) {
            regs.write(Reg.MRQC, 0);
            return;
        }
        for (int i = 0; i < Reg.RSSRK.count(); i++) {
            regs.write(Reg.RSSRK, i, RSS_KEY[4 * i] | RSS_KEY[4 * i + 1] << 8 | RSS_KEY[4 * i + 2] << 16 | RSS_KEY[4 * i + 3] << 24);
        }
        for (int i = 0; i < RETA_ENTRIES; i += 4) {
            regs.write(Reg.RETA, i / 4, i % queues | (i + 1) % queues << 8 | (i + 2) % queues << 16 | (i + 3) % queues << 24);
        }
        regs.write(Reg.MRQC, Mrqc.MRQE_RSS | Mrqc.IPV4 | Mrqc.IPV4_TCP | Mrqc.IPV4_UDP | Mrqc.IPV6 | Mrqc.IPV6_TCP | Mrqc.IPV6_UDP);
    }

    /** 3.7.7.3: pause frames of the link, not of priorities. */
    private void pause(FlowControl flow) {
        regs.write(Reg.MFLCN, flow.obeys() ? Mflcn.RFCE : Mflcn.DPF);
        regs.write(Reg.FCCFG, flow.sends() ? Fccfg.TFCE_LINK : 0);
        int high = PACKET_BUFFER - PAUSE_DELAY & Fcrt.THRESHOLD;
        regs.write(Reg.FCRTL, flow.sends() ? LOW_WATER | Fcrt.ENABLE : 0);
        // Without pause frames too: frames that the device itself loops back must not be lost. 8.2.3.3.4.
        regs.write(Reg.FCRTH, flow.sends() ? high | Fcrt.ENABLE : high);
        for (int i = 0; i < Reg.FCTTV.count(); i++) {
            regs.write(Reg.FCTTV, i, PAUSE_TIME << 16 | PAUSE_TIME);
        }
        regs.write(Reg.FCRTV, PAUSE_TIME / 2);
    }

    /**
     * Sets a queue up: 4.6.7. It is enabled, but the device has no descriptors.
     *
     * @param iova device address of the ring
     * @param descriptors in it
     * @param room bytes of a buffer, a multiple of 1024
     * @param drop frames without a descriptor are dropped, and hold no other queue up
     */
    void enable(int queue, long iova, int descriptors, int room, boolean drop, boolean stripVlan) {
        regs.write(Reg.RDBAL, queue, (int) iova);
        regs.write(Reg.RDBAH, queue, (int) (iova >>> 32));
        regs.write(Reg.RDLEN, queue, descriptors * RxDescriptor.SIZE);
        regs.write(Reg.SRRCTL, queue, room / Srrctl.BSIZEPACKET_UNIT | Srrctl.DESCTYPE_ADVANCED | (drop ? Srrctl.DROP_EN : 0));
        regs.clear(Reg.DCA_RXCTRL, queue, DcaRxctrl.RESERVED_12 | WRITE_BACK_UNORDERED);
        regs.write(Reg.RDH, queue, 0);
        regs.write(Reg.RDT, queue, 0);
        regs.write(Reg.RXDCTL, queue, Rxdctl.ENABLE | (stripVlan ? Rxdctl.VME : 0));
        regs.await(Reg.RXDCTL, queue, Rxdctl.ENABLE, Rxdctl.ENABLE, limits.stepNanos(), "enabling receive queue " + queue);
    }

    /** Frames come from now on; the security engine is stopped meanwhile: 4.6.7, 8.2.3.12.5. */
    void start() {
        regs.set(Reg.SECRXCTRL, Secrx.RX_DIS);
        regs.await(Reg.SECRXSTAT, 0, Secrx.SECRX_RDY, Secrx.SECRX_RDY, limits.stepNanos(), "emptying the receive security engine");
        regs.set(Reg.RXCTRL, Rxctrl.RXEN);
        regs.clear(Reg.SECRXCTRL, Secrx.RX_DIS);
        regs.flush();
    }
}
