package net.pci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import net.api.DevError;
import net.api.DevException;
import net.api.LinkState;
import net.api.device.DeviceState;
import net.api.driver.Attachment;
import net.api.driver.Attachment.Fault;
import net.api.driver.DeviceConfig;
import net.api.driver.DeviceMatch;
import net.pci.bus.FakeFunction;
import org.junit.jupiter.api.Test;

class FaultTest extends EngineFixture {
    private boolean leaves;
    private volatile String detachOn = "";
    private volatile String linkSeen = "";

    @Override
    boolean leavesSomething() {
        return leaves;
    }

    @Override
    void heard(String topic, Map<String, Object> properties) {
        if (topic.endsWith(detachOn) && !detachOn.isEmpty()) {
            detachOn = "";
            engine.detach(CARD);
        }
        if (properties.get("link") instanceof LinkState l) {
            linkSeen = l.toString();
        }
    }

    private Attachment last() {
        return driver.attachments.getLast();
    }

    @Test
    void device_that_is_gone_is_forgotten_and_found_again() {
        attached();
        card.gone(true);
        last().report(Fault.GONE, "register 0 reads all ones");
        engine.awaitState(CARD, DeviceState.REMOVED, LONG);
        engine.settle();
        assertThat(engine.devices()).isEmpty();
        assertThat(host.memory).isEmpty();
        assertThat(pool.missing()).isZero();
        assertThat(events).containsExactly("ADDED idle", "ATTACHED attached", "DETACHED idle", "REMOVED removed");
        engine.rescan();
        assertThat(engine.devices()).isEmpty();
        card.gone(false);
        engine.rescan();
        assertThat(status(CARD).state()).isEqualTo(DeviceState.ATTACHED);
    }

    @Test
    void device_that_is_said_to_be_gone_but_answers_is_attached_again() {
        attached();
        last().report(Fault.GONE, "all ones");
        await("second attach", () -> driver.attachments.size() == 2);
        assertThat(engine.awaitState(CARD, DeviceState.ATTACHED, LONG).driver()).isEqualTo("virtio");
    }

    @Test
    void device_that_its_host_can_say_nothing_of_is_gone_too() {
        attached();
        host.pci.reading = () -> {
            throw new IllegalStateException("the host is closed");
        };
        last().report(Fault.GONE, "all ones");
        engine.awaitState(CARD, DeviceState.REMOVED, LONG);
        host.pci.remove(1, 0);
        engine.settle();
        assertThat(host.memory).isEmpty();
        assertThat(pool.missing()).isZero();
    }

    @Test
    void reset_attaches_the_same_driver_with_the_same_configuration() {
        engine.configureDevice("rule", Map.of("address", CARD, "mtu", 9000));
        attached();
        engine.addDriver(new FakeDriver("better", log, DeviceMatch.pci(0x1af4, 0x1041, 0x1af4, 1))).settle();
        last().report(Fault.NEEDS_RESET, "DEVICE_NEEDS_RESET");
        last().report(Fault.BROKEN, "only the first report counts");
        await("second attach", () -> driver.attachments.size() == 2);
        assertThat(engine.awaitState(CARD, DeviceState.ATTACHED, LONG).driver()).isEqualTo("virtio");
        assertThat(last().config().mtu()).isEqualTo(9000);
    }

    @Test
    void failure_that_the_host_tells_of_is_mended_by_attaching_anew() {
        attached();
        host.failed(CARD.substring(CARD.indexOf('/') + 1), "uncorrectable error");
        await("second attach", () -> driver.attachments.size() == 2);
        engine.awaitState(CARD, DeviceState.ATTACHED, LONG);
        host.failed("0000:09:00.0", "a device that is not there");
        engine.settle();
        assertThat(driver.attachments).hasSize(2);
    }

    @Test
    void third_reset_within_ten_seconds_sets_it_aside_until_the_user_attaches_it() {
        attached();
        for (int i = 1; i < 3; i++) {
            last().report(Fault.NEEDS_RESET, "hangs");
            int n = i + 1;
            await("attach " + n, () -> driver.attachments.size() == n);
            engine.awaitState(CARD, DeviceState.ATTACHED, LONG);
        }
        last().report(Fault.NEEDS_RESET, "hangs");
        assertThat(engine.awaitState(CARD, DeviceState.QUARANTINED, LONG).reason()).isEqualTo("hangs; the third time within ten seconds");
        engine.configure(Map.of("mtu", 1400)).addDriver(new FakeDriver("other", log, DeviceMatch.pci(0x1af4, 0x1041))).settle();
        assertThat(status(CARD).state()).isEqualTo(DeviceState.QUARANTINED);
        engine.attach(CARD);
        assertThat(status(CARD).state()).isEqualTo(DeviceState.ATTACHED);
        assertThat(status(CARD).reason()).isEmpty();
    }

