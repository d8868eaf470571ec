package net.pci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import net.api.DevError;
import net.api.DevException;
import net.api.ForwardingOps;
import net.api.EthernetAddress;
import net.api.NetBuf;
import net.api.NetDriverOps;
import net.api.NetPort;
import net.api.RxQueue;
import net.api.device.DeviceState;
import net.api.driver.DeviceConfig;
import net.api.driver.DeviceMatch;
import net.api.driver.FlowControl;
import net.api.driver.RxOffload;
import org.junit.jupiter.api.Test;

/** Another driver for a device that works, and what stays as it was. */
class SwapTest extends EngineFixture {
    private static final EthernetAddress GROUP = EthernetAddress.parse("01:00:5e:00:00:01");
    private final FakeDriver newer = new FakeDriver("newer", log, DeviceMatch.pci(0x1af4, 0x1041));
    private Map<String, Object> swapped = Map.of();

    @Override
    void heard(String topic, Map<String, Object> properties) {
        if (topic.endsWith("SWAPPED")) {
            swapped = new HashMap<>(properties);
        }
    }

    private void twoVersions() {
        attached();
        engine.addDriver(newer, new DriverSource("net.driver.other", "2.0.0", 7, 0, 9), registrar).settle();
        logged();
        events.clear();
    }

    @Test
    void theOldDriverLeavesBeforeTheNewOneComes() {
        twoVersions();
        engine.swap(CARD, "2.0.0");
        assertThat(status(CARD).driver()).isEqualTo("newer");
        assertThat(log).containsSubsequence("unregistered", "stop virtio", "reclaimed 3", "memory freed", "attach newer", "registered");
        assertThat(events).containsExactly("DETACHED idle", "ATTACHED attached", "SWAPPED attached");
        assertThat(swapped).containsEntry("driver.from", "virtio 1.0.0").containsEntry("driver.name", "newer").containsKey("duration");
    }

    @Test
    void aDriverIsMeantByNameBundleVersionBothOrNumber() {
        twoVersions();
        for (String word : new String[] {"newer", "net.driver.other", "2.0.0", "net.driver.other:2.0.0", "newer:2.0.0", "7"}) {
            engine.swap(CARD, word);
            assertThat(status(CARD).driver()).as(word).isEqualTo("newer");
            engine.swap(CARD, "virtio");
            assertThat(status(CARD).driver()).isEqualTo("virtio");
        }
    }

    @Test
    void aDeviceIsHeldToWhatItWasSwappedToAlsoWhenItComesBack() {
        attached();
        engine.addDriver(newer, 100, "2.0.0", registrar).settle();
        engine.swap(CARD, "newer");
        engine.swap(CARD, "virtio:1.0.0");
        host.pci.remove(1, 0);
        host.changed();
        engine.settle();
        host.pci.with(1, 0, card);
        host.changed();
        engine.settle();
        assertThat(status(CARD).driver()).as("the ranking of the other is higher").isEqualTo("virtio");
        engine.detach(CARD);
        engine.attach(CARD);
        assertThat(status(CARD).driver()).as("no longer held").isEqualTo("newer");
    }

    @Test
    void aDeviceIsHeldByConfiguration() {
        host.pci.with(1, 0, card);
        engine.configureDevice("rule", Map.of("address", CARD, "driver", "virtio:1.0.0")).addPool(pool, "fake")
                .addDriver(driver, 0, "1.0.0", registrar).addDriver(newer, 100, "2.0.0", registrar).addHost(host).settle();
        assertThat(status(CARD).driver()).isEqualTo("virtio");
    }

    @Test
    void aDriverThatFailsGivesTheDeviceBack() {
        twoVersions();
        newer.script = a -> {
            throw new DevException(DevError.IO, "it does not like the card");
        };
        assertThatThrownBy(() -> engine.swap(CARD, "newer")).isInstanceOf(DevException.class).hasMessageContaining("it does not like the card")
                .hasMessageContaining("it has virtio 1.0.0 again");
        assertThat(status(CARD).state()).isEqualTo(DeviceState.ATTACHED);
        assertThat(status(CARD).driver()).isEqualTo("virtio");
        assertThat(status(CARD).reason()).contains("it does not like the card");
        assertThat(events).doesNotContain("SWAPPED attached");
    }

