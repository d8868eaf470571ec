package net.testkit.contract;

import net.api.EthernetAddress;
import net.driver.fxmac.FxmacDriver;
import net.sim.FxmacConfig;

/** The project's model of Phytium's MAC, with four queues and interrupts that are cleared by writing, under the suite. */
class FxmacOnModelTest extends DriverContract {
    @Override
    protected CardUnderTest open(CardUnderTest.Wish wish) {
        return FxmacModels.open(new FxmacDriver(), wish, FxmacConfig.of(EthernetAddress.parse("02:00:00:00:00:01")));
    }
}
