package net.driver.fxmac;

import java.util.ArrayList;
import java.util.List;
import net.api.DevError;
import net.api.DevException;
import net.api.LinkState;
import net.api.NetCounter;
import net.api.NetStatistics;
import net.api.RegisterValue;
import net.api.driver.CardOps;
import net.api.driver.HandOver;
import net.api.driver.RegisterDump;
import net.hw.fxmac.Counter;
import net.hw.fxmac.Fxmac;

/** What applications get of an attached card. */
final class FxmacOps extends CardOps {
    private final MacRegisters mac;
    private final Identity identity;
    private final HardwareCounters counters;
    private volatile LinkState link = LinkState.DOWN;
    private volatile long recoveries;

    /** All but this and the engine is there. */
    FxmacOps(Parts parts) {
        super(parts.name, parts.pool, parts.settings.capabilities(), parts.rx, parts.tx, parts.settings);
        mac = parts.mac;
        identity = parts.identity;
        counters = parts.counters;
    }

    void save(HandOver.Writer to) {
        to.put("recoveries", recoveries);
    }

    void restore(HandOver from) {
        recoveries = from.number("recoveries");
    }

    /** The link as it was seen, and set up, last: at most a tenth of a second ago. Asking a PHY takes longer than a caller expects, and one at a time can. */
    @Override
    public LinkState link() {
        return link;
    }

    /** The device manager's thread alone. */
    void link(LinkState now) {
        link = now;
    }

    /** The device manager's thread alone: the rings were set up again after an error. */
    void recovered() {
        recoveries++;
    }

    @Override
    public NetStatistics statistics() {
        try {
            counters.collect();
        } catch (InternalError | IllegalStateException e) {
            // Gone: what was counted stands.
            return collected();
        }
        return collected();
    }

    private NetStatistics collected() {
        List<NetCounter> extended = new ArrayList<>();
        extended.add(new NetCounter("rx_interrupts", "events", rxTotal(FxmacRxQueue.INTERRUPTS)));
        extended.add(new NetCounter("rx_restarts", "events", rxTotal(FxmacRxQueue.RESTARTS)));
        extended.add(new NetCounter("rx_cut", "packets", rxTotal(FxmacRxQueue.CUT)));
        for (Violation v : Violation.values()) {
            extended.add(new NetCounter("rx_" + v.counter(), "events", rxTotal(FxmacRxQueue.VIOLATIONS + v.ordinal())));
        }
        extended.add(new NetCounter("tx_starts", "events", txTotal(FxmacTxQueue.STARTS)));
        extended.add(new NetCounter("tx_dropped", "packets", txTotal(FxmacTxQueue.DROPPED)));
        extended.add(new NetCounter("recoveries", "events", recoveries));
        extended.addAll(counters.list());
        long missed = counters.get(Counter.RX_NO_BUFFER) + counters.get(Counter.RX_OVERRUN);
        long errors = 0;
        for (Counter c : List.of(Counter.RX_UNDERSIZE, Counter.RX_OVERSIZE, Counter.RX_JABBER, Counter.RX_FCS_ERROR, Counter.RX_LENGTH_ERROR,
                Counter.RX_SYMBOL_ERROR,
                Counter.RX_ALIGNMENT_ERROR, Counter.RX_IP_CHECKSUM, Counter.RX_TCP_CHECKSUM, Counter.RX_UDP_CHECKSUM)) {
            errors += counters.get(c);
        }
        return statistics(missed, errors, extended);
    }

    @Override
    public List<RegisterValue> registers() {
        try {
            mac.alive("a look at its revision");
            RegisterDump dump = new RegisterDump();
            for (Fxmac r : Fxmac.values()) {
                if (identity.phytium() || !r.isPhytium() && r.at(r.count() - 1) < mac.window().size()) {
                    dump.add(0, mac.window(), 0, r);
                }
            }
            return dump.values();
        } catch (InternalError | IllegalStateException e) {
            throw new DevException(DevError.IO, deviceName() + " is gone: its registers are not there any more", e);
        }
    }
}
