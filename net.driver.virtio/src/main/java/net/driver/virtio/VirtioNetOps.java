package net.driver.virtio;

import java.util.ArrayList;
import java.util.List;
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
import net.hw.virtio.CommonConfig;
import net.hw.virtio.NetConfig;

/** What applications get of an attached virtio card. */
final class VirtioNetOps extends CardOps {
    private final VirtioPci pci;
    private final long offered;
    private final long features;

    VirtioNetOps(String name, VirtioPci pci, NetBufPool pool, NetCapabilities capabilities, long offered, long features, VirtioRxQueue[] rx, VirtioTxQueue[] tx,
            VirtioSettings settings) {
        super(name, pool, capabilities, rx, tx, settings);
        this.pci = pci;
        this.offered = offered;
        this.features = features;
    }

    @Override
    public LinkState link() {
        try {
            return pci.status() == VirtioPci.GONE ? LinkState.DOWN : NetSnapshot.link(deviceName(), pci, features);
        } catch (InternalError | IllegalStateException | DevException e) {
            return LinkState.DOWN;
        }
    }

    @Override
    public NetStatistics statistics() {
        List<NetCounter> extended = new ArrayList<>();
        extended.add(new NetCounter("rx_kicks", "events", rxTotal(VirtioRxQueue.KICKS)));
        extended.add(new NetCounter("rx_interrupts", "events", rxTotal(VirtioRxQueue.INTERRUPTS)));
        extended.add(new NetCounter("tx_kicks", "events", txTotal(VirtioTxQueue.KICKS)));
        for (Violation v : Violation.values()) {
            extended.add(new NetCounter("rx_" + v.counter(), "events", rxTotal(VirtioRxQueue.VIOLATIONS + v.ordinal())));
        }
        for (Violation v : List.of(Violation.USED_IDX, Violation.USED_ID)) {
            extended.add(new NetCounter("tx_" + v.counter(), "events", txTotal(VirtioTxQueue.VIOLATIONS + v.ordinal())));
        }
        return statistics(0, 0, extended);
    }

    /** Offsets are those in the BARs; registers that depend on a selector show what is selected. */
    @Override
    public List<RegisterValue> registers() {
        try {
            pci.alive("a look at its status");
            RegisterDump dump = new RegisterDump();
            for (CommonConfig r : CommonConfig.values()) {
                if (pci.has(r)) {
                    dump.add(pci.common().bar(), pci.common().window(), pci.common().offset(), r);
                }
            }
            for (NetConfig r : NetConfig.values()) {
                if (pci.has(r) && r.isThere(offered)) {
                    dump.add(pci.device().bar(), pci.device().window(), pci.device().offset(), r);
                }
            }
            return dump.values();
        } catch (InternalError | IllegalStateException e) {
            throw new DevException(DevError.IO, deviceName() + " is gone: its registers are not there any more", e);
        }
    }
}
