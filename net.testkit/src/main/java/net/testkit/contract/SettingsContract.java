package net.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.api.DevError;
import net.api.DevException;
import net.api.DeviceType;
import net.api.EthernetAddress;
import net.api.NetBuf;
import net.api.NetCapabilities;
import net.api.NetDriverOps;
import net.api.NetFeature;
import net.api.driver.DeviceConfig;
import net.testkit.Await;
import org.junit.jupiter.api.Test;

/** What can be asked of a card and set on it. */
abstract class SettingsContract extends SharingContract {
    private static final EthernetAddress OTHER = EthernetAddress.parse("02:00:00:00:00:77");
    private static final EthernetAddress GROUP = EthernetAddress.parse("33:33:00:00:00:01");
    private static final EthernetAddress OTHER_GROUP = EthernetAddress.parse("01:00:5e:00:00:05");

    @Test
    void theCardDescribesItselfConsistently() {
        attach();
        NetCapabilities c = capabilities();
        assertThat(card.deviceType()).isEqualTo(DeviceType.NET);
        assertThat(card.deviceName()).contains("/");
        assertThat(card.macAddress().isValidUnicast()).isTrue();
        assertThat(c.minMtu()).isBetween(68, c.maxMtu());
        assertThat(card.mtu()).isBetween(c.minMtu(), c.maxMtu());
        assertThat(card.maxFrameLength()).isEqualTo(card.mtu() + NetDriverOps.FRAME_OVERHEAD);
        assertThat(c.maxSegments() > 1).isEqualTo(c.has(NetFeature.MULTI_SEGMENT_TX));
        assertThat(c.rxQueues() > 1 || c.txQueues() > 1).isEqualTo(c.has(NetFeature.MULTI_QUEUE));
        for (int i = 0; i < c.rxQueues(); i++) {
            assertThat(card.rxQueue(i).index()).isEqualTo(i);
            assertThat(card.rxQueue(i)).isSameAs(card.rxQueue(i));
        }
        for (int i = 0; i < c.txQueues(); i++) {
            assertThat(card.txQueue(i).index()).isEqualTo(i);
        }
        for (int outside : new int[] {-1, 1 << 20}) {
            assertFails(DevError.INVALID_PARAM, () -> card.rxQueue(outside));
            assertFails(DevError.INVALID_PARAM, () -> card.txQueue(outside));
        }
        assertFails(DevError.INVALID_PARAM, () -> card.rxQueue(c.rxQueues()));
        assertFails(DevError.INVALID_PARAM, () -> card.txQueue(c.txQueues()));
        assertThat(card.pool()).isSameAs(pool);
        assertThat(card.link().up()).isTrue();
    }

    @Test
    void whatTheCardHasNotIsUnsupportedAndChangesNothing() {
        attach();
        NetCapabilities c = capabilities();
        unsupportedUnless(c.has(NetFeature.PROMISCUOUS), () -> card.setPromiscuous(true));
        unsupportedUnless(c.has(NetFeature.ALL_MULTICAST), () -> card.setAllMulticast(true));
        unsupportedUnless(c.has(NetFeature.VLAN_FILTER), () -> card.setVlanFilter(5, true));
        unsupportedUnless(c.has(NetFeature.MAC_SET), () -> card.setMacAddress(OTHER));
        unsupportedUnless(c.has(NetFeature.MTU_UPDATE), () -> card.setMtu(c.minMtu()));
        assertThat(card.registers().isEmpty()).isNotEqualTo(c.has(NetFeature.REGISTER_DUMP));
        assertThatCode(() -> putOnCable(frames.to(card.macAddress(), 60))).doesNotThrowAnyException();
    }

    private void unsupportedUnless(boolean has, Runnable call) {
        if (!has) {
            EthernetAddress mac = card.macAddress();
            int mtu = card.mtu();
            assertFails(DevError.UNSUPPORTED, call::run);
            assertThat(card.macAddress()).isEqualTo(mac);
            assertThat(card.mtu()).isEqualTo(mtu);
            assertThat(card.promiscuous() && !capabilities().has(NetFeature.PROMISCUOUS) && card.allMulticast()).isFalse();
        }
    }

    @Test
    void broadcastIsAlwaysReceived() {
        attach();
        assertReceived("broadcast", true, frames.to(EthernetAddress.BROADCAST, 100));
    }

