package net.testkit.contract;

import net.driver.fxmac.FxmacDriver;
import net.testkit.qemu.QemuBoard;

/** The Cadence GEM of QEMU's Zynq UltraScale+, as the board has it, under the suite. */
class FxmacOnZcu102Test extends DriverContract {
    @Override
    protected CardUnderTest open(CardUnderTest.Wish wish) {
        return GemCards.open(new FxmacDriver(), wish, QemuBoard.ZCU102);
    }
}
