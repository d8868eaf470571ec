package net.driver.fxmac;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import net.api.DevError;
import net.api.DevException;
import net.api.LinkState;
import net.api.driver.HandOver;
import net.api.driver.OwnedQueue;
import net.hw.fxmac.Fxmac;
import net.hw.fxmac.Irq;
import net.hw.fxmac.NetworkControl;
import net.hw.fxmac.RxBd;
import net.hw.fxmac.RxStatus;
import net.hw.fxmac.TxStatus;

/** Both directions of the MAC: where their rings are, and when they run. The device manager's thread. */
final class DmaEngine {
    /** How long one look waits for owners to leave: many samples of one who polls all the time. */
    private static final long LEAVE_NANOS = 5_000_000;

    private final MacRegisters mac;
    private final Identity identity;
    private final Rings rings;
    private final FxmacRxQueue[] rx;
    private final FxmacTxQueue[] tx;
    private final LinkMachine link;
    private final long haltNanos;
    /** The rings are to be set up again, and are not yet. */
    private boolean pausing;
    /** Queues whose owners may be inside since before the pause. Who was seen outside stays away from the ring when it comes back. */
    private final Deque<OwnedQueue> entered = new ArrayDeque<>();

    DmaEngine(Parts parts) {
        mac = parts.mac;
        identity = parts.identity;
        rings = parts.rings;
        rx = parts.rx;
        tx = parts.tx;
        link = parts.machine;
        haltNanos = parts.limits.haltNanos();
    }

    /** Both directions are on, as the driver set them up. */
    boolean isRunning() {
        return mac.keepsControl() && inRing(Fxmac.RXQBASE, rings.rxIova(0), rx[0].size()) && inRing(Fxmac.TXQBASE, rings.txIova(0), tx[0].size());
    }

    /** Read back, a base is where the device is in its ring: TRM B.18. */
    private boolean inRing(Fxmac base, long ring, int descriptors) {
        return Integer.toUnsignedLong(mac.read(base) - (int) ring) < (long) descriptors * RxBd.SIZE;
    }

    void save(HandOver.Writer to) {
        to.put("restarting", pausing ? 1 : 0);
    }

    /** @throws DevException IO if the device does not run */
    void restore(HandOver from) {
        if (!isRunning()) {
            throw new DevException(DevError.IO, "%s does not run as it was set up: network control 0x%x, receive ring 0x%x, transmit ring 0x%x".formatted(
                    mac.name(), mac.read(Fxmac.NWCTRL), mac.read(Fxmac.RXQBASE), mac.read(Fxmac.TXQBASE)));
        }
        if (from.number("restarting", 0, 1) == 1) {
            pause();
        }
    }

    /** Both directions off, all queues without rings, no interrupts. */
    static void silence(MacRegisters mac, Identity identity) {
        mac.write(Fxmac.IDR, Irq.ALL);
        identity.further().forEach(q -> mac.write(Fxmac.QIDR, q - 1, Irq.ALL));
        mac.control(NetworkControl.MDIO);
        mac.write(Fxmac.TXSR, TxStatus.CLEARABLE);
        mac.write(Fxmac.RXSR, RxStatus.CLEARABLE);
    }

    /** Tells the device its rings, sets it up for a link, and starts both directions. */
    void start(LinkState state) {
        mac.write(Fxmac.RXQBASEHI, (int) (rings.rxIova(0) >>> 32));
        mac.write(Fxmac.TXQBASEHI, (int) (rings.txIova(0) >>> 32));
        programRx();
        programTx();
        run(state);
    }

    private void programRx() {
        mac.write(Fxmac.RXQBASE, (int) rings.rxIova(0));
        identity.further().forEach(q -> mac.write(Fxmac.QRXBASE, q - 1, base(rings.rxIova(q), q < rx.length)));
    }

    private void programTx() {
        mac.write(Fxmac.TXQBASE, (int) rings.txIova(0));
        identity.further().forEach(q -> mac.write(Fxmac.QTXBASE, q - 1, base(rings.txIova(q), q < tx.length)));
    }

    /** Phytium's MAC can be told that a queue is not used; any other finds a used descriptor. */
    private int base(long iova, boolean used) {
        return used || !identity.phytium() ? (int) iova : Fxmac.QUEUE_OFF;
    }