    @Test
    void promiscuousOpensAndClosesTheCard() {
        attach();
        assumeFeature(NetFeature.PROMISCUOUS);
        assertThat(card.promiscuous()).isFalse();
        assertReceived("another's unicast", false, frames.to(OTHER, 100));
        card.setPromiscuous(true);
        assertThat(card.promiscuous()).isTrue();
        assertReceived("another's unicast while promiscuous", true, frames.to(OTHER, 100));
        card.setPromiscuous(false);
        assertThat(card.promiscuous()).isFalse();
        assertReceived("another's unicast after that", false, frames.to(OTHER, 100));
    }

    @Test
    void allMulticastOpensTheCardToGroupsOnly() {
        attach();
        assumeFeature(NetFeature.ALL_MULTICAST);
        assertReceived("a group", false, frames.to(GROUP, 100));
        card.setAllMulticast(true);
        assertThat(card.allMulticast()).isTrue();
        assertReceived("a group while all-multicast", true, frames.to(GROUP, 100));
        assertReceived("another's unicast while all-multicast", false, frames.to(OTHER, 100));
        card.setAllMulticast(false);
        assertReceived("a group after that", false, frames.to(GROUP, 100));
    }

    @Test
    void macFiltersAreReplacedAsAWhole() {
        attach();
        assumeFeature(NetFeature.MAC_FILTER);
        card.setMacFilters(Set.of(GROUP, OTHER));
        assertReceived("a filtered group", true, frames.to(GROUP, 100));
        assertReceived("a filtered unicast", true, frames.to(OTHER, 100));
        assertReceived("another group", false, frames.to(OTHER_GROUP, 100));
        card.setMacFilters(Set.of(OTHER_GROUP));
        assertReceived("the new group", true, frames.to(OTHER_GROUP, 100));
        assertReceived("the old group", false, frames.to(GROUP, 100));
        assertReceived("the old unicast", false, frames.to(OTHER, 100));
        card.setMacFilters(Set.of());
        assertReceived("no group any more", false, frames.to(OTHER_GROUP, 100));
        assertFails(DevError.INVALID_PARAM, () -> card.setMacFilters(Set.of(EthernetAddress.ZERO)));
    }

    @Test
    void moreFiltersThanTheCardHoldsOpenItAsFarAsNeeded() {
        attach();
        assumeFeature(NetFeature.MAC_FILTER);
        Set<EthernetAddress> many = IntStream.range(0, 300).mapToObj(i -> new EthernetAddress(0x3333_0000_1000L + i)).collect(Collectors.toSet());
        card.setMacFilters(many);
        for (int i : new int[] {0, 17, 299}) {
            assertReceived("group " + i + " of 300", true, frames.to(new EthernetAddress(0x3333_0000_1000L + i), 100));
        }
        assertReceived("its own address", true, frames.to(card.macAddress(), 100));
        card.setMacFilters(Set.of());
        assertReceived("a group after that", false, frames.to(new EthernetAddress(0x3333_0000_1000L), 100));
    }

    @Test
    void vlanFiltersPassTheTagsThatWereNamed() {
        attach();
        assumeFeature(NetFeature.VLAN_FILTER);
        card.setVlanFilter(5, true);
        card.setVlanFilter(4094, true);
        assertReceived("vlan 5", true, frames.tagged(card.macAddress(), 5, 100));
        assertReceived("vlan 4094", true, frames.tagged(card.macAddress(), 4094, 100));
        assertReceived("vlan 6", false, frames.tagged(card.macAddress(), 6, 100));
        assertReceived("untagged", true, frames.to(card.macAddress(), 100));
        card.setVlanFilter(5, false);
        assertReceived("vlan 5 after that", false, frames.tagged(card.macAddress(), 5, 100));
        assertFails(DevError.INVALID_PARAM, () -> card.setVlanFilter(4095, true));
        assertFails(DevError.INVALID_PARAM, () -> card.setVlanFilter(-1, true));
    }

