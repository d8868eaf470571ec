package net.driver.fxmac;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import net.api.DevError;
import net.api.DevException;
import net.api.LinkState;
import net.api.driver.FlowControl;
import net.api.driver.HandOver;
import net.hw.fxmac.Phy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** MDIO, the PHY on it, and what its registers say of the link. What drivers for this MAC were seen to get wrong is named. */
class MdioTest {
    private static final int UP = 0x7949 | Phy.AUTONEG_DONE | Phy.LINK;

    private final Rig rig = new Rig(32);
    private final int[] phy = new int[32];

    @BeforeEach
    void plug() {
        rig.window.phys.put(7, phy);
        phy[Phy.CONTROL] = Phy.AUTONEG;
        phy[Phy.STATUS] = UP;
        phy[Phy.ID1] = 0x0141;
        phy[Phy.ID2] = 0x0cc2;
        phy[Phy.ADVERTISE] = 0x01e1;
        phy[Phy.GIGABIT_CONTROL] = Phy.FULL_1000 | Phy.HALF_1000;
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private PhyLink link() {
        PhyLink link = PhyLink.find(rig.parts(FlowControl.NONE)).orElseThrow();
        link.start(20_000_000);
        return link;
    }

    /** fxmac_rs waits for MDIO without an end. */
    @Test
    void aBusThatHangsIsAnErrorWithTheRegisterThatWasWanted() {
        MdioBus bus = rig.parts(FlowControl.NONE).mdio;
        rig.window.mdioHangs = true;
        assertThatThrownBy(() -> bus.read(7, 1)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.IO))
                .hasMessageContaining("within 20 ms").hasMessageContaining("register 1 of PHY 7");
        assertThatThrownBy(() -> bus.write(7, 0, 1)).isInstanceOf(DevException.class);
    }

    /** fxmac_rs waits for the end of a PHY's reset without an end. */
    @ParameterizedTest
    @ValueSource(ints = {Phy.POWER_DOWN, Phy.ISOLATE, Phy.RESET})
    void aPhyWhoseResetDoesNotEndIsNamed(int control) {
        phy[Phy.CONTROL] = control | Phy.AUTONEG;
        assertThatThrownBy(this::link).isInstanceOf(DevException.class).hasMessageContaining("PHY 7 (id 0x01410cc2)").hasMessageContaining("reset");
    }

    /** After its reset it is as it was wired. */
    @ParameterizedTest
    @ValueSource(ints = {Phy.AUTONEG, 0, Phy.AUTONEG | Phy.ISOLATE, Phy.AUTONEG | Phy.POWER_DOWN})
    void aPhyThatSleptIsAwakeAndNegotiates(int after) {
        phy[Phy.CONTROL] = Phy.POWER_DOWN;
        rig.window.afterReset = Optional.of(after);
        link();
        assertThat(phy[Phy.CONTROL]).isEqualTo(Phy.AUTONEG | (after == Phy.AUTONEG ? 0 : Phy.RESTART));
    }

    @Test
    void aPhyIsFoundWhereverItIsAndOneWithoutIdIsNone() {
        rig.window.phys.put(3, new int[32]);
        assertThat(link().text()).contains("PHY 7");
        rig.window.phys.remove(7);
        assertThat(PhyLink.find(rig.parts(FlowControl.NONE))).isEmpty();
    }

    /** fxmac_rs forces 100 Mb/s, which leaves the partner with half duplex. */
    @Test
    void aPhyThatWasForcedNegotiates() {
        phy[Phy.CONTROL] = Phy.FORCE_100 | Phy.FORCE_FULL;
        link();
        assertThat(phy[Phy.CONTROL] & (Phy.AUTONEG | Phy.RESTART)).isEqualTo(Phy.AUTONEG | Phy.RESTART);
    }

