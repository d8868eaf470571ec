package net.pci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.Map;
import net.api.DevError;
import net.api.DevException;
import net.api.device.DeviceState;
import net.api.device.PciDevice;
import net.api.driver.Attachment;
import net.api.driver.DeviceMatch;
import net.pci.bus.FakeFunction;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class AttachTest extends EngineFixture {
    @Test
    void attach_and_detach_follow_the_protocol() {
        attached();
        assertThat(logged()).containsExactly("acquire", "memory on", "attach virtio", "map 0", "dma on", "registered");
        assertThat(card.command()).as("memory, bus mastering, no interrupt pin").isEqualTo(0x406);
        engine.detach(CARD);
        assertThat(logged()).containsExactly("unregistered", "stop virtio", "dma off", "memory off", "interrupt closed", "interrupt closed", "reclaimed 3",
                "memory freed", "release");
        assertThat(card.command()).isZero();
        assertThat(card.get16(0x42) & 0x8000).as("MSI-X enabled").isZero();
        assertThat(status(CARD)).extracting("state", "driver", "reason").containsExactly(DeviceState.IDLE, "", "detached by the user");
        assertThat(events).containsExactly("ADDED idle", "ATTACHED attached", "DETACHED idle");
    }

    @Test
    void host_with_firmware_keeps_its_addresses() {
        attached();
        assertThat(card.get32(0x10)).isEqualTo(0xfe00_0000);
    }

    @Test
    void services_tell_what_is_known() {
        attached();
        Map<String, Object> device = services.get(engine.device(CARD));
        assertThat(device).containsEntry("device.address", CARD).containsEntry("device.host", "fake").containsEntry("device.bus", "pci")
                .containsEntry("pci.vendor", "1af4").containsEntry("pci.device", "1041").containsEntry("pci.subsystem.vendor", "1af4")
                .containsEntry("pci.subsystem", "0001").containsEntry("pci.class", "020000").containsEntry("device.numa.node", 1)
                .containsEntry("device.state", "attached").containsEntry("driver.name", "virtio").doesNotContainKey("device.reason");
        assertThat(services.get(engine.ops(CARD))).containsAllEntriesOf(device).containsEntry("net.mac", "02:00:00:00:00:01")
                .containsEntry("driver.version", "1.0.0").containsEntry("net.rx.queues", 1).containsEntry("net.tx.queues", 1);
        assertThat(status(CARD).buffersInFlight()).isEqualTo(3);
        assertThat(engine.device(CARD).description()).isEqualTo("virtio 1af4:1041, class 020000");
        PciDevice pci = (PciDevice) engine.device("1.0");
        assertThat(pci.configRead(2, 2)).isEqualTo(0x1041);
        assertThatThrownBy(() -> pci.configRead(1, 2)).isInstanceOf(DevException.class);
        assertThatThrownBy(() -> pci.configRead(4096, 1)).isInstanceOf(DevException.class);
    }

    @Test
    void device_waits_for_driver_and_pool() {
        host.pci.with(1, 0, card);
        engine.addHost(host).settle();
        assertThat(status(CARD)).extracting("state", "reason").containsExactly(DeviceState.IDLE, "no driver matches");
        engine.addDriver(driver).settle();
        assertThat(status(CARD).reason()).isEqualTo("no pool 'default' for host fake yet");
        engine.addPool(new FakePool("default", log), "other").settle();
        assertThat(status(CARD).state()).isEqualTo(DeviceState.IDLE);
        engine.addPool(pool, "fake").settle();
        assertThat(status(CARD).state()).isEqualTo(DeviceState.ATTACHED);
        assertThat(host.memory).hasSize(1);
    }

    @Test
    void listed_functions_are_never_written_to() {
        host.pci.with(1, 0, card);
        host.pci.restrictions.put("0000:00:01.0", "the system uses it");
        engine.addHost(host).addPool(pool, "fake").addDriver(driver).settle();
        assertThat(status(CARD)).extracting("state", "reason").containsExactly(DeviceState.LISTED, "the system uses it");
        assertThat(card.writes()).isZero();
        assertThat(((PciDevice) engine.device(CARD)).bars()).isEmpty();
        assertThatThrownBy(() -> engine.attach(CARD)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.UNSUPPORTED))
                .hasMessageContaining("the system uses it");
        host.pci.restrictions.clear();
        host.changed();
        engine.awaitState(CARD, DeviceState.ATTACHED, LONG);
        assertThat(((PciDevice) engine.device(CARD)).bars()).hasSize(1);
    }

    @Test
    void best_match_is_taken() {
        FakeDriver byClass = new FakeDriver("class", log, DeviceMatch.pciClass(0x020000, 0xffff00));
        FakeDriver bySubsystem = new FakeDriver("subsystem", log, DeviceMatch.pci(0x1af4, 0x1041, 0x1af4, 1));
        FakeDriver ranked = new FakeDriver("ranked", log, DeviceMatch.pci(0x1af4, 0x1041));
        FakeDriver newer = new FakeDriver("newer", log, DeviceMatch.pci(0x1af4, 0x1041));
        FakeDriver older = new FakeDriver("older", log, DeviceMatch.pci(0x1af4, 0x1041));
        FakeDriver same = new FakeDriver("same", log, DeviceMatch.pci(0x1af4, 0x1041));
        host.pci.with(1, 0, card);
        engine.addDriver(byClass, 100, "9.0.0", registrar).addDriver(same, new DriverSource("", "1.10.0", -1, 0, 8), registrar).addDriver(newer, new DriverSource("", "1.10.0", -1, 0, 7), registrar)
                .addDriver(older, new DriverSource("", "1.9.0", -1, 0, 1), registrar).addDriver(ranked, 1, "0.1.0", registrar).addDriver(bySubsystem, -1, "0.0.1", registrar);
        engine.addPool(pool, "fake").addHost(host).settle();
        for (FakeDriver d : List.of(bySubsystem, ranked, newer, same, older, byClass)) {
            assertThat(status(CARD).driver()).isEqualTo(d.name());
            engine.removeDriver(d);
        }
        assertThat(status(CARD).state()).isEqualTo(DeviceState.IDLE);
    }

    @Test
    void better_match_does_not_steal() {
        attached();
        engine.addDriver(new FakeDriver("better", log, DeviceMatch.pci(0x1af4, 0x1041, 0x1af4, 1))).settle();
        assertThat(status(CARD).driver()).isEqualTo("virtio");
        engine.detach(CARD);
        engine.attach(CARD);
        assertThat(status(CARD).driver()).isEqualTo("better");
        engine.detach(CARD);
        engine.attach(CARD, "virtio");
        assertThat(status(CARD).driver()).isEqualTo("virtio");
        assertThatThrownBy(() -> engine.attach(CARD)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.ALREADY_EXISTS));
        engine.detach(CARD);
        assertThatThrownBy(() -> engine.attach(CARD, "ixgbe")).hasMessageContaining("no driver 'ixgbe'").hasMessageContaining("virtio 1.0.0, better 0");
        assertThatThrownBy(() -> engine.detach(CARD)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.BAD_STATE))
                .hasMessageEndingWith(" is not attached, it is idle: detached by the user");
    }

    @Test
    void device_that_the_user_detached_waits_for_the_user() {
        attached();
        engine.detach(CARD);
        engine.addDriver(new FakeDriver("another", log, DeviceMatch.pci(0x1af4, 0x1041))).settle();
        assertThat(status(CARD).state()).isEqualTo(DeviceState.IDLE);
        engine.attach(CARD);
        assertThat(status(CARD).state()).isEqualTo(DeviceState.ATTACHED);
    }

    @Test
    void driver_that_goes_is_detached_when_the_call_returns_and_another_takes_over() {
        attached();
        FakeDriver other = new FakeDriver("other", log, DeviceMatch.pciClass(0x020000, 0xff0000));
        engine.addDriver(other).settle();
        logged();
        engine.removeDriver(driver);
        assertThat(logged()).startsWith("unregistered", "stop virtio").contains("release", "attach other");
        assertThat(status(CARD).driver()).isEqualTo("other");
        engine.addDriver(driver).settle();
        engine.removeDriver(driver);
        assertThat(logged()).as("it drives nothing").isEmpty();
    }

    @Test
    void pool_that_goes_takes_its_devices_along_and_no_others() {
        FakePool other = new FakePool("other", log);
        engine.addPool(other, "fake");
        attached();
        engine.removePool(other);
        assertThat(driver.attachments).hasSize(1);
        assertThat(status(CARD).state()).isEqualTo(DeviceState.ATTACHED);
        engine.removePool(pool);
        assertThat(status(CARD)).extracting("state", "reason").containsExactly(DeviceState.IDLE, "no pool 'default' for host fake yet");
        assertThat(host.memory).isEmpty();
    }

    @Test
    void host_that_goes_takes_its_devices_along() {
        attached();
        engine.removeHost(host);
        assertThat(engine.devices()).isEmpty();
        assertThat(host.listeners).isEmpty();
        assertThat(events).containsExactly("ADDED idle", "ATTACHED attached", "DETACHED idle", "REMOVED removed");
    }

    @Test
    void failed_attach_leaves_nothing_and_is_not_repeated_until_something_changes() {
        driver.script = a -> {
            throw new DevException(DevError.UNSUPPORTED, "it has no VERSION_1");
        };
        host.pci.with(1, 0, card);
        engine.addHost(host).addPool(pool, "fake").addDriver(driver).settle();
        assertThat(logged()).containsExactly("acquire", "memory on", "attach virtio", "map 0", "dma on", "dma off", "memory off", "interrupt closed",
                "interrupt closed", "reclaimed 3", "memory freed", "release");
        assertThat(status(CARD)).extracting("state", "reason").containsExactly(DeviceState.IDLE, "virtio: not supported: it has no VERSION_1");
        assertThat(events).containsExactly("ADDED idle", "FAILED idle");
        engine.addDriver(new FakeDriver("unrelated", log, DeviceMatch.pci(1, 2))).settle();
        engine.rescan();
        assertThat(logged()).isEmpty();
        assertThatThrownBy(() -> engine.attach(CARD)).hasMessageContaining("no VERSION_1").hasMessageContaining(CARD);
        driver.script = a -> { };
        engine.configure(Map.of("mtu", 1400)).settle();
        assertThat(status(CARD).state()).isEqualTo(DeviceState.ATTACHED);
    }

    @Test
    void half_of_an_acquired_device_is_given_back() {
        host.pci.with(1, 0, card);
        host.pci.busy = "ixgbe holds it";
        engine.addHost(host).addPool(pool, "fake").addDriver(driver).settle();
        assertThat(status(CARD).reason()).contains("ixgbe holds it");
        assertThat(logged()).isEmpty();
        assertThat(card.command()).isZero();
    }

    @Test
    void driver_that_throws_anything_is_contained_and_the_next_is_tried() {
        driver.script = a -> {
            throw new NoClassDefFoundError("net/driver/Missing");
        };
        host.pci.with(1, 0, card);
        engine.addHost(host).addPool(pool, "fake").addDriver(driver).settle();
        assertThat(status(CARD).reason()).isEqualTo("virtio: failed with java.lang.NoClassDefFoundError: net/driver/Missing");
        engine.addDriver(new FakeDriver("simple", log, DeviceMatch.pciClass(0x020000, 0xff0000))).settle();
        assertThat(status(CARD).driver()).isEqualTo("simple");
    }

    @Test
    void error_of_the_virtual_machine_leaves_nothing_and_the_manager_goes_on() {
        driver.script = a -> {
            throw new StackOverflowError("deep");
        };
        host.pci.with(1, 0, card);
        engine.addHost(host).addPool(pool, "fake").addDriver(driver).settle();
        assertThat(status(CARD).state()).isEqualTo(DeviceState.IDLE);
        assertThat(status(CARD).reason()).contains("StackOverflowError");
        assertThat(host.memory).isEmpty();
        engine.rescan();
        assertThat(driver.attachments).as("not tried again").hasSize(1);
        driver.script = a -> { };
        engine.attach(CARD);
        assertThat(status(CARD).state()).isEqualTo(DeviceState.ATTACHED);
    }

    @Test
    void function_whose_bars_cannot_be_sized_does_not_hurt_the_others() {
        FakeFunction odd = FakeFunction.of(0x8086, 1).memory32(0, 0x1000, 0);
        odd.failing(0x10);
        host.pci.with(0, 0, odd);
        attached();
        assertThat(engine.devices()).hasSize(2);
    }

    @Test
    void driver_that_cannot_drive_the_device_lets_the_next_try() {
        driver.script = a -> {
            throw new DevException(DevError.UNSUPPORTED, "needs VERSION_1");
        };
        host.pci.with(1, 0, card);
        engine.addDriver(driver).addDriver(new FakeDriver("old", log, DeviceMatch.pciClass(0x020000, 0xff0000)));
        engine.addHost(host).addPool(pool, "fake").settle();
        assertThat(status(CARD).driver()).isEqualTo("old");
    }

    @Test
    void card_that_cannot_be_registered_is_detached() {
        host.pci.with(1, 0, card);
        Registrar stopped = (types, service, properties) -> {
            throw new IllegalStateException("bundle is stopping");
        };
        engine.addHost(host).addPool(pool, "fake").addDriver(driver, 0, "1", stopped).settle();
        assertThat(status(CARD)).extracting("state", "reason").containsExactly(DeviceState.IDLE,
                "virtio: failed with java.lang.IllegalStateException: bundle is stopping");
        assertThat(logged()).contains("stop virtio", "memory freed", "release");
    }

    @Test
    void what_cannot_be_given_back_keeps_nothing_else() {
        host.pci.with(1, 0, card);
        host.pci.closing = () -> {
            throw new IllegalStateException("no such vector");
        };
        Registrar gone = (types, service, properties) -> new Registrar.Registration() {
            @Override
            public void update(Map<String, Object> now) {
            }

            @Override
            public void unregister() {
                throw new IllegalArgumentException("no such service");
            }
        };
        engine.addHost(host).addPool(pool, "fake").addDriver(driver, 0, "1", gone).settle();
        logged();
        engine.detach(CARD);
        assertThat(logged()).containsExactly("stop virtio", "dma off", "memory off", "interrupt closed", "interrupt closed", "reclaimed 3", "memory freed", "release");
        assertThat(status(CARD).state()).isEqualTo(DeviceState.IDLE);
    }

    @Test
    void attachment_refuses_what_is_its_own() {
        attached();
        Attachment a = driver.attachments.getFirst();
        for (int[] w : new int[][] {{4, 2}, {4, 4}, {5, 1}, {0x10, 4}, {0x27, 1}, {0x30, 4}, {0x42, 2}, {0x40, 4}, {0x4b, 1}}) {
            assertThatThrownBy(() -> a.configWrite(w[0], w[1], 0)).as("%x", w[0])
                    .isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.INVALID_PARAM));
        }
        card.writable(0x80, -1);
        a.configWrite(0x80, 2, 0x1234);
        assertThat(card.get16(0x80)).isEqualTo(0x1234);
        assertThatThrownBy(() -> a.configWrite(0x81, 2, 0)).isInstanceOf(DevException.class);
        assertThatThrownBy(() -> a.map(1)).hasMessageContaining("BAR 1");
        assertThat(a.map(0)).isSameAs(a.map(0));
        assertThatThrownBy(() -> a.interrupts(1)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.BAD_STATE));
        engine.detach(CARD);
        assertThatThrownBy(() -> a.map(0)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.BAD_STATE));
        assertThatThrownBy(a::enableDma).isInstanceOf(DevException.class);
    }

    @Test
    void interrupts_are_fewer_where_there_are_fewer() {
        int[] got = new int[1];
        driver.script = a -> got[0] = driver.attachments.size();
        host.pci.messages = 1;
        attached();
        assertThat(host.pci.interrupts).hasSize(1);
        assertThat(host.pci.mapped.get("0000:00:01.0 0").writes).contains("0x80c=0x0", "0x81c=0x1");
        engine.configure(Map.of("interrupts", false)).settle();
        assertThat(host.pci.interrupts).hasSize(1);
        assertThat(card.get16(0x42) & 0x8000).isZero();
    }

    @Test
    void host_that_manages_interrupts_is_asked() {
        host.pci.managesInterrupts = true;
        attached();
        assertThat(host.pci.interrupts).hasSize(2);
        assertThat(card.get16(0x42) & 0x8000).as("the host does it").isZero();
        engine.detach(CARD);
        assertThat(host.pci.interrupts).allMatch(i -> i.closed);
    }

    @Test
    void sleeping_device_is_woken() {
        FakeFunction sleeper = FakeFunction.of(0x1af4, 0x1041).memory32(0, 0x1000, 0xfe00_0000).capability(1, 8).writable(0x44, 3);
        sleeper.set32(0x44, 3);
        host.pci.with(1, 0, sleeper);
        engine.addHost(host).addPool(pool, "fake").addDriver(driver).settle();
        assertThat(status(CARD).state()).isEqualTo(DeviceState.ATTACHED);
        assertThat(sleeper.get32(0x44)).isZero();
    }

    @Test
    void bar_without_room_is_the_reason() {
        host.pci.windows = List.of(new net.api.host.PciAccess.Window(net.api.host.PciAccess.Window.Kind.MEMORY_32, 0xe000_0000L, 0x800));
        host.pci.with(1, 0, card);
        engine.addHost(host).addPool(pool, "fake").addDriver(driver).settle();
        assertThat(status(CARD).state()).isEqualTo(DeviceState.IDLE);
        assertThat(status(CARD).reason()).contains("BAR 0 of 0x1000 bytes has no address", "does not fit", "0x800 bytes");
    }

    @Test
    void corrupt_capability_list_is_told_and_hurts_nobody() {
        card.pointLastTo(0x40);
        assertThat(attached().reason()).contains("capability list cut", "0x40");
        assertThat(services.get(engine.device(CARD)).get("device.reason").toString()).contains("capability list cut");
    }

    @Test
    void bridges_are_listed_and_never_attached() {
        host.pci.with(1, 0, FakeFunction.bridge());
        engine.addHost(host).addPool(pool, "fake").addDriver(new FakeDriver("greedy", log, DeviceMatch.pciClass(0, 0))).settle();
        assertThat(status(CARD).state()).isEqualTo(DeviceState.LISTED);
        assertThat(status(CARD).reason()).contains("bridge");
    }

    @Test
    void memory_is_of_the_cards_node_while_that_has_some() {
        attached();
        assertThat(host.askedNodes).isNotEmpty().allMatch(n -> n == 1);
        engine.detach(CARD);
        host.askedNodes.clear();
        host.emptyNode = 1;
        engine.attach(CARD);
        assertThat(status(CARD).state()).isEqualTo(DeviceState.ATTACHED);
        assertThat(host.askedNodes.getFirst()).as("the card's node first").isEqualTo(1);
        assertThat(host.askedNodes.subList(1, host.askedNodes.size())).as("then any").isNotEmpty().allMatch(n -> n == -1);
    }

    @Test
    void buffers_of_another_node_than_the_cards_are_warned_about() {
        ListAppender<ILoggingEvent> warnings = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(Lifecycle.class);
        logger.addAppender(warnings);
        warnings.start();
        try {
            pool.node = 1;
            attached();
            assertThat(warnings.list).isEmpty();
            engine.detach(CARD);
            pool.node = 0;
            engine.attach(CARD);
        } finally {
            logger.detachAppender(warnings);
        }
        assertThat(warnings.list).singleElement().satisfies(e -> assertThat(e.getFormattedMessage()).contains(CARD + ": the card is on NUMA node 1")
                .contains("are on node 0"));
    }
}