    @Test
    void broken_device_is_set_aside_with_its_reason() {
        attached();
        last().report(Fault.BROKEN, "17 violations: used id 300 of 256");
        assertThat(engine.awaitState(CARD, DeviceState.QUARANTINED, LONG).reason()).isEqualTo("17 violations: used id 300 of 256");
        assertThat(host.memory).isEmpty();
        engine.settle();
        assertThat(events).endsWith("DETACHED quarantined", "FAILED quarantined");
    }

    @Test
    void report_during_attach_is_heard_afterwards() {
        AtomicBoolean once = new AtomicBoolean();
        driver.script = a -> {
            if (once.compareAndSet(false, true)) {
                a.report(Fault.NEEDS_RESET, "came up ill");
            }
        };
        host.pci.with(1, 0, card);
        engine.addHost(host).addPool(pool, "fake").addDriver(driver);
        await("second attach", () -> driver.attachments.size() == 2);
    }

    @Test
    void fault_is_that_of_its_device_and_of_no_other() {
        attached();
        host.pci.with(2, 0, FakeFunction.of(0x1af4, 0x1041).memory32(0, 0x1000, 0xfe10_0000).msix(4, 0x800, 0xc00));
        engine.rescan();
        String other = "fake/0000:00:02.0";
        engine.awaitState(other, DeviceState.ATTACHED, LONG);
        last().report(Fault.BROKEN, "17 violations");
        assertThat(engine.awaitState(other, DeviceState.QUARANTINED, LONG).reason()).isEqualTo("17 violations");
        assertThat(status(CARD).state()).isEqualTo(DeviceState.ATTACHED);
    }

    /** Queues report from the packet path: what has been said already must cost the manager nothing. */
    @Test
    void only_the_first_report_is_handed_on() {
        attached();
        List<String> handedOn = new ArrayList<>();
        DeviceAttachment attachment = new DeviceAttachment((ListedDevice) engine.device(CARD), pool, DeviceConfig.DEFAULT, new DeviceAttachment.Reports() {
            @Override
            public void fault(DeviceAttachment a, Fault fault, String reason) {
                handedOn.add(reason);
            }

            @Override
            public void link(DeviceAttachment a, LinkState link) {
                handedOn.add(link.toString());
            }
        });
        for (int i = 0; i < 1000; i++) {
            attachment.report(Fault.GONE, "report " + i);
        }
        assertThat(handedOn).containsExactly("report 0");
    }

    @Test
    void housekeeping_is_done_and_its_failure_contained() {
        attached();
        await("three rounds", () -> driver.housekept >= 3);
        driver.housekeep = () -> {
            throw new IllegalStateException("bug");
        };
        assertThat(engine.awaitState(CARD, DeviceState.QUARANTINED, LONG).reason()).contains("housekeeping", "bug");
        assertThat(engine.devices()).hasSize(1);
    }

    @Test
    void link_changes_become_events_while_attached() {
        attached();
        last().linkChanged(new LinkState(true, 10_000, true));
        engine.settle();
        assertThat(linkSeen).isEqualTo("up 10000 Mb/s full duplex");
        engine.detach(CARD);
        last().linkChanged(LinkState.DOWN);
        engine.settle();
        assertThat(linkSeen).startsWith("up");
    }

    @Test
    void driver_that_does_not_leave_keeps_its_memory_until_it_does() {
        attached();
        logged();
        AtomicBoolean left = new AtomicBoolean();
        driver.stop = left::get;
        engine.detach(CARD);
        assertThat(status(CARD).state()).isEqualTo(DeviceState.DETACHING);
        assertThat(status(CARD).reason()).isEqualTo("detached by the user; virtio has not left yet, its memory is kept");
        assertThat(logged()).as("no DMA, nobody sleeps, but registers answer").containsExactly("unregistered", "stop virtio", "dma off",
                "interrupt closed", "interrupt closed");
        assertThat(host.memory).hasSize(1);
        assertThat(pool.missing()).isEqualTo(3);
        assertThatThrownBy(() -> engine.attach(CARD)).isInstanceOfSatisfying(DevException.class,
                e -> assertThat(e.error()).isEqualTo(DevError.RESOURCE_BUSY));
        left.set(true);
        engine.awaitState(CARD, DeviceState.IDLE, LONG);
        assertThat(logged()).endsWith("memory off", "reclaimed 3", "memory freed", "release");
        engine.attach(CARD);
        assertThat(status(CARD).state()).isEqualTo(DeviceState.ATTACHED);
    }

    @Test
    void driver_whose_bundle_goes_before_it_has_left_is_waited_for_once() {
        attached();
        AtomicBoolean left = new AtomicBoolean();
        driver.stop = left::get;
        engine.detach(CARD);
        engine.removeDriver(driver);
        assertThat(status(CARD)).extracting("state", "reason").as("the detach that is under way is the only one").containsExactly(DeviceState.DETACHING,
                "detached by the user; virtio has not left yet, its memory is kept");
        assertThat(host.memory).hasSize(1);
        left.set(true);
        assertThat(engine.awaitState(CARD, DeviceState.IDLE, LONG).reason()).isEqualTo("detached by the user");
    }

