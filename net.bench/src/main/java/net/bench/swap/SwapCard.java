package net.bench.swap;

import net.api.EthernetAddress;
import net.api.driver.NetDriver;
import net.driver.fxmac.FxmacDriver;
import net.driver.ixgbe.IxgbeDriver;
import net.driver.virtio.VirtioNetDriver;
import net.sim.CardModel;
import net.sim.FxmacConfig;
import net.sim.FxmacModel;
import net.sim.IxgbeConfig;
import net.sim.IxgbeModel;
import net.sim.VirtioNetConfig;
import net.sim.VirtioNetModel;

/** The simulated cards whose drivers are swapped. */
public enum SwapCard {
    /** Virtio over PCI. */
    VIRTIO(VirtioNetDriver.class),
    /** The Intel 82599. */
    IXGBE(IxgbeDriver.class),
    /** Phytium's FXMAC, a device of a device tree. */
    FXMAC(FxmacDriver.class);

    private final Class<? extends NetDriver> driver;

    SwapCard(Class<? extends NetDriver> driver) {
        this.driver = driver;
    }

    Class<? extends NetDriver> driver() {
        return driver;
    }

    /** A card with an address of its own, by a number of 1 to 9. */
    CardModel model(int number) {
        EthernetAddress mac = EthernetAddress.parse("02:00:00:00:00:0" + number);
        return switch (this) {
            case VIRTIO -> new VirtioNetModel(VirtioNetConfig.of(mac));
            case IXGBE -> new IxgbeModel(IxgbeConfig.of(mac));
            case FXMAC -> new FxmacModel(FxmacConfig.of(mac));
        };
    }
}
