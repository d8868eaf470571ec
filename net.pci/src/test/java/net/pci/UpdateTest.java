package net.pci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.api.DevError;
import net.api.DevException;
import net.api.NetBuf;
import net.api.NetDriverOps;
import net.api.RxQueue;
import net.api.device.DeviceState;
import net.api.driver.Attachment;
import net.api.driver.Attachment.Fault;
import net.api.driver.DeviceMatch;
import net.api.driver.HandOver;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The bundle of a driver is updated: its old version goes, and a moment later the new one is there. */
class UpdateTest extends EngineFixture {
    private static final long BUNDLE = 17;
    private final FakeDriver newer = new FakeDriver("virtio", log, DeviceMatch.pci(0x1af4, 0x1041));
    private final Map<String, Object> swapped = new HashMap<>();

    @Override
    void heard(String topic, Map<String, Object> properties) {
        if (topic.endsWith("SWAPPED")) {
            swapped.putAll(properties);
        }
    }

    private static DriverSource version(String version) {
        return new DriverSource("net.driver.virtio", version, BUNDLE, 0, 1);
    }

    private void add(FakeDriver d, DriverSource source) {
        engine.addDriver(d, source, registrar).settle();
    }

    @BeforeEach
    void firstVersion() {
        host.pci.with(1, 0, card);
        engine.addHost(host).addPool(pool, "fake");
        add(driver, version("1.0.0"));
        engine.awaitState(CARD, DeviceState.ATTACHED, LONG);
        driver.handOver = () -> Optional.of(HandOver.write("fake", 1).put("at", 41).done());
        logged();
        events.clear();
    }

    @Test
    void theDeviceRunsOnAndTheNewVersionTakesItOver() {
        RxQueue queue = engine.port(CARD).rxQueue(0);
        engine.updateDriver(driver);
        assertThat(logged()).containsExactly("unregistered", "hand over virtio");
        assertThat(status(CARD).state()).isEqualTo(DeviceState.UPDATING);
        assertThat(status(CARD).reason()).isEqualTo("virtio 1.0.0 is being updated: the device runs on and waits for the new version");
        assertThat(status(CARD).buffersInFlight()).isEqualTo(3);
        assertThat(queue.receive(new NetBuf[1], 0, 1)).as("nobody drives it").isZero();
        assertThat(card.command() & 6).as("memory decoding and bus master").isEqualTo(6);
        add(newer, version("2.0.0"));
        assertThat(logged()).containsExactly("take over virtio at 41", "registered");
        assertThat(status(CARD)).extracting("state", "driverVersion", "reason").containsExactly(DeviceState.ATTACHED, "2.0.0", "");
        assertThat(events).containsExactly("SWAPPED attached");
        assertThat(swapped).containsEntry("swap.warm", true).containsEntry("driver.from", "virtio 1.0.0").containsKeys("swap.pause", "duration");
        assertThat(queue.receive(new NetBuf[1], 0, 1)).isEqualTo(1);
    }

