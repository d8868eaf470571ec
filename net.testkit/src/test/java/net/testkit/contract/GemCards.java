package net.testkit.contract;

import net.api.driver.NetDriver;
import net.testkit.qemu.Machines;
import net.testkit.qemu.QemuBoard;
import net.testkit.qemu.QemuCard;

/** Cadence GEMs of QEMU's boards under test. */
final class GemCards {
    static final String MAC = "52:54:00:11:22:33";
    /** What FXMAC says of itself: module 12, four queues. Its PHY is where the board has none, so that the driver has to look for it. */
    static final String[] AS_FXMAC = {"revision=0x700c0000", "num-priority-queues=4", "phy-addr=7"};

    private GemCards() {
    }

    static EngineCard open(NetDriver driver, CardUnderTest.Wish wish, QemuBoard board, String... properties) {
        return QemuCards.open(driver, wish, Machines.start(board, QemuCard.cabled(MAC).onRootBus().with(properties)));
    }
}
