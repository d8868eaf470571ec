package net.pci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import net.api.DevError;
import net.api.DevException;
import net.api.NetBuf;
import net.api.RxQueue;
import net.api.device.DeviceState;
import net.api.device.DmaMemory;
import net.api.device.Interrupt;
import net.api.device.Mmio;
import net.api.driver.Attachment;
import net.api.driver.Attachment.Fault;
import net.api.driver.DeviceMatch;
import net.api.driver.HandOver;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A driver that hands its running device over to another. */
class WarmSwapTest extends EngineFixture {
    private final FakeDriver newer = new FakeDriver("newer", log, DeviceMatch.pci(0x1af4, 0x1041));
    private Map<String, Object> swapped = Map.of();

    @Override
    void heard(String topic, Map<String, Object> properties) {
        if (topic.endsWith("SWAPPED")) {
            swapped = new HashMap<>(properties);
        }
    }

    @BeforeEach
    void twoVersions() {
        attached();
        engine.addDriver(newer, 0, "2.0.0", registrar).settle();
        driver.handOver = () -> Optional.of(HandOver.write("fake", 1).put("at", 41).done());
        newer.handOver = () -> Optional.of(HandOver.write("fake", 1).put("at", 42).done());
        logged();
        events.clear();
    }

    @Test
    void theDeviceNoticesNothing() {
        engine.swap(CARD, "newer");
        assertThat(logged()).containsExactly("unregistered", "hand over virtio", "take over newer at 41", "registered");
        assertThat(card.command() & 6).as("memory decoding and bus master").isEqualTo(6);
        assertThat(events).containsExactly("SWAPPED attached");
        assertThat(swapped).containsEntry("swap.warm", true).containsEntry("driver.from", "virtio 1.0.0").containsEntry("driver.name", "newer")
                .containsKeys("swap.pause", "duration");
        assertThat((long) swapped.get("swap.pause")).as("nanoseconds without queues").isBetween(1L, (long) swapped.get("duration"));
        assertThat(status(CARD).driverVersion()).isEqualTo("2.0.0");
        assertThat(status(CARD).buffersInFlight()).isEqualTo(3);
        engine.swap(CARD, "virtio");
        assertThat(logged()).containsExactly("unregistered", "hand over newer", "take over virtio at 42", "registered");
        engine.detach(CARD);
        assertThat(logged()).containsSubsequence("unregistered", "stop virtio", "reclaimed 3", "memory freed");
    }

    @Test
    void theNewDriverIsMadeReadyWhileTheOldOneIsAtWork() {
        for (RuntimeException failure : new RuntimeException[] {null, new IllegalStateException("the bundle is gone")}) {
            engine.addDriver(newer, 0, "2.0.0", new Registrar() {
                @Override
                public Registration register(List<Class<?>> types, Object service, Map<String, Object> properties) {
                    return registrar.register(types, service, properties);
                }

                @Override
                public void prepare() {
                    log.add("prepare newer");
                    if (failure != null) {
                        throw failure;
                    }
                }
            }).settle();
            engine.swap(CARD, "newer");
            assertThat(logged()).containsExactly("prepare newer", "unregistered", "hand over virtio", "take over newer at 41", "registered");
            engine.swap(CARD, "virtio");
            logged();
        }
    }

    @Test
    void theNewDriverFindsWhatTheOldOneHad() {
        Attachment old = driver.attachments.getLast();
        Mmio window = old.map(0);
        AtomicReference<List<Object>> found = new AtomicReference<>();
        newer.takeOver = a -> {
            DmaMemory memory = a.allocateDma("ring", 4096, 128);
            NetBuf[] ring = a.ring("receive ring", 8);
            List<Interrupt> vectors = a.interrupts(2);
            assertThatThrownBy(() -> a.interrupts(2)).isInstanceOf(DevException.class);
            found.set(List.of(a.map(0), memory, ring[2], vectors.size(), a.ring("receive ring", 16).length));
        };
        engine.swap(CARD, "newer");
        assertThat(found.get()).containsExactly(window, host.memory.getFirst(), found.get().get(2), 2, 16);
        assertThat(host.memory).hasSize(1);
        assertThat(host.pci.interrupts).as("no more are opened").hasSize(2);
        assertThat(logged()).doesNotContain("map 0");
        assertThatThrownBy(() -> old.allocateDma("more", 64, 64)).isInstanceOfSatisfying(DevException.class,
                e -> assertThat(e.error()).isEqualTo(DevError.BAD_STATE));
    }

