package net.driver.ixgbe;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import net.api.DevError;
import net.api.DevException;
import net.api.LinkState;
import net.api.NetBufPool;
import net.api.NetCapabilities;
import net.api.NetCounter;
import net.api.NetStatistics;
import net.api.RegisterValue;
import net.api.driver.CardOps;
import net.api.driver.RegisterDump;
import net.hw.ixgbe.Reg;

/** What applications get of an attached 82599. */
final class IxgbeOps extends CardOps {
    /** Registers of which there is one for each receive queue, and for each transmit queue. */
    private static final Set<Reg> RX_QUEUE = Set.of(Reg.RDBAL, Reg.RDBAH, Reg.RDLEN, Reg.DCA_RXCTRL, Reg.RDH, Reg.SRRCTL, Reg.RDT, Reg.RXDCTL, Reg.RSCCTL);
    private static final Set<Reg> TX_QUEUE = Set.of(Reg.TDBAL, Reg.TDBAH, Reg.TDLEN, Reg.DCA_TXCTRL, Reg.TDH, Reg.TDT, Reg.TXDCTL, Reg.TDWBAL, Reg.TDWBAH);

    private final Registers regs;
    private final Link link;
    private final HardwareCounters hardware;

    IxgbeOps(Registers regs, NetBufPool pool, NetCapabilities capabilities, IxgbeRxQueue[] rx, IxgbeTxQueue[] tx, IxgbeSettings settings, Link link,
            HardwareCounters hardware) {
        super(regs.device(), pool, capabilities, rx, tx, settings);
        this.regs = regs;
        this.link = link;
        this.hardware = hardware;
    }

    @Override
    public LinkState link() {
        try {
            return link.state();
        } catch (InternalError | IllegalStateException e) {
            return LinkState.DOWN;
        }
    }

    @Override
    public NetStatistics statistics() {
        try {
            hardware.collect();
        } catch (InternalError | IllegalStateException e) {
            // Detached: what was collected before still counts.
        }
        List<NetCounter> extended = new ArrayList<>();
        extended.add(new NetCounter("rx_interrupts", "events", rxTotal(IxgbeRxQueue.INTERRUPTS)));
        for (Violation v : Violation.values()) {
            extended.add(new NetCounter("rx_" + v.counter(), "events", rxTotal(IxgbeRxQueue.VIOLATIONS + v.ordinal())));
        }
        extended.addAll(hardware.all());
        return statistics(hardware.missed(), hardware.errors(), extended);
    }

    /** All that can be read without changing anything; of the queues' registers, those of queues in use. */
    @Override
    public List<RegisterValue> registers() {
        try {
            regs.alive("a look at its status");
            RegisterDump dump = new RegisterDump();
            for (Reg r : Reg.values()) {
                if (r.readsChangeNothing()) {
                    int queues = RX_QUEUE.contains(r) ? capabilities().rxQueues() : TX_QUEUE.contains(r) ? capabilities().txQueues() : r.count();
                    dump.add(0, regs.window(), 0, r, queues);
                }
            }
            return dump.values();
        } catch (InternalError | IllegalStateException e) {
            throw new DevException(DevError.IO, deviceName() + " is gone: its registers are not there any more", e);
        }
    }
}
