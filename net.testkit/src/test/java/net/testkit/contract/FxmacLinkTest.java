package net.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.api.DevError;
import net.api.DevException;
import net.api.LinkState;
import net.api.device.DeviceState;
import net.api.driver.DeviceConfig;
import net.sim.FxmacConfig.PhyKind;
import net.sim.FxmacConfig;
import net.sim.FxmacFault;
import net.testkit.Await;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** MDIO, PHY and link: what goes wrong with them, and how the MAC follows, on the model. */
class FxmacLinkTest extends FxmacBench {
    @Test
    void anMdioBusThatHangsEndsTheAttachInTime() {
        open(FxmacConfig.of(MAC));
        model.setFault(FxmacFault.MDIO_HANGS, true);
        long start = System.nanoTime();
        assertThatThrownBy(() -> bench.attach(DeviceConfig.DEFAULT)).isInstanceOfSatisfying(DevException.class,
                e -> assertThat(e.error()).isEqualTo(DevError.IO))
                .hasMessageContaining("MDIO was not idle");
        assertThat(System.nanoTime() - start).as("bounded").isLessThan(20_000_000_000L);
        model.setFault(FxmacFault.MDIO_HANGS, false);
        card = bench.attach(DeviceConfig.DEFAULT);
        assertWorks();
        model.setFault(FxmacFault.MDIO_HANGS, true);
        Await.until("a card whose bus hangs is reset", () -> bench.status().state() != DeviceState.ATTACHED, () -> bench.status().toString());
        model.setFault(FxmacFault.MDIO_HANGS, false);
        Await.until("it is attached again", () -> bench.status().state() == DeviceState.ATTACHED, () -> bench.status().toString());
    }

    @Test
    void aPhyThatSleepsIsWokenAndOneThatDoesNotWakeIsNamed() {
        open(FxmacConfig.of(MAC));
        model.sleepPhy();
        model.setFault(FxmacFault.PHY_RESET_STICKS, true);
        assertThatThrownBy(() -> bench.attach(DeviceConfig.DEFAULT)).isInstanceOf(DevException.class).hasMessageContaining("PHY 7").hasMessageContaining("reset");
        model.setFault(FxmacFault.PHY_RESET_STICKS, false);
        card = bench.attach(DeviceConfig.DEFAULT);
        Await.until("a link", () -> card.link().up());
        assertWorks();
    }

    @Test
    void aMacWithoutPhyIsRefusedWhereItNeedsOne() {
        open(FxmacConfig.of(MAC).with("rgmii-id", PhyKind.NONE));
        assertThatThrownBy(() -> bench.attach(DeviceConfig.DEFAULT)).isInstanceOfSatisfying(DevException.class,
                e -> assertThat(e.error()).isEqualTo(DevError.UNSUPPORTED)).hasMessageContaining("no PHY answers");
    }

    @ParameterizedTest
    @CsvSource({"sgmii,YT8521", "sgmii,GENERIC", "rgmii-id,YT8521", "rgmii,GENERIC"})
    void theMacFollowsTheLinksSpeedAndDuplex(String mode, PhyKind phy) {
        attach(FxmacConfig.of(MAC).with(mode, phy));
        for (LinkState wanted : List.of(new LinkState(true, 100, true), new LinkState(true, 10, false), new LinkState(true, 1000, true), new LinkState(true,
                100, false))) {
            model.setPartner(wanted.speedMbps(), wanted.fullDuplex());
            Await.until("link " + wanted, () -> card.link().equals(wanted), () -> card.link().toString());
            // The model passes frames only with the clocks, speed and duplex of its link.
            assertWorks();
        }
    }

    /** XGMII has no signal for it: frames pass while there is one. */
    @Test
    void aLinkThatNothingTellsOfIsTakenAsUp() {
        attach(FxmacConfig.of(MAC).with("xgmii", PhyKind.NONE));
        assertThat(card.link()).isEqualTo(new LinkState(true, 10_000, true));
        assertWorks();
        bench.setLink(false);
        bench.setLink(true);
        assertWorks();
    }

    @ParameterizedTest
    @CsvSource({"rmii,GENERIC,100", "usxgmii,NONE,10000", "10gbase-r,NONE,10000", "5gbase-r,NONE,5000", "2500base-x,NONE,2500", "sgmii,NONE,1000"})
    void everyInterfaceWorks(String mode, PhyKind phy, int mbps) {
        open(FxmacConfig.of(MAC).with(mode, phy));
        if (mode.equals("rmii")) {
            model.setPartner(100, true);
        }
        card = bench.attach(DeviceConfig.DEFAULT);
        Await.until("a link", () -> card.link().equals(new LinkState(true, mbps, true)), () -> card.link().toString());
        assertWorks();
        bench.setLink(false);
        Await.until("no link", () -> !card.link().up());
        bench.setLink(true);
        Await.until("a link again", () -> card.link().up());
        assertWorks();
    }
}