    @Test
    void whatIsInUseHasItsSize() {
        newer.takeOver = a -> a.allocateDma("ring", 8192, 128);
        assertThatThrownBy(() -> engine.swap(CARD, "newer")).hasMessageContaining("in use with size 4096, not 8192");
        assertThat(status(CARD).driver()).isEqualTo("virtio");
    }

    @Test
    void aDriverThatDoesNotKnowTheStateIsAttachedAnew() {
        driver.handOver = () -> Optional.of(HandOver.write("fake", 2).done());
        engine.swap(CARD, "newer");
        assertThat(log).containsSubsequence("hand over virtio", "stop virtio", "reclaimed 3", "memory freed", "attach newer", "registered");
        assertThat(swapped).containsEntry("swap.warm", false);
        assertThat(events).containsExactly("DETACHED idle", "ATTACHED attached", "SWAPPED attached");
    }

    @Test
    void aDriverThatCannotHandOverIsStopped() {
        driver.handOver = () -> {
            throw new IllegalStateException("not now");
        };
        engine.swap(CARD, "newer");
        assertThat(log).containsSubsequence("hand over virtio", "stop virtio", "attach newer");
    }

    @Test
    void aDriverThatFailsIsRolledBackAndTheOldOneTakesItsStateAgain() {
        newer.takeOver = a -> {
            a.allocateDma("more", 64, 64);
            throw new IllegalArgumentException("a bug");
        };
        RxQueue queue = engine.port(CARD).rxQueue(0);
        assertThatThrownBy(() -> engine.swap(CARD, "newer")).hasMessageContaining("a bug").hasMessageContaining("it has virtio 1.0.0 again");
        assertThat(log).containsExactly("unregistered", "hand over virtio", "take over newer at 41", "take over virtio at 41", "registered");
        assertThat(status(CARD).state()).isEqualTo(DeviceState.ATTACHED);
        assertThat(status(CARD).driver()).isEqualTo("virtio");
        assertThat(queue.receive(new NetBuf[1], 0, 1)).isEqualTo(1);
        assertThat(host.memory).as("what the new one took is freed with the rest").hasSize(2);
    }

    /** The heap may be full for a moment: no reason to leave a card without driver that had one. */
    @Test
    void anErrorOfTheVirtualMachineIsAFailureOfTheDriverLikeOthers() {
        newer.takeOver = a -> {
            throw new OutOfMemoryError("no room for rings");
        };
        RxQueue queue = engine.port(CARD).rxQueue(0);
        assertThatThrownBy(() -> engine.swap(CARD, "newer")).hasMessageContaining("no room for rings").hasMessageContaining("it has virtio 1.0.0 again");
        assertThat(status(CARD)).extracting("state", "driver").containsExactly(DeviceState.ATTACHED, "virtio");
        assertThat(queue.receive(new NetBuf[1], 0, 1)).isEqualTo(1);
        driver.handOver = () -> {
            throw new StackOverflowError("in its hand-over");
        };
        newer.takeOver = a -> { };
        engine.swap(CARD, "newer");
        assertThat(log).containsSubsequence("hand over virtio", "stop virtio", "attach newer", "registered");
        assertThat(queue.receive(new NetBuf[1], 0, 1)).isEqualTo(1);
    }

    @Test
    void aRollBackThatFailsIsAFreshStart() {
        newer.takeOver = a -> {
            throw new DevException(DevError.IO, "it does not answer");
        };
        driver.takeOver = newer.takeOver;
        assertThatThrownBy(() -> engine.swap(CARD, "newer")).hasMessageContaining("it does not answer");
        assertThat(log).containsSubsequence("take over newer at 41", "take over virtio at 41", "stop virtio", "memory freed", "attach virtio", "registered");
        assertThat(status(CARD).state()).isEqualTo(DeviceState.ATTACHED);
    }

