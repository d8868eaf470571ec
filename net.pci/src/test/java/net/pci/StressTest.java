package net.pci;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import net.api.DevException;
import net.api.driver.Attachment.Fault;
import net.api.driver.DeviceMatch;
import org.junit.jupiter.api.Test;

/** Users, hosts, drivers, devices and configurations change at random from four threads. Whatever happens, nothing stays behind. */
class StressTest extends EngineFixture {
    private static final int STEPS = 300;

    @Test
    void random_changes_from_all_sides_lose_nothing() throws InterruptedException {
        long seed = Long.getLong("seed", new Random().nextLong());
        System.out.println("StressTest: -Dseed=" + seed);
        FakeDriver second = new FakeDriver("second", log, DeviceMatch.pciClass(0x020000, 0xff0000));
        ConcurrentLinkedQueue<Throwable> wrong = new ConcurrentLinkedQueue<>();
        attached();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            Random random = new Random(seed + t);
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < STEPS; i++) {
                    try {
                        change(random, second);
                    } catch (DevException e) {
                        // "not attached", "is gone" and the like are what must be expected here
                    } catch (Throwable e) {
                        wrong.add(e);
                    }
                }
            }));
        }
        for (Thread t : threads) {
            t.join(60_000);
            assertThat(t.isAlive()).as("still running after a minute, seed %d", seed).isFalse();
        }
        assertThat(wrong).as("seed %d", seed).isEmpty();
        engine.settle();
    }

    private void change(Random random, FakeDriver second) {
        switch (random.nextInt(12)) {
            case 0 -> engine.attach(CARD);
            case 1 -> engine.detach(CARD);
            case 2 -> engine.removeDriver(driver);
            case 3 -> engine.addDriver(driver, 0, "1.0.0", registrar);
            case 4 -> engine.removeDriver(second);
            case 5 -> engine.addDriver(second, 0, "1.0.0", registrar);
            case 6 -> {
                host.removed("0000:00:01.0");
                host.changed();
            }
            case 7 -> engine.rescan();
            case 8 -> engine.configure(Map.of("mtu", 1000 + random.nextInt(3)));
            case 9 -> {
                engine.removePool(pool);
                engine.addPool(pool, "fake");
            }
            case 10 -> driver.attachments.stream().reduce((a, b) -> b).ifPresent(a -> a.report(Fault.values()[random.nextInt(3)], "told at random"));
            default -> {
                engine.devices().forEach(d -> d.status().buffersInFlight());
                engine.ops(CARD);
            }
        }
    }
}