    @Test
    void aDriverThatDoesNotLeaveIsReplacedWhenItHasLeft() {
        twoVersions();
        driver.stop = () -> false;
        assertThatThrownBy(() -> engine.swap(CARD, "newer")).isInstanceOfSatisfying(DevException.class,
                e -> assertThat(e.error()).isEqualTo(DevError.RESOURCE_BUSY));
        driver.stop = () -> true;
        engine.awaitState(CARD, DeviceState.ATTACHED, LONG);
        assertThat(status(CARD).driver()).isEqualTo("newer");
    }

    @Test
    void whatCannotBeSwappedIsRefusedAndStaysAsItIs() {
        twoVersions();
        assertThatThrownBy(() -> engine.swap(CARD, "virtio")).isInstanceOfSatisfying(DevException.class,
                e -> assertThat(e.error()).isEqualTo(DevError.ALREADY_EXISTS));
        assertThatThrownBy(() -> engine.swap(CARD, "3.0.0")).isInstanceOfSatisfying(DevException.class,
                e -> assertThat(e.error()).isEqualTo(DevError.UNSUPPORTED)).hasMessageContaining("newer 2.0.0");
        assertThat(log).isEmpty();
        engine.detach(CARD);
        assertThatThrownBy(() -> engine.swap(CARD, "newer")).isInstanceOfSatisfying(DevException.class,
                e -> assertThat(e.error()).isEqualTo(DevError.BAD_STATE));
    }

    @Test
    void whatTheUserHasSetIsSetAgain() {
        twoVersions();
        NetDriverOps ops = engine.ops(CARD);
        ops.setMtu(1400);
        ops.setPromiscuous(true);
        ops.setMacFilters(Set.of(GROUP));
        ops.setVlanFilter(7, true);
        ops.setVlanFilter(9, true);
        ops.setVlanFilter(7, false);
        logged();
        engine.swap(CARD, "newer");
        DeviceConfig config = newer.attachments.getLast().config();
        assertThat(config.mtu()).isEqualTo(1400);
        assertThat(config.promiscuous()).isTrue();
        assertThat(log).containsSubsequence("attach newer", "newer setMacFilters[[01:00:5e:00:00:01]]", "newer setVlanFilter[9, true]", "registered")
                .doesNotContain("newer setVlanFilter[7, true]");
        host.pci.remove(1, 0);
        host.changed();
        engine.settle();
        host.pci.with(1, 0, card);
        host.changed();
        engine.settle();
        assertThat(newer.attachments.getLast().config()).as("after it was away").isEqualTo(config);
    }

    @Test
    void aSettingThatWasRefusedIsNotRemembered() {
        twoVersions();
        driver.settings = s -> {
            throw new DevException(DevError.UNSUPPORTED, "no " + s);
        };
        assertThatThrownBy(() -> engine.ops(CARD).setPromiscuous(true)).isInstanceOf(DevException.class);
        engine.swap(CARD, "newer");
        assertThat(newer.attachments.getLast().config().promiscuous()).isFalse();
    }

    @Test
    void whatIsTakenBackOnACardThatHasGoneReachesTheOneThatCame() {
        twoVersions();
        NetDriverOps old = engine.ops(CARD);
        old.setPromiscuous(true);
        engine.swap(CARD, "newer");
        assertThat(newer.attachments.getLast().config().promiscuous()).isTrue();
        driver.settings = s -> {
            throw new DevException(DevError.BAD_STATE, "it was detached");
        };
        assertThatThrownBy(() -> old.setPromiscuous(false)).isInstanceOf(DevException.class);
        assertThat(log).contains("newer setPromiscuous[false]");
        engine.swap(CARD, "virtio");
        assertThat(driver.attachments.getLast().config().promiscuous()).isFalse();
    }