    /** A link of 1000 Mb/s would be none for the MAC, which cannot follow. */
    @ParameterizedTest
    @CsvSource({"rmii, 0x7949, 0x0000, true", "rmii, 0x7849, 0x0300, false", "sgmii, 0x7949, 0x0300, false"})
    void aPhyOffersNoSpeedThatItsInterfaceDoesNotCarry(String mode, String status, String gigabit, boolean again) {
        rig.properties.put("phy-mode", mode);
        phy[Phy.STATUS] = Integer.decode(status) | Phy.LINK | Phy.AUTONEG_DONE;
        phy[Phy.GIGABIT_CONTROL] = 0x0300;
        link();
        assertThat(phy[Phy.GIGABIT_CONTROL]).isEqualTo(Integer.decode(gigabit));
        assertThat(phy[Phy.CONTROL]).isEqualTo(Phy.AUTONEG | (again ? Phy.RESTART : 0));
    }

    @Test
    void aPhyThatNegotiatesAlreadyIsLeftAlone() {
        link();
        assertThat(phy[Phy.CONTROL]).isEqualTo(Phy.AUTONEG);
    }

    /** fxmac_rs reads the latched bit once, and says twice. */
    @Test
    void aLinkThatWasDownOnceIsUpNowAndThatItWasDownIsTold() {
        phy[Phy.GIGABIT_STATUS] = Phy.FULL_1000 << 2;
        PhyLink link = link();
        assertThat(link.look()).isEqualTo(new LinkState(true, 1000, true));
        link.brokeSince();
        rig.window.latched.put(Phy.STATUS, UP & ~Phy.LINK);
        assertThat(link.look()).isEqualTo(new LinkState(true, 1000, true));
        assertThat(link.brokeSince()).isTrue();
        assertThat(link.brokeSince()).isFalse();
    }

    @Test
    void whoeverTakesOverTellsOfALinkThatWasDown() {
        phy[Phy.GIGABIT_STATUS] = Phy.FULL_1000 << 2;
        Parts parts = rig.parts(FlowControl.NONE);
        PhyLink link = PhyLink.find(parts).orElseThrow();
        for (boolean broke : new boolean[] {true, false}) {
            rig.window.latched.put(Phy.STATUS, broke ? UP & ~Phy.LINK : UP);
            link.look();
            HandOver.Writer to = HandOver.write("link", 1);
            link.save(to);
            assertThat(PhyLink.restore(parts, to.done()).brokeSince()).isEqualTo(broke);
            link.brokeSince();
        }
    }

    @ParameterizedTest
    @CsvSource({"0x0800, 0x0000, 1000, true", "0x0400, 0x0000, 1000, false", "0x0c00, 0x01e1, 1000, true", "0, 0x0100, 100, true", "0, 0x0080, 100, false",
        "0, 0x0040, 10, true", "0, 0x0020, 10, false", "0, 0x0060, 10, true", "0, 0x01e0, 100, true", "0, 0x0200, 0, false"})
    void theLinkIsTheBestThatBothEndsOffered(String gigabit, String partner, int mbps, boolean full) {
        phy[Phy.GIGABIT_STATUS] = Integer.decode(gigabit);
        phy[Phy.PARTNER] = Integer.decode(partner);
        assertThat(link().look()).isEqualTo(mbps == 0 ? LinkState.DOWN : new LinkState(true, mbps, full));
    }

    @ParameterizedTest
    @CsvSource({"0xac00, 1000, true", "0x8c00, 1000, false", "0x6c00, 100, true", "0x4c00, 100, false", "0x2c00, 10, true", "0x0c00, 10, false",
        "0xec00, 0, false"})
    void aYt8521TellsOfTheLinkInARegisterOfItsOwn(String status, int mbps, boolean full) {
        phy[Phy.ID1] = Phy.YT8521 >>> 16;
        phy[Phy.ID2] = Phy.YT8521 & 0xffff;
        phy[Phy.YT8521_STATUS] = Integer.decode(status);
        assertThat(link().look()).isEqualTo(mbps == 0 ? LinkState.DOWN : new LinkState(true, mbps, full));
    }

    @Test
    void withoutLinkOrBeforeNegotiationEndsThereIsNone() {
        phy[Phy.GIGABIT_STATUS] = Phy.FULL_1000 << 2;
        PhyLink link = link();
        assertThat(link.look()).isEqualTo(new LinkState(true, 1000, true));
        for (int status : new int[] {UP & ~Phy.LINK, UP & ~Phy.AUTONEG_DONE, 0xffff}) {
            phy[Phy.STATUS] = status;
            assertThat(link.look()).isEqualTo(LinkState.DOWN);
        }
    }
}
