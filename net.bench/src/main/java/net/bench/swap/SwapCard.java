package net.bench.swap;

import net.api.EthernetAddress;
import net.api.driver.NetDriver;
import net.driver.ixgbe.IxgbeDriver;
import net.driver.virtio.VirtioNetDriver;
import net.sim.CardModel;
import net.sim.IxgbeConfig;
import net.sim.IxgbeModel;
import net.sim.VirtioNetConfig;
import net.sim.VirtioNetModel;

/** The simulated cards whose drivers are swapped. */
enum SwapCard {
    VIRTIO(VirtioNetDriver.class),
    IXGBE(IxgbeDriver.class);

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
        };
    }
}