    @Test
    void aConfigurationThatChangesCountsMoreThanWhatWasSetBefore() {
        twoVersions();
        engine.ops(CARD).setMtu(1400);
        engine.configure(Map.of("promiscuous", true)).settle();
        assertThat(driver.attachments.getLast().config().mtu()).isEqualTo(1400);
        engine.configure(Map.of("promiscuous", true, "mtu", 1300)).settle();
        assertThat(driver.attachments.getLast().config().mtu()).isEqualTo(1300);
    }

    @Test
    void whatNoDriverTakesIsDropped() {
        twoVersions();
        engine.ops(CARD).setMtu(1400);
        FakeDriver other = driver;
        other.script = a -> {
            if (a.config().mtu() == 1400) {
                throw new DevException(DevError.INVALID_PARAM, "an MTU of 1400");
            }
        };
        engine.detach(CARD);
        engine.attach(CARD, "virtio");
        assertThat(driver.attachments.getLast().config().mtu()).isZero();
    }

    @Test
    void aFilterThatCannotBeRestoredIsTold() {
        twoVersions();
        engine.ops(CARD).setVlanFilter(7, true);
        newer.settings = s -> {
            throw new DevException(DevError.UNSUPPORTED, "no VLANs here");
        };
        engine.swap(CARD, "newer");
        assertThat(status(CARD).state()).isEqualTo(DeviceState.ATTACHED);
        assertThat(status(CARD).reason()).contains("VLAN filters could not be restored").contains("no VLANs here");
    }

    @Test
    void aPortIsThereAsLongAsTheDeviceAndGoesOn() throws Exception {
        twoVersions();
        NetPort port = engine.port(CARD);
        assertThat(services.get(port)).containsEntry(NetDriverOps.DEVICE, CARD);
        RxQueue queue = port.rxQueue(0);
        NetBuf[] one = new NetBuf[1];
        assertThat(queue.receive(one, 0, 1)).isEqualTo(1);
        assertThat(port.card()).contains(engine.ops(CARD));
        engine.detach(CARD);
        assertThat(port.card()).isEmpty();
        assertThat(queue.receive(one, 0, 1)).isZero();
        assertThat(queue.canReceive()).isFalse();
        assertThat(queue.await(1)).isFalse();
        assertThat(queue.size()).isEqualTo(16);
        assertThatThrownBy(() -> queue.receive(one, 0, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        engine.attach(CARD, "newer");
        assertThat(queue.receive(one, 0, 1)).isEqualTo(1);
        assertThat(port.rxQueue(1).receive(one, 0, 1)).as("a queue that the card does not have").isZero();
        assertThat(port.rxQueue(0)).isSameAs(queue);
        assertThatThrownBy(() -> port.rxQueue(128)).isInstanceOf(DevException.class);
        host.pci.remove(1, 0);
        host.changed();
        engine.settle();
        assertThat(services).doesNotContainKey(port);
        host.pci.with(1, 0, card);
        host.changed();
        engine.settle();
        assertThat(engine.port(CARD)).isSameAs(port);
        assertThat(queue.receive(one, 0, 1)).isEqualTo(1);
    }

    /** A default method that is not handed on would hide the driver's own. */
    @Test
    void everyOperationOfACardIsHandedOnToTheDriver() {
        assertThat(NetDriverOps.class.getMethods()).allSatisfy(m -> assertThat(Card.class.getMethod(m.getName(), m.getParameterTypes()).getDeclaringClass())
                .as(m.toString()).isIn(Card.class, ForwardingOps.class));
    }

    @Test
    void whatCannotBeSetByHandStaysAsConfigured() {
        DeviceConfig c = DeviceConfig.DEFAULT.withFlowControl(FlowControl.FULL).withRxOffloads(Set.of(RxOffload.CHECKSUM));
        assertThat(new UserSettings().over(c)).isEqualTo(c);
    }

    @Test
    void aQueueThatIsClosedWhileItsDriverStaysIsTheCallersBusiness() {
        PortRxQueue queue = new PortRxQueue(0);
        FakeQueue closed = new FakeQueue("q");
        closed.closed = true;
        queue.become(closed);
        assertThatThrownBy(() -> queue.receive(new NetBuf[1], 0, 1)).isInstanceOfSatisfying(DevException.class,
                e -> assertThat(e.error()).isEqualTo(DevError.BAD_STATE));
    }
}
