package net.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import net.api.driver.NetDriver;
import net.testkit.qemu.Machines;
import net.testkit.qemu.QemuCard;
import net.testkit.qemu.QemuHost;

/** Cards of QEMU under test. */
final class QemuCards {
    private QemuCards() {
    }

    static EngineCard open(NetDriver driver, CardUnderTest.Wish wish, String... properties) {
        QemuCard card = QemuCard.cabled("52:54:00:11:22:33").with(properties);
        return open(driver, wish, Machines.start(wish.mtu() == 0 ? card : card.with("host_mtu=" + wish.mtu())));
    }

    static EngineCard open(NetDriver driver, CardUnderTest.Wish wish, QemuHost host) {
        long free = host.freeMemory();
        return new EngineCard(host, driver, wish, host.cable(0), new EngineCard.Controls() {
            @Override
            public Set<CardUnderTest.Fault> faults() {
                return host.pci().isPresent() ? Set.of(CardUnderTest.Fault.LINK, CardUnderTest.Fault.REMOVAL) : Set.of(CardUnderTest.Fault.LINK);
            }

            @Override
            public void setLink(boolean up) {
                host.setLink(0, up);
            }

            @Override
            public void pull() {
                host.unplug(0);
            }

            @Override
            public void putBack() {
                host.plug(0);
            }

            @Override
            public void close() {
                long now = host.freeMemory();
                host.close();
                assertThat(now).as("guest RAM that is free again").isEqualTo(free);
            }
        });
    }
}
