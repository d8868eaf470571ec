package net.sim;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import net.hw.ixgbe.Counter;
import net.hw.ixgbe.LinkBits.Fccfg;
import net.hw.ixgbe.LinkBits.Fcrt;
import net.hw.ixgbe.LinkBits.Mflcn;
import net.hw.ixgbe.Reg;

/** Pause frames of the link, sent by the fill of the packet buffer and obeyed by transmit: 3.7.7, IEEE 802.3 annex 31B. Under the engine's lock. */
final class IxgbeFlowControl {
    private static final long DESTINATION = 0x0180_c200_0001L;
    private static final int CONTROL = 0x8808;
    private static final int PAUSE = 0x0001;
    /** Nanoseconds of a quantum of 512 bits at 10 Gb/s, times ten. */
    private static final long QUANTUM_10 = 512;

    private final IxgbeModel device;
    private final IxgbeRegisterFile file;
    private final MemorySegment frame = Arena.ofAuto().allocate(IxgbeReceiver.SHORTEST, 8);
    private final SgList out = new SgList();
    private boolean stopped;
    private boolean xoff;
    private long until;

    IxgbeFlowControl(IxgbeModel device, IxgbeRegisterFile file) {
        this.device = device;
        this.file = file;
    }

    void reset() {
        stopped = false;
        xoff = false;
    }

    /** Looks at a frame that came in; true if it is one between MACs that the host does not get. */
    boolean arrived(MemorySegment in) {
        if (PacketHeaders.u16(in, 12) != CONTROL) {
            return false;
        }
        int control = file.get(Reg.MFLCN);
        boolean pause = PacketHeaders.u16(in, 14) == PAUSE;
        if (pause && (control & Mflcn.RFCE) != 0) {
            int quanta = PacketHeaders.u16(in, 16);
            file.count(quanta == 0 ? Counter.LXONRXCNT : Counter.LXOFFRXCNT);
            stopped = quanta > 0;
            until = System.nanoTime() + quanta * QUANTUM_10 / 10;
            file.set(Reg.TFCS, stopped ? 1 : 0);
            device.transmitAgain();
        }
        return pause ? (control & (Mflcn.DPF | Mflcn.RFCE)) != 0 || (control & Mflcn.PMCF) == 0 : (control & Mflcn.PMCF) == 0;
    }

    /** Transmit has to wait; then it is called again in time. */
    boolean paused() {
        if (stopped && System.nanoTime() - until >= 0) {
            stopped = false;
            file.set(Reg.TFCS, 0);
        }
        if (stopped) {
            device.wakeAt(until);
        }
        return stopped;
    }

    /** The packet buffer has so many bytes now. */
    void filled(int bytes) {
        int high = file.get(Reg.FCRTH);
        int low = file.get(Reg.FCRTL);
        if ((file.get(Reg.FCCFG) & Fccfg.TFCE) != Fccfg.TFCE_LINK || (high & Fcrt.ENABLE) == 0) {
            return;
        }
        if (!xoff && bytes > (high & Fcrt.THRESHOLD)) {
            xoff = true;
            file.count(Counter.LXOFFTXC);
            send(file.get(Reg.FCTTV) & 0xffff);
        } else if (xoff && bytes <= (low & Fcrt.THRESHOLD)) {
            xoff = false;
            if ((low & Fcrt.ENABLE) != 0) {
                file.count(Counter.LXONTXC);
                send(0);
            }
        }
    }

    private void send(int quanta) {
        frame.fill((byte) 0);
        for (int i = 0; i < 6; i++) {
            frame.set(ValueLayout.JAVA_BYTE, i, (byte) (DESTINATION >>> 40 - 8 * i));
            frame.set(ValueLayout.JAVA_BYTE, 6 + i, (byte) (device.macBits() >>> 40 - 8 * i));
        }
        PacketHeaders.set16(frame, 12, CONTROL);
        PacketHeaders.set16(frame, 14, PAUSE);
        PacketHeaders.set16(frame, 16, quanta);
        out.clear();
        out.add(frame, 0, IxgbeReceiver.SHORTEST);
        device.port().send(out);
    }
}