    @Test
    void theOldVersionCanDoNothingAnyMore() {
        Attachment old = driver.attachments.getLast();
        engine.updateDriver(driver);
        assertThatThrownBy(() -> old.map(0)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.BAD_STATE));
        old.report(Fault.BROKEN, "an old complaint");
        engine.settle();
        assertThat(status(CARD).state()).isEqualTo(DeviceState.UPDATING);
    }

    @Test
    void whatIsSetMeanwhileIsMadeOnTheNewVersion() {
        NetDriverOps stale = engine.ops(CARD);
        engine.updateDriver(driver);
        driver.settings = s -> {
            throw new DevException(DevError.BAD_STATE, "it was detached");
        };
        assertThatThrownBy(() -> stale.setPromiscuous(true)).isInstanceOf(DevException.class);
        logged();
        add(newer, version("2.0.0"));
        assertThat(logged()).containsExactly("take over virtio at 41", "virtio setPromiscuous[true]", "registered");
        newer.handOver = driver.handOver;
        engine.updateDriver(newer);
        add(driver, version("3.0.0"));
        assertThat(logged()).as("once").containsExactly("unregistered", "hand over virtio", "take over virtio at 41", "registered");
    }

    @Test
    void whatIsSetMeanwhileIsInTheConfigurationOfADriverThatBeginsAnew() {
        NetDriverOps stale = engine.ops(CARD);
        engine.detach(CARD);
        driver.settings = s -> {
            throw new DevException(DevError.BAD_STATE, "it was detached");
        };
        assertThatThrownBy(() -> stale.setPromiscuous(true)).isInstanceOf(DevException.class);
        logged();
        engine.attach(CARD);
        assertThat(driver.attachments.getLast().config().promiscuous()).isTrue();
        assertThat(logged()).contains("attach virtio").doesNotContain("virtio setPromiscuous[true]");
    }

    @Test
    void aVersionThatDoesNotHandOverIsStopped() {
        driver.handOver = Optional::empty;
        engine.updateDriver(driver);
        assertThat(logged()).containsSubsequence("unregistered", "hand over virtio", "stop virtio", "reclaimed 3", "memory freed");
        add(newer, version("2.0.0"));
        assertThat(logged()).containsSubsequence("attach virtio", "registered");
        assertThat(events).containsExactly("DETACHED idle", "ATTACHED attached");
    }

    @Test
    void aVersionThatDoesNotKnowTheStateIsAttachedAnew() {
        driver.handOver = () -> Optional.of(HandOver.write("fake", 2).done());
        engine.updateDriver(driver);
        add(newer, version("2.0.0"));
        assertThat(logged()).containsSubsequence("hand over virtio", "dma off", "reclaimed 3", "memory freed", "attach virtio", "registered");
        assertThat(logged()).as("nothing of the old version is called").doesNotContain("stop virtio");
        assertThat(events).containsExactly("DETACHED idle", "ATTACHED attached");
    }

    @Test
    void aVersionThatFailsIsAttachedAnew() {
        newer.takeOver = a -> {
            throw new IllegalStateException("a bug");
        };
        engine.updateDriver(driver);
        add(newer, version("2.0.0"));
        assertThat(log).containsSubsequence("take over virtio at 41", "reclaimed 3", "memory freed", "attach virtio", "registered");
        assertThat(status(CARD).state()).isEqualTo(DeviceState.ATTACHED);
    }

    @Test
    void aVersionThatDoesNotComeIsNotWaitedForForLong() {
        engine.updateDriver(driver);
        assertThat(engine.awaitState(CARD, DeviceState.IDLE, LONG).state()).isEqualTo(DeviceState.IDLE);
        assertThat(logged()).containsExactly("unregistered", "hand over virtio", "dma off", "memory off", "interrupt closed", "interrupt closed",
                "reclaimed 3", "memory freed", "release");
        add(newer, version("2.0.0"));
        assertThat(logged()).contains("attach virtio");
    }

    @Test
    void aBundleThatIsUninstalledIsNotWaitedFor() {
        engine.updateDriver(driver);
        engine.endUpdate(BUNDLE + 1);
        assertThat(status(CARD).state()).as("another one").isEqualTo(DeviceState.UPDATING);
        engine.endUpdate(BUNDLE);
        assertThat(status(CARD)).extracting("state", "reason").containsExactly(DeviceState.IDLE, "no driver matches");
        assertThat(host.memory).isEmpty();
    }

    @Test
    void anotherDriverDoesNotTakeItMeanwhile() {
        FakeDriver other = new FakeDriver("other", log, DeviceMatch.pci(0x1af4, 0x1041));
        add(other, new DriverSource("other", "9.0.0", 18, 0, 2));
        engine.updateDriver(driver);
        assertThatThrownBy(() -> engine.attach(CARD)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.RESOURCE_BUSY))
                .hasMessageContaining("being updated");
        add(newer, version("2.0.0"));
        assertThat(status(CARD).driver()).isEqualTo("virtio");
        assertThat(other.attachments).isEmpty();
    }

    @Test
    void onlyTheSameDriverOfTheSameBundleIsItsNewVersion() {
        FakeDriver copy = new FakeDriver("virtio", log, DeviceMatch.pci(0x1af4, 0x1041));
        FakeDriver sibling = new FakeDriver("sibling", log, DeviceMatch.pci(0x1af4, 0x1041));
        engine.updateDriver(driver);
        add(copy, new DriverSource("copy of net.driver.virtio", "2.0.0", BUNDLE + 1, 0, 2));
        add(sibling, version("2.0.0"));
        assertThat(status(CARD).state()).isEqualTo(DeviceState.UPDATING);
        assertThat(copy.attachments).isEmpty();
        assertThat(sibling.attachments).isEmpty();
        add(newer, version("2.0.0"));
        assertThat(status(CARD).state()).isEqualTo(DeviceState.ATTACHED);
        assertThat(newer.attachments).hasSize(1);
    }

    @Test
    void aDeviceThatIsHeldToTheOldVersionIsHeldToTheNewOne() {
        FakeDriver other = new FakeDriver("other", log, DeviceMatch.pci(0x1af4, 0x1041));
        add(other, new DriverSource("other", "9.0.0", 18, 0, 2));
        engine.detach(CARD);
        engine.attach(CARD, "net.driver.virtio:1.0.0");
        engine.swap(CARD, "other");
        engine.swap(CARD, "net.driver.virtio");
        engine.updateDriver(driver);
        add(newer, version("2.0.0"));
        host.pci.remove(1, 0);
        engine.rescan();
        host.pci.with(1, 0, card);
        engine.rescan();
        assertThat(status(CARD)).extracting("driver", "driverVersion").containsExactly("virtio", "2.0.0");
    }

    @Test
    void aNewVersionThatDoesNotMatchAnyMoreLeavesTheDevice() {
        FakeDriver narrow = new FakeDriver("virtio", log, DeviceMatch.pci(1, 2));
        engine.updateDriver(driver);
        add(narrow, version("2.0.0"));
        assertThat(status(CARD)).extracting("state", "reason").containsExactly(DeviceState.IDLE, "no driver matches");
        assertThat(host.memory).isEmpty();
    }

    @Test
    void theUserMayDetachItMeanwhile() {
        engine.updateDriver(driver);
        engine.detach(CARD);
        assertThat(status(CARD)).extracting("state", "reason").containsExactly(DeviceState.IDLE, "detached by the user");
        assertThat(host.memory).isEmpty();
        add(newer, version("2.0.0"));
        assertThat(newer.attachments).isEmpty();
    }

    @Test
    void aDeviceThatGoesMeanwhileIsLetGo() {
        engine.updateDriver(driver);
        host.pci.remove(1, 0);
        engine.rescan();
        assertThat(engine.devices()).isEmpty();
        assertThat(host.memory).isEmpty();
        host.pci.with(1, 0, card);
        engine.rescan();
        add(newer, version("2.0.0"));
        assertThat(logged()).contains("attach virtio").doesNotContain("take over virtio at 41");
    }

    @Test
    void poolAndHostAndConfigurationMayGoMeanwhile() {
        List<Runnable> changes = List.of(() -> engine.removePool(pool), () -> engine.removeHost(host), () -> engine.configure(Map.of("mtu", 1400)).settle());
        for (Runnable change : changes) {
            engine.updateDriver(driver);
            assertThat(status(CARD).state()).isEqualTo(DeviceState.UPDATING);
            change.run();
            assertThat(host.memory).isEmpty();
            assertThat(pool.missing()).isZero();
            engine.removePool(pool);
            engine.removeHost(host);
            engine.addHost(host).addPool(pool, "fake");
            add(driver, version("1.0.0"));
            engine.awaitState(CARD, DeviceState.ATTACHED, LONG);
        }
    }
}
