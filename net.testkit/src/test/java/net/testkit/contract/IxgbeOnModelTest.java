package net.testkit.contract;

import net.driver.ixgbe.IxgbeDriver;
import net.sim.IxgbeConfig;
import net.sim.IxgbeModel;

/** The ixgbe driver on the model of the simulated host. */
class IxgbeOnModelTest extends DriverContract {
    @Override
    protected CardUnderTest open(CardUnderTest.Wish wish) {
        return SimCards.open(new IxgbeDriver(), wish, new IxgbeModel(IxgbeConfig.of(SimCards.MAC)));
    }
}
