package net.driver.fxmac;

import net.api.DevError;
import net.api.DevException;
import net.api.EthernetAddress;
import net.api.LinkState;
import net.api.driver.Attachment;
import net.api.driver.DriverInstance;
import net.api.driver.HandOver;

/** From one version of this driver to the next on a device that runs: what the one notes and the other reads. The device is read, and not written. */
final class Succession {
    private static final String FORMAT = "fxmac";
    private static final int VERSION = 1;
    private static final int FASTEST_MBPS = 10_000;

    private Succession() {
    }

    /** Notes where everything stands. Nobody is in a queue, and nobody changes a setting. */
    static HandOver save(Parts p) {
        HandOver.Writer to = HandOver.write(FORMAT, VERSION);
        p.shape.save(to);
        p.mac.save(to);
        p.machine.save(to);
        p.engine.save(to);
        p.ops.save(to);
        p.counters.save(to);
        to.put("mdioFailures", p.mdioFailures).put("firmwareMac", p.firmwareMac.bits())
                .put("violations", p.watch.violations());
        save(to, "link.", p.ops.link());
        save(to, "programmed.", p.programmed);
        for (FxmacRxQueue q : p.rx) {
            q.save(to);
        }
        for (FxmacTxQueue q : p.tx) {
            q.save(to);
        }
        p.settings.save(to);
        return to.done();
    }

    /**
     * Goes on from there.
     *
     * @throws DevException UNSUPPORTED if this driver does not go on from that state, with the reason; IO if the device does not run any more
     */
    static DriverInstance restore(Attachment attachment, Options options, Limits limits, HandOver from) {
        try {
            from.check(FORMAT, VERSION, VERSION);
            return read(new Parts(attachment, options, limits), from);
        } catch (DevException e) {
            // Whatever does not fit, the device can always be set up from its beginning.
            throw e.error() == DevError.IO ? e : new DevException(DevError.UNSUPPORTED, e.getMessage(), e);
        } catch (InternalError | IllegalStateException e) {
            throw new DevException(DevError.IO, attachment.device().address() + " is gone: its registers or its memory are not there any more", e);
        }
    }

    private static FxmacCard read(Parts p, HandOver from) {
        p.shape = Shape.restore(from, p.identity, p.pool.dataRoom());
        if (p.shape.txChecksums() != p.options.txChecksums() || p.shape.tailPointers() != (p.options.tailPointers() && p.identity.phytium())) {
            throw new DevException(DevError.UNSUPPORTED, "%s: it was set up %s transmit checksums and %s tail pointers, other than what is configured".formatted(
                    p.name, p.shape.txChecksums() ? "with" : "without", p.shape.tailPointers() ? "with" : "without"));
        }
        p.mac.restore(from);
        if (p.shape.vectors() > 0) {
            p.interrupts = p.attachment.interrupts(p.shape.vectors());
        }
        if (p.interrupts.size() != p.shape.vectors()) {
            throw new DevException(DevError.INVALID_PARAM, "%s: %d interrupts are open, not %d".formatted(p.name, p.interrupts.size(), p.shape.vectors()));
        }
        p.queues();
        for (FxmacRxQueue q : p.rx) {
            q.restore(from);
        }
        for (FxmacTxQueue q : p.tx) {
            q.restore(from);
        }
        p.machine = LinkMachine.restore(p, from);
        p.engine = new DmaEngine(p);
        p.engine.restore(from);
        p.counters.restore(from);
        p.mdioFailures = from.number("mdioFailures", 0, Integer.MAX_VALUE);
        p.firmwareMac = new EthernetAddress(from.number("firmwareMac"));
        p.programmed = link(from, "programmed.");
        if (!p.programmed.up() || !p.identity.phy().carries(p.programmed.speedMbps())) {
            throw new DevException(DevError.INVALID_PARAM, "%s: it was set up for a link %s, which %s does not have".formatted(p.name, p.programmed,
                    p.identity.phy().mode()));
        }
        p.settings(EthernetAddress.ZERO, FrameLimits.MIN_MTU);
        p.settings.restore(from);
        FxmacCard card = p.card(link(from, "link."));
        p.ops.restore(from);
        p.watch.restore(from.number("violations", 0, Integer.MAX_VALUE));
        p.watch.attached();
        return card;
    }

    private static void save(HandOver.Writer to, String prefix, LinkState link) {
        to.put(prefix + "up", link.up() ? 1 : 0).put(prefix + "speed", link.speedMbps()).put(prefix + "fullDuplex", link.fullDuplex() ? 1 : 0);
    }

    private static LinkState link(HandOver from, String prefix) {
        return new LinkState(from.number(prefix + "up", 0, 1) == 1, from.number(prefix + "speed", 0, FASTEST_MBPS), from.number(prefix + "fullDuplex", 0, 1) == 1);
    }
}