    @Test
    void reset_of_a_driver_that_leaves_late_is_done_late() {
        attached();
        AtomicBoolean left = new AtomicBoolean();
        driver.stop = left::get;
        last().report(Fault.NEEDS_RESET, "hangs");
        engine.awaitState(CARD, DeviceState.DETACHING, LONG);
        left.set(true);
        await("second attach", () -> driver.attachments.size() == 2);
        engine.awaitState(CARD, DeviceState.ATTACHED, LONG);
    }

    @Test
    void detach_while_a_reset_waits_for_the_driver_to_leave_is_the_last_word() {
        attached();
        AtomicBoolean left = new AtomicBoolean();
        driver.stop = left::get;
        last().report(Fault.NEEDS_RESET, "hangs");
        engine.awaitState(CARD, DeviceState.DETACHING, LONG);
        engine.detach(CARD);
        assertThat(status(CARD)).extracting("state", "reason").containsExactly(DeviceState.DETACHING,
                "detached by the user; virtio has not left yet, its memory is kept");
        left.set(true);
        assertThat(engine.awaitState(CARD, DeviceState.IDLE, LONG).reason()).isEqualTo("detached by the user");
        engine.settle();
        assertThat(driver.attachments).as("it is not attached again").hasSize(1);
    }

    @Test
    void detach_of_a_device_that_waits_for_a_driver_is_the_last_word() {
        host.pci.with(1, 0, card);
        engine.addHost(host).addPool(pool, "fake").settle();
        engine.detach(CARD);
        engine.addDriver(driver).settle();
        assertThat(status(CARD)).extracting("state", "reason").containsExactly(DeviceState.IDLE, "detached by the user");
        assertThatThrownBy(() -> engine.detach(CARD)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.BAD_STATE));
        engine.attach(CARD);
        assertThat(status(CARD).state()).isEqualTo(DeviceState.ATTACHED);
    }

    @Test
    void device_that_comes_back_waits_for_the_driver_that_has_not_left() {
        attached();
        AtomicBoolean left = new AtomicBoolean();
        driver.stop = left::get;
        host.pci.remove(1, 0);
        engine.rescan();
        assertThat(engine.devices()).isEmpty();
        assertThat(host.memory).as("kept").hasSize(1);
        host.pci.with(1, 0, card);
        engine.rescan();
        assertThat(status(CARD)).extracting("state", "reason").containsExactly(DeviceState.IDLE, "an earlier driver has not left yet, its memory is kept");
        left.set(true);
        engine.awaitState(CARD, DeviceState.ATTACHED, LONG);
        assertThat(host.memory).hasSize(1);
        assertThat(pool.missing()).isEqualTo(3);
    }

    @Test
    void driver_that_throws_when_it_stops_counts_as_not_stopped() {
        attached();
        driver.stop = () -> {
            throw new NoClassDefFoundError("net/driver/Gone");
        };
        engine.detach(CARD);
        assertThat(status(CARD).state()).isEqualTo(DeviceState.DETACHING);
        assertThat(host.memory).hasSize(1);
        driver.stop = () -> true;
        engine.awaitState(CARD, DeviceState.IDLE, LONG);
    }

    @Test
    void end_of_the_engine_leaves_the_memory_of_those_who_have_not_left() {
        attached();
        driver.stop = () -> false;
        leaves = true;
        engine.close();
        assertThat(host.memory).hasSize(1);
        assertThat(card.command() & 4).isZero();
        engine.close();
        assertThatThrownBy(engine::rescan).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.BAD_STATE));
    }

    @Test
    void call_from_the_managers_own_thread_does_not_deadlock() {
        detachOn = "ATTACHED";
        host.pci.with(1, 0, card);
        engine.addHost(host).addPool(pool, "fake").addDriver(driver);
        await("attached and detached", () -> events.contains("DETACHED idle"));
        assertThat(status(CARD).reason()).isEqualTo("detached by the user");
    }

    @Test
    void listener_that_fails_changes_nothing() {
        try (DeviceEngine other = new DeviceEngine(registrar, (topic, p) -> {
            throw new IllegalStateException("listener");
        })) {
            host.pci.with(1, 0, card);
            other.addHost(host).addPool(pool, "fake").addDriver(driver);
            assertThat(other.awaitState(CARD, DeviceState.ATTACHED, LONG).driver()).isEqualTo("virtio");
        }
    }

    @Test
    void waiting_ends() {
        assertThatThrownBy(() -> engine.awaitState("fake/x", DeviceState.IDLE, Duration.ofMillis(1)))
                .isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.AGAIN));
        assertThatThrownBy(() -> engine.ops("fake/x")).isInstanceOf(DevException.class);
    }
}
