package net.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Status, features and registers. Holds for QEMU's card too, except where a test says so. */
class StatusTest {
    private Bench bench = Bench.withPeer();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void features_are_offered_in_two_halves_and_nothing_beyond() {
        RawCard card = bench.card();
        assertThat(card.offered()).isEqualTo(VirtioNetConfig.ALL_FEATURES);
        card.common.write32(card.commonAt, 2);
        assertThat(card.common.read32(card.commonAt + 4)).isZero();
    }

    @Test
    void a_possible_subset_is_accepted() {
        RawCard card = bench.card();
        assertThat(card.negotiate(RawCard.BASE | RawCard.MAC)).isTrue();
        assertThat(card.status()).isEqualTo(0x0b);
        card.common.write32(card.commonAt + 8, 0);
        assertThat(card.common.read32(card.commonAt + 0x0c)).isEqualTo((int) RawCard.MAC);
    }

    @Test
    void features_that_were_not_offered_are_refused() {
        RawCard card = bench.card();
        assertThat(card.negotiate(RawCard.BASE | 1L << 34)).isFalse();
        assertThat(card.status()).isEqualTo(0x03);
    }

    /** QEMU refuses so with {@code iommu_platform=on}. */
    @Test
    void addresses_of_the_platform_must_be_accepted_if_offered() {
        RawCard card = bench.card();
        assertThat(card.negotiate(RawCard.VERSION_1)).isFalse();
        assertThat(bench.model().complaints()).anyMatch(c -> c.contains("ACCESS_PLATFORM"));
        bench.close();
        bench = Bench.withPeer(VirtioNetConfig.of(Bench.MAC0).without(RawCard.ACCESS_PLATFORM));
        assertThat(bench.card().negotiate(RawCard.VERSION_1)).isTrue();
    }

    @Test
    void version_1_must_be_accepted() {
        assertThat(bench.card().negotiate(RawCard.ACCESS_PLATFORM)).isFalse();
    }

    /** QEMU does not mind. */
    @Test
    void features_of_the_control_queue_need_it() {
        assertThat(bench.card().negotiate(RawCard.BASE | RawCard.CTRL_RX)).isFalse();
    }

    @Test
    void writing_zero_resets_everything() {
        RawCard card = bench.card().start(RawCard.BASE, 8);
        card.setConfigVector(1);
        card.setQueueVector(1, 2);
        card.setStatus(0);
        assertThat(card.status()).isZero();
        assertThat(card.common.read16(card.commonAt + 0x10)).isEqualTo(0xffff);
        assertThat(card.common.read16(card.commonAt + 0x16)).isZero();
        card.common.write16(card.commonAt + 0x16, 1);
        assertThat(card.common.read16(card.commonAt + 0x18)).isEqualTo(256);
        assertThat(card.common.read16(card.commonAt + 0x1a)).isEqualTo(0xffff);
        assertThat(card.common.read16(card.commonAt + 0x1c)).isZero();
        assertThat(card.common.read32(card.commonAt + 0x20)).isZero();
        card.common.write32(card.commonAt + 8, 1);
        assertThat(card.common.read32(card.commonAt + 0x0c)).isZero();
    }

    @Test
    void features_are_fixed_after_features_ok() {
        RawCard card = bench.card();
        card.negotiate(RawCard.BASE);
        card.accept(RawCard.BASE | RawCard.MAC);
        card.common.write32(card.commonAt + 8, 0);
        assertThat(card.common.read32(card.commonAt + 0x0c)).isZero();
        assertThat(bench.model().complaints()).isNotEmpty();
    }

    @Test
    void driver_ok_without_features_ok_is_an_error() {
        RawCard card = bench.card();
        card.setStatus(RawCard.ACKNOWLEDGE | RawCard.DRIVER | RawCard.DRIVER_OK);
        assertThat(card.status() & RawCard.NEEDS_RESET).isNotZero();
    }

    @Test
    void nothing_moves_before_driver_ok() {
        RawCard card = bench.card();
        card.negotiate(RawCard.BASE);
        card.setUpQueues(8, RawCard.BASE);
        card.tx().offerFrame(0, Bench.frame(Bench.MAC1, 60));
        card.tx().kick();
        card.rx().offerBuffers(0, 1, 2048);
        bench.peer.send(Bench.frame(Bench.MAC0, 60));
        Wait.until("frame", () -> bench.model().port().counters().notReady() == 1);
        assertThat(card.tx().usedIdx()).isZero();
        // What was made available before is worked on then: 3.1.1.
        card.go();
        card.tx().awaitUsed(1);
    }