    @Test
    void aNewDriverWhoseBundleStopsMeanwhileLeavesTheDeviceToTheOldOne() {
        engine.addDriver(newer, 0, "2.0.0", (types, service, properties) -> {
            throw new IllegalStateException("the bundle stops");
        }).settle();
        RxQueue queue = engine.port(CARD).rxQueue(0);
        assertThatThrownBy(() -> engine.swap(CARD, "newer")).hasMessageContaining("the bundle stops");
        assertThat(logged()).containsSubsequence("unregistered", "hand over virtio", "take over newer at 41", "stop newer", "reclaimed 3", "memory freed",
                "attach virtio", "registered");
        assertThat(status(CARD).state()).isEqualTo(DeviceState.ATTACHED);
        assertThat(status(CARD).driver()).isEqualTo("virtio");
        assertThat(engine.ops(CARD)).isNotNull();
        assertThat(queue.receive(new NetBuf[1], 0, 1)).isEqualTo(1);
    }

    @Test
    void faultsOfTheOldDriverDoNotCountAgainstTheNewOne() {
        Attachment old = driver.attachments.getLast();
        engine.swap(CARD, "newer");
        old.report(Fault.BROKEN, "an old complaint");
        engine.settle();
        assertThat(status(CARD).state()).isEqualTo(DeviceState.ATTACHED);
        assertThat(status(CARD).driver()).isEqualTo("newer");
    }

    /** It is read only when the other has the device already. */
    @Test
    void norDoesTheLastOneThatWasOnItsWay() {
        Attachment old = driver.attachments.getLast();
        driver.handOver = () -> {
            old.report(Fault.BROKEN, "a last complaint");
            return Optional.of(HandOver.write("fake", 1).put("at", 41).done());
        };
        engine.swap(CARD, "newer");
        engine.settle();
        assertThat(status(CARD)).extracting("state", "driver").containsExactly(DeviceState.ATTACHED, "newer");
        assertThat(logged()).doesNotContain("stop newer");
    }

    /** What the user attached again is no new driver. */
    @Test
    void aDetachEndsTheTimeInWhichADriverIsTakenBack() {
        engine.swap(CARD, "newer");
        engine.detach(CARD);
        engine.attach(CARD, "newer");
        newer.attachments.getLast().report(Fault.BROKEN, "it does not work");
        engine.settle();
        assertThat(status(CARD)).extracting("state", "reason").containsExactly(DeviceState.QUARANTINED, "it does not work");
    }

    @Test
    void aDriverThatFailsSoonAfterASwapIsTakenBackOnce() {
        engine.swap(CARD, "newer");
        newer.attachments.getLast().report(Fault.BROKEN, "it does not work");
        engine.settle();
        assertThat(log).containsSubsequence("take over newer at 41", "stop newer", "reclaimed 3", "memory freed", "attach virtio", "registered");
        assertThat(status(CARD).driver()).isEqualTo("virtio");
        driver.attachments.getLast().report(Fault.BROKEN, "nor does this");
        engine.settle();
        assertThat(status(CARD).state()).as("it was the device").isEqualTo(DeviceState.QUARANTINED);
        assertThat(status(CARD).reason()).isEqualTo("nor does this");
    }

    @Test
    void aHandOverKeepsNumbersAndCopiesThem() {
        long[] numbers = {1, 2};
        HandOver state = HandOver.write("x", 3).put("n", 5).put("longs", numbers).put("ints", new int[] {7}).put("chars", new char[] {8})
                .put("bytes", new byte[] {9}).done();
        numbers[0] = 99;
        state.longs("longs")[1] = 99;
        assertThat(state.longs("longs")).containsExactly(1, 2);
        assertThat(state.ints("ints")).containsExactly(7);
        assertThat(state.chars("chars")).containsExactly((char) 8);
        assertThat(state.bytes("bytes")).containsExactly(9);
        assertThat(state.number("n", 0, 5)).isEqualTo(5);
        assertThat(state.version()).isEqualTo(3);
        assertThat(state.has("m")).isFalse();
        assertThatThrownBy(() -> state.number("n", 0, 4)).hasMessageContaining("'n' is 5, outside 0 to 4");
        assertThatThrownBy(() -> state.number("longs")).isInstanceOf(DevException.class);
        assertThatThrownBy(() -> state.number("m")).hasMessageContaining("x 3 has no Long 'm'");
        assertThatThrownBy(() -> state.check("y", 1, 9)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.UNSUPPORTED));
        assertThatThrownBy(() -> HandOver.write("x", 1).put("a", 1).put("a", 2)).isInstanceOf(IllegalArgumentException.class);
    }
}