    @Test
    void theAddressCanBeChanged() {
        attach();
        assumeFeature(NetFeature.MAC_SET);
        EthernetAddress first = card.macAddress();
        card.setMacAddress(OTHER);
        assertThat(card.macAddress()).isEqualTo(OTHER);
        assertReceived("the new address", true, frames.to(OTHER, 100));
        if (capabilities().has(NetFeature.PROMISCUOUS)) {
            assertReceived("the old address", false, frames.to(first, 100));
        }
        assertFails(DevError.INVALID_PARAM, () -> card.setMacAddress(GROUP));
        assertFails(DevError.INVALID_PARAM, () -> card.setMacAddress(EthernetAddress.ZERO));
        assertThat(card.macAddress()).isEqualTo(OTHER);
        card.setMacAddress(first);
        assertReceived("the first address again", true, frames.to(first, 100));
    }

    @Test
    void theMtuLimitsWhatMayBeSent() {
        attach();
        assumeFeature(NetFeature.MTU_UPDATE);
        NetCapabilities c = capabilities();
        assertFails(DevError.INVALID_PARAM, () -> card.setMtu(c.minMtu() - 1));
        assertFails(DevError.INVALID_PARAM, () -> card.setMtu(c.maxMtu() + 1));
        int mtu = Math.min(1000, c.maxMtu());
        card.setMtu(mtu);
        assertThat(card.mtu()).isEqualTo(mtu);
        NetBuf buf = buffer(new byte[mtu + NetDriverOps.FRAME_OVERHEAD + 1]);
        assertFails(DevError.INVALID_PARAM, () -> card.transmit(buf));
        buf.trim(1);
        send(buf);
        assertThat(takeFromCable(1).getFirst()).hasSize(mtu + NetDriverOps.FRAME_OVERHEAD);
        card.setMtu(Math.min(1500, c.maxMtu()));
        assertFramesPass(5);
    }

    @Test
    void theConfigurationIsObeyedOrRefusedByValue() {
        EthernetAddress mac = EthernetAddress.parse("02:12:34:56:78:9a");
        attach(CardUnderTest.Wish.DEFAULT, new DeviceConfig(1, 1, 64, 128, 1200, java.util.Optional.empty(), false, false, false, 16));
        assertThat(card.mtu()).isEqualTo(1200);
        assertThat(rx.size()).isBetween(16, 32_768);
        assertThat(Integer.bitCount(rx.size())).isOne();
        boolean macSet = capabilities().has(NetFeature.MAC_SET);
        boolean promiscuous = capabilities().has(NetFeature.PROMISCUOUS);
        bench.detach();
        if (macSet && promiscuous) {
            attachAgain(new DeviceConfig(1, 1, 256, 256, 0, java.util.Optional.of(mac), true, true, true, 16));
            assertThat(card.macAddress()).isEqualTo(mac);
            assertThat(card.promiscuous()).isTrue();
            assertReceived("another's unicast", true, frames.to(OTHER, 100));
            bench.detach();
        }
        int tooLarge = 65_517;
        int mtu = card.mtu();
        assumeTrue(capabilities().maxMtu() < tooLarge, "skipped: the card takes any MTU");
        try {
            // The device manager goes back to a configuration that worked, if there was one, and says why.
            attachAgain(config(1, 256, tooLarge));
            assertThat(card.mtu()).isEqualTo(mtu);
            assertThat(bench.status().reason()).contains("65517");
        } catch (DevException e) {
            assertThat(e.error()).isEqualTo(DevError.INVALID_PARAM);
            assertThat(e.getMessage()).contains("65517");
            attachAgain(DeviceConfig.DEFAULT);
        }
        assertFramesPass(5, Math.min(Frames.LONGEST, card.mtu() + NetDriverOps.MIN_FRAME));
    }

    @Test
    void theLinkFollowsTheCable() {
        attach();
        assumeFeature(NetFeature.LINK_STATUS);
        assumeFault(CardUnderTest.Fault.LINK);
        assertFramesPass(3);
        bench.setLink(false);
        Await.until("link down", () -> !card.link().up());
        bench.setLink(true);
        Await.until("link up", () -> card.link().up());
        assertFramesPass(3);
    }

    @Test
    void registersCanBeDumpedWhileTrafficRuns() {
        attach();
        assumeFeature(NetFeature.REGISTER_DUMP);
        for (int i = 0; i < 5; i++) {
            assertThat(card.registers()).isNotEmpty().isSortedAccordingTo((a, b) -> Long.compare(a.offset(), b.offset()));
            assertFramesPass(3);
        }
    }
}
