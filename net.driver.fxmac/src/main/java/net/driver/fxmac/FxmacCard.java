package net.driver.fxmac;

import java.util.Optional;
import net.api.DevException;
import net.api.LinkState;
import net.api.NetDriverOps;
import net.api.driver.DeviceWatch;
import net.api.driver.DriverInstance;
import net.api.driver.HandOver;
import net.hw.fxmac.Counter;
import net.hw.fxmac.Fxmac;
import net.hw.fxmac.RxStatus;
import net.hw.fxmac.TxStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A card at work. */
final class FxmacCard implements DriverInstance {
    private static final Logger LOG = LoggerFactory.getLogger(FxmacCard.class);
    /** Looks at the device between two readings of its counters. */
    private static final int COLLECT_EVERY = 50;
    /** Times in a row that MDIO may hang before the device is reset. */
    private static final int MDIO_FAILURES = 3;

    private final Parts parts;
    private final String name;
    private final MacRegisters mac;
    private final DmaEngine engine;
    private final LinkMachine machine;
    private final FxmacOps ops;
    private final DeviceWatch watch;
    private int looks;
    /** Frames that found no buffer until the last look. */
    private long withoutBuffer;

    /** A card whose parts are all there. */
    FxmacCard(Parts parts) {
        this.parts = parts;
        name = parts.name;
        mac = parts.mac;
        engine = parts.engine;
        machine = parts.machine;
        ops = parts.ops;
        watch = parts.watch;
        withoutBuffer = parts.counters.get(Counter.RX_NO_BUFFER);
    }

    @Override
    public NetDriverOps ops() {
        return ops;
    }

    @Override
    public void housekeep() {
        try {
            int revision = mac.read(Fxmac.REVISION);
            if (revision == MacRegisters.GONE) {
                watch.gone(name + " reads as all ones: it was removed, or its clock is off");
            } else if (!mac.keepsControl()) {
                watch.needsReset("%s has network control 0x%x where 0x%x was set: somebody else has reset it".formatted(name, mac.read(Fxmac.NWCTRL),
                        mac.control()));
            } else {
                lookAtErrors();
                lookAtReception();
                lookAtLink();
                engine.nudge();
                if (++looks % COLLECT_EVERY == 0) {
                    parts.counters.collect();
                }
            }
        } catch (InternalError | IllegalStateException e) {
            watch.vanished(name, e);
        }
    }

    /** Errors that stop a direction, after which it is set up again: TRM 16.3.5 and 16.3.6, the status registers in B.18. */
    private void lookAtErrors() {
        if (engine.isRestarting()) {
            // The errors that it began for are there until it ends, and were counted.
            restart(parts.programmed);
            return;
        }
        int tx = mac.read(Fxmac.TXSR);
        int rx = mac.read(Fxmac.RXSR);
        if (tx == MacRegisters.GONE || rx == MacRegisters.GONE) {
            return; // the next look says so
        }
        boolean bus = (tx & TxStatus.BUS_ERROR) != 0 || (rx & RxStatus.BUS_ERROR) != 0;
        if (bus) {
            watch.violation(name, "bus_error", rx & RxStatus.CLEARABLE, tx & TxStatus.CLEARABLE);
        }
        if (bus || (tx & TxStatus.FATAL) != 0) {
            LOG.warn("{}: transmit status 0x{}, receive status 0x{}: its rings are set up again", name, Integer.toHexString(tx), Integer.toHexString(rx));
            ops.recovered();
            restart(parts.programmed);
        }
    }

    /**
     * Frames were lost since the last look, and none was received: owners have the device look again when they post buffers to a ring that ran full, and one
     * that overheard that, or has stopped for a reason of its own, would wait for ever.
     */
    private void lookAtReception() {
        long before = engine.receptions();
        int status = mac.read(Fxmac.RXSR);
        if (status == MacRegisters.GONE) {
            return; // the next look says so
        }
        mac.write(Fxmac.RXSR, status & (RxStatus.FRAME | RxStatus.OVERRUN));
        long lost = parts.counters.collect(Counter.RX_NO_BUFFER);
        boolean loses = lost != withoutBuffer || (status & RxStatus.OVERRUN) != 0;
        withoutBuffer = lost;
        if (loses && (status & RxStatus.FRAME) == 0) {
            engine.restartReception(before);
        }
    }

    private boolean restart(LinkState link) {
        if (!engine.restart(link)) {
            return false;
        }
        parts.programmed = link;
        return true;
    }

    private void lookAtLink() {
        LinkState now;
        try {
            now = machine.look();
            parts.mdioFailures = 0;
        } catch (DevException e) {
            if (++parts.mdioFailures >= MDIO_FAILURES) {
                watch.needsReset(e.getMessage());
            }
            return;
        }
        boolean broke = machine.brokeSince();
        // Only when the MAC is set up for it, the link is up for anybody else.
        if (now.up() && !now.equals(parts.programmed) && !restart(now)) {
            return;
        }
        // A link that was down in between is told too: its peer may be another one.
        if (!now.equals(ops.link()) || broke && now.up()) {
            ops.link(now);
            parts.attachment.linkChanged(now);
        }
    }

    @Override
    public boolean stop() {
        boolean left = ops.close(parts.limits.gateNanos());
        boolean stopped;
        try {
            stopped = engine.halt();
            DmaEngine.silence(mac, parts.identity);
            mac.control(0);
            parts.settings.restore(parts.firmwareMac);
        } catch (InternalError | IllegalStateException e) {
            // Its registers are gone, and with them its bus.
            return left;
        }
        return left & stopped;
    }

    @Override
    public Optional<HandOver> handOver() {
        if (!ops.close(parts.limits.gateNanos())) {
            return Optional.empty();
        }
        try {
            if (!engine.isRunning()) {
                return Optional.empty();
            }
            parts.counters.collect();
            return Optional.of(Succession.save(parts));
        } catch (InternalError | IllegalStateException e) {
            return Optional.empty();
        }
    }
}