    @Test
    void queues_that_are_not_there_have_size_zero() {
        RawCard card = bench.card();
        assertThat(card.common.read16(card.commonAt + 0x12)).isEqualTo(3);
        assertThat(card.maxSize(2)).isEqualTo(64);
        assertThat(card.maxSize(3)).isZero();
    }

    @Test
    void queue_size_is_a_power_of_two_within_the_limit() {
        RawCard card = bench.card();
        card.common.write16(card.commonAt + 0x18, 100);
        assertThat(card.common.read16(card.commonAt + 0x18)).isEqualTo(256);
        card.common.write16(card.commonAt + 0x18, 512);
        assertThat(card.common.read16(card.commonAt + 0x18)).isEqualTo(256);
        card.common.write16(card.commonAt + 0x18, 64);
        assertThat(card.common.read16(card.commonAt + 0x18)).isEqualTo(64);
        assertThat(bench.model().complaints()).hasSize(2);
    }

    @Test
    void vectors_that_are_not_there_read_back_as_none() {
        RawCard card = bench.card();
        card.setConfigVector(4);
        assertThat(card.common.read16(card.commonAt + 0x10)).isEqualTo(0xffff);
        card.setConfigVector(3);
        assertThat(card.common.read16(card.commonAt + 0x10)).isEqualTo(3);
    }

    /** QEMU's registers take any width. */
    @Test
    void registers_want_their_own_width() {
        RawCard card = bench.card();
        card.common.write32(card.commonAt + 0x14, 1);
        assertThat(card.status()).isZero();
        assertThat(card.common.read8(card.commonAt + 0x12)).isZero();
        assertThat(bench.model().complaints()).hasSize(2);
    }

    @Test
    void one_queue_can_be_reset_alone() {
        RawCard card = bench.card().start(RawCard.BASE | RawCard.RING_RESET, 8);
        card.tx().offerFrame(0, Bench.frame(Bench.MAC1, 60));
        card.tx().kick();
        card.tx().awaitUsed(1);
        card.common.write16(card.commonAt + 0x16, 1);
        card.common.write16(card.commonAt + 0x3a, 1);
        assertThat(card.common.read16(card.commonAt + 0x3a)).isZero();
        assertThat(card.common.read16(card.commonAt + 0x1c)).isZero();
        RawQueue fresh = new RawQueue(card, 1, 8, RawCard.BASE);
        card.queues.set(1, fresh);
        fresh.enable();
        fresh.offerFrame(4, Bench.frame(Bench.MAC1, 60));
        fresh.kick();
        fresh.awaitUsed(1);
        assertThat(fresh.usedId(0)).isEqualTo(4);
    }

    @Test
    void configuration_tells_address_link_and_generation() {
        RawCard card = bench.card().start(RawCard.BASE | RawCard.STATUS, 8);
        byte[] mac = new byte[6];
        for (int i = 0; i < 6; i++) {
            mac[i] = (byte) card.common.read8(card.deviceAt + i);
        }
        assertThat(mac).isEqualTo(Bench.MAC0.toBytes());
        assertThat(card.linkUp()).isTrue();
        assertThat(card.deviceConfig16(8)).isEqualTo(1);
        assertThat(card.deviceConfig16(10)).isEqualTo(1500);
        assertThat(card.common.read32(card.deviceAt + 12)).isEqualTo(10_000);
        int generation = card.common.read8(card.commonAt + 0x15);
        bench.model().port().cable().setUp(false);
        assertThat(card.linkUp()).isFalse();
        assertThat(card.common.read8(card.commonAt + 0x15)).isNotEqualTo(generation);
        bench.model().port().cable().setUp(true);
        assertThat(card.linkUp()).isTrue();
    }

    @Test
    void notifications_count_only_at_the_queues_own_place() {
        RawCard card = bench.card().start(RawCard.BASE, 8);
        card.tx().kick();
        assertThat(bench.model().complaints()).isEmpty();
        card.common.write16(card.notifyAt, 0);
        card.common.write16(card.notifyAt + 4, 7);
        assertThat(bench.model().complaints()).hasSize(2);
    }
}
