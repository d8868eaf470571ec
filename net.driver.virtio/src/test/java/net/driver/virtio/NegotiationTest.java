package net.driver.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import net.api.DevError;
import net.api.DevException;
import net.hw.virtio.Feature;
import net.hw.virtio.NetConfig;
import org.junit.jupiter.api.Test;

class NegotiationTest {
    @Test
    void whatIsAcceptedWasOfferedAndIsKnown() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        long never = Feature.RING_PACKED.mask() | Feature.IN_ORDER.mask() | Feature.CSUM.mask() | Feature.GUEST_CSUM.mask() | Feature.GUEST_TSO4.mask()
                | Feature.NOTIFICATION_DATA.mask() | Feature.HASH_REPORT.mask() | Feature.RSS.mask() | 1L << 50;
        for (int i = 0; i < 10_000; i++) {
            long offered = random.nextLong() | Feature.VERSION_1.mask();
            long accepted = Negotiation.accept("x", offered, f -> true, 1 + random.nextInt(2));
            assertThat(accepted & ~offered).as("seed %d", seed).isZero();
            assertThat(accepted & never).as("seed %d", seed).isZero();
            if (!Feature.CTRL_VQ.in(offered)) {
                assertThat(accepted & (Feature.CTRL_RX.mask() | Feature.CTRL_VLAN.mask() | Feature.CTRL_MAC_ADDR.mask() | Feature.MQ.mask())).isZero();
            }
        }
    }

    @Test
    void aDeviceWithoutVersion1IsUnsupported() {
        assertThatThrownBy(() -> Negotiation.accept("x", Feature.MAC.mask(), f -> true, 1))
                .isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.UNSUPPORTED))
                .hasMessageContaining("VERSION_1").hasMessageContaining("MAC");
    }

    @Test
    void severalQueuePairsAreAskedForOnlyIfTheyAreWanted() {
        long offered = Feature.VERSION_1.mask() | Feature.CTRL_VQ.mask() | Feature.MQ.mask();
        assertThat(Feature.MQ.in(Negotiation.accept("x", offered, f -> true, 1))).isFalse();
        assertThat(Feature.MQ.in(Negotiation.accept("x", offered, f -> true, 2))).isTrue();
    }

    @Test
    void aFeatureWhoseFieldIsBeyondTheConfigurationIsNotAccepted() {
        long offered = Feature.VERSION_1.mask() | Feature.MAC.mask() | Feature.MTU.mask();
        long accepted = Negotiation.accept("x", offered, f -> f == NetConfig.MAC, 1);
        assertThat(accepted).isEqualTo(Feature.VERSION_1.mask() | Feature.MAC.mask());
    }
}
