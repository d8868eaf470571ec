package net.driver.fxmac;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.api.EthernetAddress;
import net.api.LinkState;
import net.api.NetCounter;
import net.hw.fxmac.Counter;
import net.hw.fxmac.Fxmac;
import net.hw.fxmac.NetworkControl;
import net.hw.fxmac.Phy;
import net.hw.fxmac.RxStatus;
import net.hw.fxmac.TxStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The look at a card at work, ten times a second: what it finds in the registers, and what it makes of that. */
class CardTest {
    private static final LinkState LINK = new LinkState(true, 1000, true);
    private static final int UP = 0x7949 | Phy.AUTONEG_DONE | Phy.LINK;

    private final Rig rig = new Rig(64);
    private final int[] phy = Arrays.copyOf(new int[] {Phy.AUTONEG, UP, 0x0141, 0x0cc2, 0x01e1, 0, 0, 0, 0, Phy.FULL_1000, Phy.FULL_1000 << 2}, 32);
    private final Parts parts;
    private final FxmacCard card;

    CardTest() {
        rig.window.phys.put(7, phy);
        parts = rig.running(null);
        card = rig.card(parts);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private long counter(String name) {
        return card.ops().statistics().extended().stream().filter(c -> c.name().equals(name)).mapToLong(NetCounter::value).findFirst().orElseThrow();
    }

    // ---- the link ----

    @Test
    void aLinkThatStaysIsNotToldAgain() {
        card.housekeep();
        card.housekeep();
        assertThat(rig.links).isEmpty();
    }

    /** Its partner may be another one. */
    @Test
    void aLinkThatWasDownBetweenTwoLooksIsTold() {
        rig.window.latched.put(Phy.STATUS, UP & ~Phy.LINK);
        card.housekeep();
        assertThat(rig.links).containsExactly(LINK);
        card.housekeep();
        assertThat(rig.links).hasSize(1);
    }

    @Test
    void aLinkIsToldAfterTheMacWasSetUpForIt() {
        phy[Phy.GIGABIT_STATUS] = 0;
        phy[Phy.PARTNER] = Phy.HALF_100;
        rig.window.writes.clear();
        card.housekeep();
        assertThat(rig.links).containsExactly(new LinkState(true, 100, false));
        assertThat(parts.programmed).isEqualTo(new LinkState(true, 100, false));
        assertThat(rig.window.written(Fxmac.NWCFG).getLast() & 0x403).isOne();
        assertThat(rig.window.written(Fxmac.HSMAC)).containsExactly(0);
        phy[Phy.STATUS] = UP & ~Phy.LINK;
        card.housekeep();
        assertThat(rig.links).hasSize(2).last().isEqualTo(LinkState.DOWN);
        assertThat(parts.programmed).as("it stays as it was").isEqualTo(new LinkState(true, 100, false));
    }

    @Test
    void aCardWhoseMdioHangsThreeTimesInARowIsReset() {
        for (int i = 0; i < 3; i++) {
            rig.window.mdioHangs = true;
            card.housekeep();
            card.housekeep();
            rig.window.mdioHangs = false;
            card.housekeep();
        }
        assertThat(rig.reports).as("twice in a row").isEmpty();
        rig.window.mdioHangs = true;
        for (int i = 0; i < 3; i++) {
            card.housekeep();
        }
        assertThat(rig.reports).hasSize(1).first().asString().startsWith("NEEDS_RESET").contains("MDIO was not idle");
        assertThat(rig.links).as("what nobody could ask for has not changed").isEmpty();
    }

    // ---- errors ----

    @ParameterizedTest
    @CsvSource({"0x010, false", "0x040, false", "0x004, false", "0x080, false", "0x100, true"})
    void anErrorThatStopsTransmissionIsMendedOnce(String status, boolean bus) {
        rig.window.put(Fxmac.TXSR, Integer.decode(status));
        int bases = rig.window.written(Fxmac.TXQBASE).size();
        int rxBases = rig.window.written(Fxmac.RXQBASE).size();
        card.housekeep();
        card.housekeep();
        assertThat(counter("recoveries")).isOne();
        assertThat(rig.window.written(Fxmac.TXQBASE)).hasSize(bases + 1);
        assertThat(rig.window.written(Fxmac.RXQBASE)).as("reception goes on").hasSize(rxBases);
        assertThat(parts.watch.violations()).isEqualTo(bus ? 1 : 0);
    }

    @Test
    void aBusErrorOfReceptionAloneIsMendedOnce() {
        rig.window.put(Fxmac.RXSR, RxStatus.BUS_ERROR);
        int bases = rig.window.written(Fxmac.RXQBASE).size();
        card.housekeep();
        card.housekeep();
        assertThat(counter("recoveries")).isOne();
        assertThat(rig.window.written(Fxmac.RXQBASE)).hasSize(bases + 1);
        assertThat(parts.watch.violations()).isOne();
    }

    /** Collisions, frames sent, the end of the ring: nothing to mend. */
    @Test
    void whatIsNoErrorIsLeftAlone() {
        rig.window.put(Fxmac.TXSR, TxStatus.USED | TxStatus.COLLISION | TxStatus.COMPLETE | TxStatus.GO);
        rig.window.put(Fxmac.RXSR, RxStatus.FRAME | RxStatus.NO_BUFFER);
        int writes = rig.window.written(Fxmac.NWCTRL).size();
        card.housekeep();
        assertThat(counter("recoveries")).isZero();
        assertThat(rig.window.written(Fxmac.NWCTRL)).hasSize(writes);
    }

    @Test
    void anOverrunWithoutAFrameSinceSwitchesReceptionOffAndOnOnce() {
        int writes = rig.window.written(Fxmac.NWCTRL).size();
        rig.window.put(Fxmac.RXSR, RxStatus.OVERRUN);
        card.housekeep();
        card.housekeep();
        assertThat(rig.window.written(Fxmac.NWCTRL)).hasSize(writes + 2);
        assertThat(rig.window.written(Fxmac.NWCTRL).get(writes) & NetworkControl.RX).isZero();
        assertThat(rig.window.written(Fxmac.NWCTRL).getLast() & NetworkControl.RX).isNotZero();
    }

    @Test
    void somebodyElsesResetIsNoticed() {
        rig.window.put(Fxmac.NWCTRL, NetworkControl.MDIO);
        card.housekeep();
        assertThat(rig.reports).hasSize(1).first().asString().startsWith("NEEDS_RESET").contains("somebody else has reset it");
    }

    @Test
    void aStoppedCardInterruptsNobodyAndHasItsFirmwaresAddress() {
        parts.settings.setMacAddress(EthernetAddress.parse("02:00:00:00:00:77"));
        rig.window.writes.clear();
        assertThat(card.stop()).isTrue();
        assertThat(rig.window.written(Fxmac.IDR)).containsExactly(-1);
        for (int q = 0; q < 3; q++) {
            int at = Fxmac.QIDR.at(q);
            assertThat(rig.window.writes).contains(new Window.Write(at, -1));
        }
        assertThat(rig.window.written(Fxmac.NWCTRL)).last().isEqualTo(0);
        assertThat(rig.window.written(Fxmac.SAB)).containsExactly(2);
        assertThat(rig.window.written(Fxmac.SAT)).containsExactly(0x100);
    }

    // ---- counters, which the device clears when they are read ----

    @Test
    void whatTheHardwareCountedIsAddedUp() {
        for (Counter c : Counter.values()) {
            rig.window.clearedByReading.add(c.offset());
            rig.window.put(c, 7);
        }
        parts.counters.begin();
        parts.counters.collect();
        assertThat(parts.counters.list()).as("what it had counted before").allMatch(c -> c.value() == 0);
        for (int i = 0; i < 3; i++) {
            for (Counter c : Counter.values()) {
                rig.window.put(c, c == Counter.RX_FRAMES ? 0xf000_0000 : 1 + c.ordinal());
            }
            parts.counters.collect();
        }
        rig.window.put(Counter.RX_FCS_ERROR, -1);
        for (Counter c : Counter.values()) {
            long each = c == Counter.RX_FRAMES ? 0xf000_0000L : 1 + c.ordinal();
            if (!c.name().contains("OCTETS")) {
                assertThat(counter("mac_" + c.name().toLowerCase(java.util.Locale.ROOT))).as(c.name()).isEqualTo(3 * each);
            }
        }
        assertThat(counter("mac_tx_octets")).isEqualTo(3 * ((2L << 32) + 1));
        assertThat(counter("mac_rx_octets")).isEqualTo(3 * ((1L + Counter.RX_OCTETS_HIGH.ordinal() << 32) + 1 + Counter.RX_OCTETS_LOW.ordinal()));
    }

    /** Those that no frame came of: missed for want of a buffer or of time, or with errors. */
    @ParameterizedTest
    @CsvSource({"RX_NO_BUFFER, 1, 0", "RX_OVERRUN, 1, 0", "RX_UNDERSIZE, 0, 1", "RX_OVERSIZE, 0, 1", "RX_JABBER, 0, 1", "RX_FCS_ERROR, 0, 1",
        "RX_LENGTH_ERROR, 0, 1", "RX_SYMBOL_ERROR, 0, 1",
        "RX_ALIGNMENT_ERROR, 0, 1", "RX_IP_CHECKSUM, 0, 1", "RX_TCP_CHECKSUM, 0, 1", "RX_UDP_CHECKSUM, 0, 1", "RX_FRAMES, 0, 0"})
    void framesThatWereLostAreMissedOrErrors(Counter c, long missed, long errors) {
        rig.window.clearedByReading.add(c.offset());
        rig.window.put(c, 1);
        assertThat(card.ops().statistics().imissed()).isEqualTo(missed);
        assertThat(card.ops().statistics().ierrors()).isEqualTo(errors);
    }
}
