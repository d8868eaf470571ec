package net.testkit.contract;

import net.driver.virtio.VirtioNetDriver;
import net.sim.VirtioNetConfig;

/** The virtio driver on the model of the simulated host. */
class VirtioOnModelTest extends DriverContract {
    @Override
    protected CardUnderTest open(CardUnderTest.Wish wish) {
        return SimCards.open(new VirtioNetDriver(), wish, VirtioNetConfig.of(SimCards.MAC));
    }
}
