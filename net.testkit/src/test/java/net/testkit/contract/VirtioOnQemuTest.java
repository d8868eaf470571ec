package net.testkit.contract;

import net.driver.virtio.VirtioNetDriver;

/** The virtio driver on QEMU's card. */
class VirtioOnQemuTest extends DriverContract {
    @Override
    protected CardUnderTest open(CardUnderTest.Wish wish) {
        return QemuCards.open(new VirtioNetDriver(), wish);
    }
}
