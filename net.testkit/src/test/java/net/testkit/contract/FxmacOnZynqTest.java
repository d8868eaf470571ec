package net.testkit.contract;

import net.driver.fxmac.FxmacDriver;
import net.testkit.qemu.QemuBoard;

/** QEMU's Cadence GEM with FXMAC's module id and queues, under the suite. */
class FxmacOnZynqTest extends DriverContract {
    @Override
    protected CardUnderTest open(CardUnderTest.Wish wish) {
        return GemCards.open(new FxmacDriver(), wish, QemuBoard.ZYNQ, GemCards.AS_FXMAC);
    }
}
