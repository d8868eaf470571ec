package net.sim;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import net.hw.fxmac.Counter;
import net.hw.fxmac.Fxmac;
import net.hw.fxmac.Irq;
import net.hw.fxmac.NetworkConfig;
import net.hw.fxmac.NetworkControl;

/** Pause frames, sent when software says so and obeyed by transmission: TRM 16.3.8, IEEE 802.3 annex 31B. Under the engine's lock. */
final class FxmacPause {
    private static final long DESTINATION = 0x0180_c200_0001L;
    private static final int CONTROL = 0x8808;
    private static final int PAUSE = 0x0001;
    private static final int SHORTEST = 60;
    /** Bits of a quantum. */
    private static final long QUANTUM = 512;

    private final FxmacModel model;
    private final FxmacRegisterFile file;
    private final FxmacInterrupts interrupts;
    private final FxmacLink link;
    private final MemorySegment frame = Arena.ofAuto().allocate(SHORTEST, 8);
    private final SgList out = new SgList();
    private boolean stopped;
    private long until;

    FxmacPause(FxmacModel model, FxmacRegisterFile file, FxmacInterrupts interrupts, FxmacLink link) {
        this.model = model;
        this.file = file;
        this.interrupts = interrupts;
        this.link = link;
    }

    void reset() {
        stopped = false;
    }

    /** Looks at a frame that came in; true if it is a pause frame. */
    boolean arrived(MemorySegment in) {
        if (PacketHeaders.u16(in, 12) != CONTROL || PacketHeaders.u16(in, 14) != PAUSE) {
            return false;
        }
        long to = (long) PacketHeaders.u16(in, 0) << 32 | (long) PacketHeaders.u16(in, 2) << 16 | PacketHeaders.u16(in, 4);
        if (to != DESTINATION && to != model.mac().bits()) {
            return false;
        }
        model.counters().count(Counter.RX_PAUSE);
        if (file.has(Fxmac.NWCFG, NetworkConfig.PAUSE) && file.has(Fxmac.NWCFG, NetworkConfig.FULL_DUPLEX)) {
            int quanta = PacketHeaders.u16(in, 16);
            file.set(Fxmac.RXPAUSE, quanta);
            stopped = quanta > 0;
            until = System.nanoTime() + quanta * QUANTUM * 1000 / Math.max(10, link.speed());
            interrupts.cause(0, stopped ? Irq.PAUSE_RECEIVED : Irq.PAUSE_OVER);
            model.wakeAt(until);
        }
        return true;
    }

    /** Transmission has to wait; then the model is asked again in time. */
    boolean holds() {
        if (stopped && System.nanoTime() - until >= 0) {
            stopped = false;
            file.set(Fxmac.RXPAUSE, 0);
            interrupts.cause(0, Irq.PAUSE_OVER);
        }
        if (stopped) {
            model.wakeAt(until);
        }
        return stopped;
    }

    /** Software wants one sent: with the time in TXPAUSE, or with none. */
    void send(boolean timed) {
        if (!file.has(Fxmac.NWCTRL, NetworkControl.TX) || !file.has(Fxmac.NWCFG, NetworkConfig.FULL_DUPLEX)) {
            return;
        }
        frame.fill((byte) 0);
        long from = model.mac().bits();
        for (int i = 0; i < 6; i++) {
            frame.set(ValueLayout.JAVA_BYTE, i, (byte) (DESTINATION >>> 40 - 8 * i));
            frame.set(ValueLayout.JAVA_BYTE, 6 + i, (byte) (from >>> 40 - 8 * i));
        }
        PacketHeaders.set16(frame, 12, CONTROL);
        PacketHeaders.set16(frame, 14, PAUSE);
        PacketHeaders.set16(frame, 16, timed ? file.get(Fxmac.TXPAUSE) & 0xffff : 0);
        out.clear();
        out.add(frame, 0, SHORTEST);
        model.counters().count(Counter.TX_PAUSE);
        interrupts.cause(0, Irq.PAUSE_SENT);
        model.send(out);
    }
}
