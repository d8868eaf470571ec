package net.driver.ixgbe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Random;
import net.api.DevError;
import net.api.DevException;
import net.api.device.DeviceState;
import net.api.device.Mmio;
import net.api.driver.DeviceConfig;
import net.sim.IxgbeConfig;
import net.sim.IxgbeFault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Cards that die while they are brought up, or stand still at a step: told within 200 ms, by the clock that the driver waits by. */
@Timeout(120)
class DyingCardTest {
    private static final IxgbeConfig SFP = IxgbeConfig.of(CardRig.MAC);
    private static final IxgbeConfig BACKPLANE = SFP.withDeviceId(IxgbeConfig.BACKPLANE);
    /** Dies at each of the accesses, not only at some. */
    private static final boolean ALL = Boolean.getBoolean("hotnic.long");
    private static final long MILLI = 1_000_000;
    private static final long PROMISE = 200 * MILLI;
    /** Less than any wait of the driver's: who waits for a register of a card that is gone is found out. */
    private static final long AT_ONCE = 50 * MILLI;
    /** The longest part of the set-up that does not look whether the card is there: all filters and counters, with 128 words each. */
    private static final int BLIND = 1200;

    /** Everything reads as ones after so many accesses. */
    private static final class Dying extends WatchedDriver {
        private final VirtualClock clock;
        private long left;
        long diedAt;
        int after;

        Dying(VirtualClock clock, long accesses) {
            super(new IxgbeDriver(clock.limits()));
            this.clock = clock;
            left = accesses;
        }

        boolean dead() {
            if (left-- > 0) {
                return false;
            }
            if (after++ == 0) {
                diedAt = clock.now();
            }
            return true;
        }

        @Override
        int read(Mmio real, long offset) {
            return dead() ? -1 : real.read32(offset);
        }

        @Override
        void write(Mmio real, long offset, int value) {
            if (!dead()) {
                real.write32(offset, value);
            }
        }
    }

    @Test
    void aCardThatDiesAtAnyAccessIsReportedAtOnce() {
        long longest = 0;
        long longestWall = 0;
        int most = 0;
        long accesses = 0;
        long seed = Long.getLong("hotnic.seed", System.nanoTime());
        Random random = new Random(seed);
        for (boolean attached = false; !attached; accesses += 1 + (ALL ? 0 : random.nextInt(1 + (int) accesses / 20))) {
            VirtualClock clock = new VirtualClock();
            Dying driver = new Dying(clock, accesses);
            try (CardRig rig = new CardRig(accesses % 2 == 0 ? SFP : BACKPLANE, clock.limits())) {
                long start = System.nanoTime();
                rig.engine.addDriver(driver).settle();
                long wall = System.nanoTime() - start;
                attached = rig.status().state() == DeviceState.ATTACHED;
                if (!attached) {
                    assertThat(rig.status().reason()).as("dead after %d accesses", accesses).containsAnyOf("reads as all ones", "does not answer");
                    assertThat(clock.now() - driver.diedAt).as("nanoseconds until it was told, dead after %d, seed %d", accesses, seed).isLessThan(AT_ONCE);
                    assertThat(driver.after).as("accesses of a card that is gone, dead after %d", accesses).isLessThan(BLIND);
                    longest = Math.max(longest, clock.now() - driver.diedAt);
                    longestWall = Math.max(longestWall, wall);
                    most = Math.max(most, driver.after);
                } else {
                    driver.left = 0;
                }
            }
        }
        assertThat(accesses).as("accesses of an attach").isGreaterThan(1000);
        System.out.printf("82599 that dies at any of %d accesses of an attach: reported within %.1f ms of its waits and %d accesses;"
                + " the whole attach took at most %.1f ms; seed %d (to repeat it: -Dhotnic.seed=%d)%n", accesses, longest / 1e6, most, longestWall / 1e6, seed, seed);
    }

    @ParameterizedTest
    @EnumSource(value = IxgbeFault.class, names = {"RESET_STICKS", "NO_AUTO_READ", "NO_DMA_INIT", "EEPROM_HANGS", "SEMAPHORE_HELD", "RX_QUEUE_DOES_NOT_START",
        "TX_QUEUE_DOES_NOT_START", "SECURITY_NOT_READY"})
    void aStepThatDoesNotEndIsReportedWithin200Milliseconds(IxgbeFault fault) {
        long healthy = attachNanos(EnumSet.noneOf(IxgbeFault.class), BACKPLANE);
        assertReported(fault, BACKPLANE, healthy);
    }

    @Test
    void aPhyThatDoesNotAnswerIsReportedWithin200Milliseconds() {
        IxgbeConfig copper = SFP.withDeviceId(net.hw.ixgbe.Model.T3_LOM.id());
        assertReported(IxgbeFault.MDIO_HANGS, copper, attachNanos(EnumSet.noneOf(IxgbeFault.class), copper));
    }

    private static void assertReported(IxgbeFault fault, IxgbeConfig config, long healthy) {
        long start = System.nanoTime();
        long broken = attachNanos(EnumSet.of(fault), config);
        long wall = System.nanoTime() - start;
        assertThat(broken - healthy).as("nanoseconds more than a whole attach, with %s", fault).isLessThanOrEqualTo(PROMISE);
        assertThat(broken).as("it waited by the clock").isGreaterThan(AT_ONCE);
        System.out.printf("82599 with %s: reported after %.1f ms of waits; by the wall %.1f ms%n", fault, broken / 1e6, wall / 1e6);
    }

    /** How long bringing a card up takes, or finding out that it does not come up. */
    private static long attachNanos(EnumSet<IxgbeFault> faults, IxgbeConfig config) {
        VirtualClock clock = new VirtualClock();
        try (CardRig rig = new CardRig(config, clock.limits())) {
            faults.forEach(f -> rig.model.setFault(f, true));
            if (faults.isEmpty()) {
                rig.attach();
                return clock.now();
            }
            DevException e = rig.refused(DeviceConfig.DEFAULT);
            assertThat(e.error()).isEqualTo(DevError.IO);
            return clock.now();
        }
    }
}
