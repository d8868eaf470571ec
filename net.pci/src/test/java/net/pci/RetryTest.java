package net.pci;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import net.api.DevError;
import net.api.DevException;
import net.api.device.DeviceState;
import net.api.driver.DeviceMatch;
import net.api.driver.NetDriver;
import org.junit.jupiter.api.Test;

/** A failure that may pass is tried again, later and later. */
class RetryTest extends EngineFixture {
    private static final DevException TIMEOUT = new DevException(DevError.IO, "no answer within 100 ms");
    private final Slot.Attempt attempt = new Slot.Attempt(List.of(), DeviceSettings.DEFAULT, pool, 0);

    @Test
    void aCardThatDidNotAnswerInTimeIsAttachedLaterByItself() {
        AtomicInteger failures = new AtomicInteger(1);
        driver.script = a -> {
            if (failures.getAndDecrement() > 0) {
                throw TIMEOUT;
            }
        };
        host.pci.with(1, 0, card);
        engine.addHost(host).addPool(pool, "fake").addDriver(driver);
        assertThat(engine.awaitState(CARD, DeviceState.ATTACHED, LONG).reason()).isEmpty();
        engine.settle();
        assertThat(events).containsExactly("ADDED idle", "FAILED idle", "ATTACHED attached");
    }

    @Test
    void anAccessToRegistersThatAreNotThereIsTheDevicesFailureAndTriedAgain() {
        AtomicInteger failures = new AtomicInteger(1);
        driver.script = a -> {
            if (failures.getAndDecrement() > 0) {
                throw new InternalError("a fault occurred in an unsafe memory access operation");
            }
        };
        host.pci.with(1, 0, card);
        engine.addHost(host).addPool(pool, "fake").addDriver(driver);
        engine.awaitState(CARD, DeviceState.ATTACHED, LONG);
        engine.settle();
        assertThat(events).containsExactly("ADDED idle", "FAILED idle", "ATTACHED attached");
    }

    /** Or the classes of a bundle that was uninstalled would stay as long as the card. */
    @Test
    void nothingIsKeptOfADriverThatFailedAndWent() {
        WeakReference<NetDriver> failed = failed();
        await("collected driver", () -> {
            System.gc();
            return failed.get() == null;
        });
        assertThat(status(CARD).reason()).isEqualTo("detached by the user");
    }

    private WeakReference<NetDriver> failed() {
        FakeDriver broken = new FakeDriver("broken", log, DeviceMatch.pci(0x1af4, 0x1041));
        broken.script = a -> {
            throw new DevException(DevError.INVALID_PARAM, "never");
        };
        host.pci.with(1, 0, card);
        engine.addHost(host).addPool(pool, "fake").addDriver(broken).settle();
        assertThat(status(CARD).reason()).contains("never");
        engine.detach(CARD);
        engine.removeDriver(broken);
        return new WeakReference<>(broken);
    }

    @Test
    void whatTheUserDetachesIsNotTriedAgain() {
        driver.script = a -> {
            throw TIMEOUT;
        };
        host.pci.with(1, 0, card);
        engine.addHost(host).addPool(pool, "fake").addDriver(driver);
        await("a failure", () -> events.contains("FAILED idle"));
        assertThat(status(CARD).reason()).startsWith("virtio: ").contains(TIMEOUT.getMessage() + "; it is tried again in ");
        engine.detach(CARD);
        assertThat(status(CARD).reason()).isEqualTo("detached by the user");
        int attached = driver.attachments.size();
        engine.addDriver(new FakeDriver("unrelated", log)).settle();
        assertThat(driver.attachments).hasSize(attached);
        driver.script = a -> { };
        engine.attach(CARD);
        assertThat(status(CARD).state()).isEqualTo(DeviceState.ATTACHED);
    }

    @Test
    void eachDelayIsTwiceTheOneBeforeAndTheFifthTheLast() {
        List<String> texts = new ArrayList<>();
        for (Retry r = Retry.after(null, attempt, TIMEOUT); r != null; r = Retry.after(r, attempt, TIMEOUT)) {
            assertThat(r.isDue()).isFalse();
            texts.add(r.text());
        }
        assertThat(texts).containsExactly("it is tried again in 1 s", "it is tried again in 2 s", "it is tried again in 4 s", "it is tried again in 8 s",
                "it is tried again in 16 s");
    }

    @Test
    void somethingElseIsTriedAsOftenAsTheFirst() {
        Retry third = Retry.after(Retry.after(Retry.after(null, attempt, TIMEOUT), attempt, TIMEOUT), attempt, TIMEOUT);
        assertThat(third.failures()).isEqualTo(3);
        assertThat(Retry.after(third, new Slot.Attempt(List.of(), DeviceSettings.DEFAULT, pool, 1), TIMEOUT).failures()).isEqualTo(1);
    }

    @Test
    void whatDoesNotPassIsNotTriedAgain() {
        for (DevError error : List.of(DevError.UNSUPPORTED, DevError.INVALID_PARAM, DevError.BAD_STATE)) {
            assertThat(Retry.after(null, attempt, new DevException(error, "no"))).as(error.name()).isNull();
        }
        assertThat(Retry.after(null, attempt, new DevException(DevError.IO, "failed", new NullPointerException()))).as("a bug").isNull();
        assertThat(Retry.after(null, attempt, new DevException(DevError.IO, "gone", new InternalError("a fault")))).as("memory that is not there").isNotNull();
        assertThat(Retry.after(null, attempt, new DevException(DevError.NO_MEMORY, "all in use"))).isNotNull();
    }
}
