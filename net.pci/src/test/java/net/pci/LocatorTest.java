package net.pci;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import net.api.device.Device;
import net.api.device.DeviceState;
import net.api.driver.DriverLocator;
import org.junit.jupiter.api.Test;

/** Who is asked for the driver of a device that has none, and what users hear of it. */
class LocatorTest extends EngineFixture {
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile Consumer<String> answer = s -> { };
    private final DriverLocator locator = (device, to) -> {
        asked.add(device.address());
        answer = to;
    };

    private void withoutDriver() {
        host.pci.with(1, 0, card);
        engine.addHost(host).addPool(pool, "fake").addLocator(locator).settle();
    }

    @Test
    void aDeviceThatNoDriverMatchesIsAskedForOnce() {
        withoutDriver();
        engine.rescan();
        assertThat(asked).containsExactly(CARD);
        answer.accept("bundle X drives this");
        engine.settle();
        assertThat(status(CARD).reason()).isEqualTo("no driver matches; bundle X drives this");
        assertThat(asked).containsExactly(CARD);
        engine.addDriver(driver, 0, "1.0.0", registrar).settle();
        assertThat(status(CARD).state()).isEqualTo(DeviceState.ATTACHED);
        assertThat(status(CARD).reason()).isEmpty();
        engine.removeDriver(driver);
        engine.settle();
        assertThat(asked).as("again, because its driver has gone").containsExactly(CARD, CARD);
        assertThat(status(CARD).reason()).doesNotContain("bundle X");
    }

    @Test
    void anAnswerThatComesTooLateChangesNothing() {
        withoutDriver();
        engine.addDriver(driver, 0, "1.0.0", registrar).settle();
        answer.accept("bundle X drives this");
        engine.settle();
        assertThat(status(CARD).reason()).isEmpty();
    }

    @Test
    void aLocatorThatWentIsNotHeardAfterItsSuccessor() {
        withoutDriver();
        Consumer<String> before = answer;
        engine.removeLocator(locator);
        engine.addLocator((device, to) -> answer = to).settle();
        answer.accept("bundle Y drives this");
        before.accept("bundle X does not start");
        engine.settle();
        assertThat(status(CARD).reason()).isEqualTo("no driver matches; bundle Y drives this");
    }

    @Test
    void whatALocatorSaidGoesWithIt() {
        withoutDriver();
        answer.accept("bundle X drives this");
        engine.settle();
        assertThat(status(CARD).reason()).isEqualTo("no driver matches; bundle X drives this");
        engine.removeLocator(locator);
        engine.settle();
        assertThat(status(CARD).reason()).isEqualTo("no driver matches");
        engine.addLocator(locator).settle();
        assertThat(asked).as("a new one is asked").containsExactly(CARD, CARD);
    }

    @Test
    void devicesThatAreLeftAloneAreNotAskedFor() {
        engine.configure(Map.of("exclude", CARD));
        withoutDriver();
        assertThat(asked).isEmpty();
    }

    @Test
    void aLocatorThatComesLaterIsAskedAndOneThatFailsHurtsNobody() {
        host.pci.with(1, 0, card);
        DriverLocator broken = (Device d, Consumer<String> to) -> {
            throw new IllegalStateException("no idea");
        };
        engine.addHost(host).addPool(pool, "fake").addLocator(broken).settle();
        engine.addLocator(locator).settle();
        assertThat(asked).containsExactly(CARD);
        engine.removeLocator(locator);
        engine.rescan();
        assertThat(asked).containsExactly(CARD);
    }
}
