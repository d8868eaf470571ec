package net.driver.fxmac;

import net.api.DevException;
import net.api.EthernetAddress;
import net.api.LinkState;
import net.api.NetDriverOps;
import net.api.driver.Attachment;
import net.api.driver.DeviceWatch;
import net.api.driver.DriverInstance;
import net.hw.fxmac.Fxmac;
import net.hw.fxmac.NetworkControl;
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

    private final String name;
    private final Attachment attachment;
    private final MacRegisters mac;
    private final Identity identity;
    private final DmaEngine engine;
    private final LinkMachine machine;
    private final FxmacOps ops;
    private final FxmacSettings settings;
    private final HardwareCounters counters;
    private final DeviceWatch watch;
    private final Limits limits;
    /** What firmware left in the device. */
    private final EthernetAddress firmwareMac;
    /** What the MAC is set up for. */
    private LinkState programmed;
    private boolean receiveToo;
    private int mdioFailures;
    private int looks;

    FxmacCard(Attachment attachment, MacRegisters mac, Identity identity, DmaEngine engine, LinkMachine machine, FxmacOps ops, FxmacSettings settings,
            HardwareCounters counters, DeviceWatch watch, Limits limits, EthernetAddress firmwareMac, LinkState programmed) {
        this.name = attachment.device().address();
        this.attachment = attachment;
        this.mac = mac;
        this.identity = identity;
        this.engine = engine;
        this.machine = machine;
        this.ops = ops;
        this.settings = settings;
        this.counters = counters;
        this.watch = watch;
        this.limits = limits;
        this.firmwareMac = firmwareMac;
        this.programmed = programmed;
    }

    @Override
    public NetDriverOps ops() {
        return ops;
    }

    @Override
    public void housekeep() {
        try {
            int revision = mac.read(Fxmac.REVISION);
            int control = mac.read(Fxmac.NWCTRL);
            if (revision == MacRegisters.GONE) {
                watch.gone(name + " reads as all ones: it was removed, or its clock is off");
            } else if (((control ^ mac.control()) & (NetworkControl.TX | NetworkControl.MDIO)) != 0) {
                // Not the bit for reception: owners of receive queues switch it off and on.
                watch.needsReset("%s has network control 0x%x where 0x%x was set: somebody else has reset it".formatted(name, control, mac.control()));
            } else {
                lookAtErrors();
                lookAtLink();
                engine.nudge();
                if (++looks % COLLECT_EVERY == 0) {
                    counters.collect();
                }
            }
        } catch (InternalError | IllegalStateException e) {
            watch.vanished(name, e);
        }
    }

    /** Errors that stop a direction, after which it is set up again: TRM 16.3.5 and 16.3.6, the status registers in B.18. */
    private void lookAtErrors() {
        int tx = mac.read(Fxmac.TXSR);
        int rx = mac.read(Fxmac.RXSR);
        if (tx == MacRegisters.GONE || rx == MacRegisters.GONE) {
            return; // the next look says so
        }
        boolean bus = (tx & TxStatus.BUS_ERROR) != 0 || (rx & RxStatus.BUS_ERROR) != 0;
        if (bus) {
            watch.violation(name, "bus_error", rx & RxStatus.CLEARABLE, tx & TxStatus.CLEARABLE);
        }
        if ((rx & RxStatus.BUS_ERROR) != 0) {
            receiveToo = true;
        } else if ((rx & RxStatus.OVERRUN) != 0) {
            mac.write(Fxmac.RXSR, RxStatus.OVERRUN);
            mac.restartReceive();
        }
        if (bus || (tx & TxStatus.FATAL) != 0) {
            LOG.warn("{}: transmit status 0x{}, receive status 0x{}: its rings are set up again", name, Integer.toHexString(tx), Integer.toHexString(rx));
            ops.recovered();
            restart(programmed);
        } else if (engine.isRestarting()) {
            restart(programmed);
        }
    }

    private boolean restart(LinkState link) {
        if (!engine.restart(link, receiveToo)) {
            return false;
        }
        receiveToo = false;
        programmed = link;
        return true;
    }

    private void lookAtLink() {
        LinkState now;
        try {
            now = machine.look();
            mdioFailures = 0;
        } catch (DevException e) {
            if (++mdioFailures == MDIO_FAILURES) {
                watch.needsReset(e.getMessage());
            }
            return;
        }
        boolean broke = machine.brokeSince();
        // Only when the MAC is set up for it, the link is up for anybody else.
        if (now.up() && !now.equals(programmed) && !restart(now)) {
            return;
        }
        // A link that was down in between is told too: its peer may be another one.
        if (!now.equals(ops.link()) || broke && now.up()) {
            ops.link(now);
            attachment.linkChanged(now);
        }
    }

    @Override
    public boolean stop() {
        boolean left = ops.close(limits.gateNanos());
        boolean stopped;
        try {
            stopped = engine.halt();
            DmaEngine.silence(mac, identity.queues());
            mac.control(0);
            settings.restore(firmwareMac);
        } catch (InternalError | IllegalStateException e) {
            // Its registers are gone, and with them its bus.
            return left;
        }
        return left & stopped;
    }
}
