package net.pci;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import net.api.DevError;
import net.api.DevException;
import net.api.device.DeviceState;
import net.api.driver.DeviceConfig;
import net.pci.bus.FakeFunction;
import org.junit.jupiter.api.Test;

class ReconfigureTest extends EngineFixture {
    private DeviceConfig config() {
        return driver.attachments.getLast().config();
    }

    @Test
    void change_concerns_only_the_devices_that_it_changes() {
        host.pci.with(2, 0, FakeFunction.of(0x1af4, 0x1041).memory32(0, 0x1000, 0xfe00_1000));
        attached();
        engine.awaitState("fake/0000:00:02.0", DeviceState.ATTACHED, LONG);
        engine.configureDevice("rule", Map.of("address", CARD, "mtu", 9000)).settle();
        assertThat(driver.attachments).hasSize(3);
        assertThat(config().mtu()).isEqualTo(9000);
        assertThat(driver.attachments.getLast().device().address()).isEqualTo(CARD);
        engine.configureDevice("rule", Map.of("address", CARD, "mtu", "9000")).settle();
        assertThat(driver.attachments).as("nothing changed").hasSize(3);
        engine.removeDeviceConfiguration("rule").settle();
        assertThat(config().mtu()).isZero();
    }

    @Test
    void nonsense_changes_nothing() {
        attached();
        engine.configure(Map.of("mtu", 3, "colour", "red")).settle();
        assertThat(driver.attachments).hasSize(1);
    }

    @Test
    void what_the_driver_refuses_is_not_kept() {
        attached();
        driver.script = a -> {
            if (a.config().mtu() > 1500) {
                throw new DevException(DevError.INVALID_PARAM, "the device takes at most 1500 bytes");
            }
        };
        engine.configureDevice(CARD, new DeviceConfig(1, 1, 512, 256, 9000, java.util.Optional.empty(), false, false, true, 16)).settle();
        assertThat(status(CARD).state()).isEqualTo(DeviceState.ATTACHED);
        assertThat(status(CARD).reason()).contains("at most 1500 bytes", "the previous configuration stays");
        assertThat(config()).isEqualTo(DeviceConfig.DEFAULT);
        engine.configureDevice(CARD, new DeviceConfig(1, 1, 512, 256, 1400, java.util.Optional.empty(), false, false, true, 16)).settle();
        assertThat(status(CARD).reason()).isEmpty();
        assertThat(config().mtu()).isEqualTo(1400);
    }

    @Test
    void excluded_devices_are_left_alone_unless_attached_by_hand() {
        engine.configure(Map.of("exclude", CARD));
        host.pci.with(1, 0, card);
        engine.addHost(host).addPool(pool, "fake").addDriver(driver).settle();
        assertThat(status(CARD).state()).isEqualTo(DeviceState.IDLE);
        assertThat(status(CARD).reason()).contains("excluded");
        engine.attach(CARD);
        engine.configure(Map.of("exclude", CARD + ",fake/x")).settle();
        assertThat(status(CARD).state()).isEqualTo(DeviceState.ATTACHED);
        engine.configure(Map.of()).settle();
        engine.configure(Map.of("exclude", "fake/*")).settle();
        assertThat(status(CARD).state()).isEqualTo(DeviceState.IDLE);
    }

    @Test
    void named_pool_is_waited_for() {
        attached();
        engine.configure(Map.of("pool", "jumbo")).settle();
        assertThat(status(CARD).reason()).isEqualTo("no pool 'jumbo' for host fake yet");
        FakePool jumbo = new FakePool("jumbo", log);
        engine.addPool(jumbo, "fake").settle();
        assertThat(driver.attachments.getLast().pool()).isSameAs(jumbo);
        engine.removePool(jumbo);
        assertThat(jumbo.missing()).isZero();
    }
}