    private void run(LinkState state) {
        int extra = link.program(state);
        mac.write(Fxmac.TXSR, TxStatus.CLEARABLE);
        mac.write(Fxmac.RXSR, RxStatus.CLEARABLE);
        mac.control(NetworkControl.MDIO | extra | NetworkControl.TX);
        mac.control(NetworkControl.MDIO | extra | NetworkControl.TX | NetworkControl.RX);
    }

    /**
     * Stops transmission, gives up what was not sent, and starts again for a link, with the rings, and the receive buffers, that there are. The owners of
     * queues find them full or empty meanwhile. If a bus error has stopped reception, receive rings are started from their first descriptor too; else reception
     * only pauses.
     *
     * @return false if owners have not left yet: to be called again, soon
     */
    boolean restart(LinkState state) {
        if (!pausing) {
            pause();
        }
        if (!awaitOwners()) {
            return false;
        }
        halt();
        for (FxmacTxQueue q : tx) {
            q.restart();
        }
        programTx();
        // Only now: nothing can fail any more, and run() clears what tells of it.
        if ((mac.read(Fxmac.RXSR) & RxStatus.BUS_ERROR) != 0) {
            for (FxmacRxQueue q : rx) {
                q.restart();
            }
            programRx();
        }
        run(state);
        for (FxmacRxQueue q : rx) {
            q.resume();
        }
        for (FxmacTxQueue q : tx) {
            q.resume();
        }
        pausing = false;
        return true;
    }

    private void pause() {
        pausing = true;
        for (FxmacRxQueue q : rx) {
            q.pause();
        }
        for (FxmacTxQueue q : tx) {
            q.pause();
        }
        entered.clear();
        entered.addAll(List.of(rx));
        entered.addAll(List.of(tx));
    }

    /** Each owner has been outside since the pause, or leaves soon. Those that have are not asked again. */
    private boolean awaitOwners() {
        long deadline = System.nanoTime() + LEAVE_NANOS;
        while (!entered.isEmpty()) {
            if (!entered.peek().awaitOutside(deadline - System.nanoTime())) {
                return false;
            }
            entered.remove();
        }
        return true;
    }

    /** A restart has begun and waits for owners to leave. */
    boolean isRestarting() {
        return pausing;
    }

    /** Both directions stop; true if the device says so, or is gone. */
    boolean halt() {
        mac.control(NetworkControl.MDIO);
        return MacRegisters.await(haltNanos, () -> {
            int status = mac.read(Fxmac.TXSR);
            int control = mac.read(Fxmac.NWCTRL);
            return control == MacRegisters.GONE || (status & TxStatus.GO) == 0 && (control & (NetworkControl.RX | NetworkControl.TX)) == 0;
        });
    }

    /** What owners of receive queues have done so far: frames that they took, and restarts. */
    long receptions() {
        long n = 0;
        for (FxmacRxQueue q : rx) {
            n += q.counters().get(FxmacRxQueue.PACKETS) + q.counters().get(FxmacRxQueue.ERRORS) + q.counters().get(FxmacRxQueue.RESTARTS);
        }
        return n;
    }

    /**
     * Has the device look at its receive descriptors again, with owners outside: not if one of them has received or restarted meanwhile, because switching
     * reception off and on costs the frame that is under way.
     *
     * @param before what {@link #receptions} was before the device was seen to lose frames
     */
    void restartReception(long before) {
        if (pausing) {
            return;
        }
        long deadline = System.nanoTime() + LEAVE_NANOS;
        boolean left = true;
        for (FxmacRxQueue q : rx) {
            q.pause();
        }
        for (FxmacRxQueue q : rx) {
            left = left && q.awaitOutside(deadline - System.nanoTime());
        }
        if (left && receptions() == before) {
            mac.restartReceive();
        }
        for (FxmacRxQueue q : rx) {
            q.resume();
        }
    }

    /** Frames wait: a start that the device overheard is repeated. */
    void nudge() {
        if (pausing) {
            return;
        }
        for (FxmacTxQueue q : tx) {
            if (q.isBusy()) {
                mac.startTransmit();
                return;
            }
        }
    }
}
