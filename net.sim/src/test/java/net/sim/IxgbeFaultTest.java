package net.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes wrong on request. */
class IxgbeFaultTest {
    @Test
    void a_dead_card_reads_all_ones_and_does_nothing() {
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            RawIxgbe.Ring tx = c.tx(0, 16, 2048);
            c.model.setDead(true);
            assertThat(c.r(0x00008)).isEqualTo(-1);
            assertThat(c.r(0x042a4)).isEqualTo(-1);
            int i = c.put(tx, RawIxgbe.frame(RawIxgbe.PEER, 60));
            c.ring(tx);
            assertThat(c.isDone(tx, i)).isFalse();
            c.model.setDead(false);
            assertThat(c.r(0x00008)).isNotEqualTo(-1);
            assertThat(c.r(0x06028)).as("reset").isZero();
        }
    }

    @Test
    void it_dies_at_the_access_that_was_said() {
        try (RawIxgbe c = new RawIxgbe()) {
            for (int n = 0; n < 5; n++) {
                c.model.setDead(false);
                c.model.setDeadAfter(n);
                for (int i = 0; i < n; i++) {
                    assertThat(c.r(0x04240)).as("access %d of %d", i, n).isEqualTo(0x0801_2c0b);
                }
                assertThat(c.r(0x04240)).isEqualTo(-1);
            }
            // A doorbell is an access too.
            c.model.setDead(false);
            c.model.setDeadAfter(1);
            c.w(0x06018, 0);
            c.w(0x06018, 0);
            assertThat(c.r(0x04240)).isEqualTo(-1);
        }
    }

    @Test
    void bits_that_drivers_wait_for_never_come() {
        try (RawIxgbe c = new RawIxgbe()) {
            c.model.setFault(IxgbeFault.RESET_STICKS, true);
            c.w(0x00000, 1 << 26);
            assertThat(c.r(0x00000)).isEqualTo(1 << 26);
            c.model.setFault(IxgbeFault.RESET_STICKS, false);
            c.w(0x00000, 1 << 26);
            assertThat(c.r(0x00000)).isZero();
            c.model.setFault(IxgbeFault.NO_AUTO_READ, true);
            assertThat(c.r(0x10010) & 1 << 9).isZero();
            c.model.setFault(IxgbeFault.NO_DMA_INIT, true);
            assertThat(c.r(0x02f00) & 1 << 3).isZero();
            c.model.setFault(IxgbeFault.MASTER_STAYS, true);
            c.w(0x00000, 4);
            assertThat(c.r(0x00008) & 1 << 19).isNotZero();
            c.w(0x00000, 0);
            c.model.setFault(IxgbeFault.EEPROM_HANGS, true);
            c.w(0x10014, 1);
            assertThat(c.r(0x10014) & 2).isZero();
            c.model.setFault(IxgbeFault.EEPROM_HANGS, false);
            int right = c.eeprom(1);
            c.model.setFault(IxgbeFault.EEPROM_CORRUPT, true);
            assertThat(c.eeprom(1)).isNotEqualTo(right);
            c.model.setFault(IxgbeFault.BAD_MAC, true);
            assertThat(c.r(0x05400) & 1).as("group bit").isEqualTo(1);
            c.model.setFault(IxgbeFault.SEMAPHORE_HELD, true);
            assertThat(c.r(0x10140) & 1).isEqualTo(1);
            c.w(0x10140, 0);
            assertThat(c.r(0x10140) & 1).isEqualTo(1);
            c.model.setFault(IxgbeFault.SECURITY_NOT_READY, true);
            assertThat(c.r(0x08d04) & 1).isZero();
            c.model.setFault(IxgbeFault.MDIO_HANGS, true);
            c.w(0x0425c, 1 << 30);
            assertThat(c.r(0x0425c)).isEqualTo(1 << 30);
        }
    }

    @Test
    void queues_neither_start_nor_stop() {
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            c.rx(0, 8, 2);
            c.tx(0, 8, 2048);
            c.model.setFault(IxgbeFault.RX_QUEUE_DOES_NOT_STOP, true);
            c.model.setFault(IxgbeFault.TX_QUEUE_DOES_NOT_STOP, true);
            c.model.setFault(IxgbeFault.RX_QUEUE_DOES_NOT_START, true);
            c.model.setFault(IxgbeFault.TX_QUEUE_DOES_NOT_START, true);
            for (int r : new int[] {0x01028, 0x06028}) {
                c.w(r, 0);
                assertThat(c.r(r) & 1 << 25).as("0x%05x stays", r).isNotZero();
                c.w(r + 0x40, 1 << 25);
                assertThat(c.r(r + 0x40)).as("0x%05x does not come", r + 0x40).isZero();
            }
        }
    }

    @Test
    void refused_memory_stops_the_queue_and_is_no_cause() {
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            RawIxgbe.Ring tx = c.tx(0, 16, 2048);
            c.r(0x00800);
            c.send(tx, RawIxgbe.frame(RawIxgbe.PEER, 60));
            c.model.setDmaRefused(true);
            int i = c.put(tx, RawIxgbe.frame(RawIxgbe.PEER, 61));
            c.ring(tx);
            Wait.until("a fault", () -> c.model.dmaFaults() == 1);
            assertThat(c.model.lastDmaFault()).contains("refused");
            // 8.2.3.5.1, 8.2.3.4: PICAUSE has no bit for a request of its own that was refused, and PIENA is 0.
            for (int n = 0; n < 1000; n++) {
                assertThat(c.r(0x00800) & 1 << 18).as("PCI exception").isZero();
            }
            assertThat(c.isDone(tx, i)).isFalse();
        }
    }

    @Test
    void an_address_that_was_not_lent_is_a_fault() {
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            RawIxgbe.Ring rx = c.rx(0, 16, 2);
            rx.set(0, 0xdead_0000L, 0);
            c.peerSends(RawIxgbe.frame(RawIxgbe.MAC, 100));
            Wait.until("a fault", () -> c.model.dmaFaults() == 1);
            assertThat(c.model.complaints()).first().asString().contains("receive queue 0, descriptor 0").contains("0xdead0000");
        }
    }

    @Test
    void a_hung_card_answers_and_moves_nothing() throws InterruptedException {
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            RawIxgbe.Ring tx = c.tx(0, 16, 2048);
            c.model.setFault(IxgbeFault.HUNG, true);
            int i = c.put(tx, RawIxgbe.frame(RawIxgbe.PEER, 60));
            c.ring(tx);
            for (int n = 0; n < 1000; n++) {
                assertThat(c.r(0x06010)).isZero();
            }
            assertThat(c.isDone(tx, i)).isFalse();
            c.model.setFault(IxgbeFault.HUNG, false);
            assertThat(c.next()).hasSize(60);
        }
    }

    @Test
    void tails_beyond_the_ring_and_rings_of_nothing_are_complained_about() {
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            RawIxgbe.Ring tx = c.tx(0, 16, 2048);
            c.w(tx.registers + 0x18, 16);
            Wait.until("a complaint", () -> !c.model.complaints().isEmpty());
            assertThat(c.model.complaints().getFirst()).contains("tail 16").contains("ring of 16");
            c.w(0x06068, 1 << 25);
            assertThat(c.model.complaints()).anyMatch(s -> s.contains("a ring of 0 bytes"));
        }
    }

    /** The same seed tells the same lies; the card itself survives them, and is honest afterwards. */
    @ParameterizedTest
    @ValueSource(longs = {31, 32})
    void a_hostile_card_writes_garbage_and_stays_within_its_rings(long seed) throws InterruptedException {
        long[] lies = new long[2];
        for (int round = 0; round < 2; round++) {
            try (RawIxgbe c = new RawIxgbe()) {
                c.start();
                RawIxgbe.Ring rx = c.rx(0, 64, 2);
                RawIxgbe.Ring tx = c.tx(0, 64, 2048);
                c.model.setHostile(seed, 3);
                int odd = 0;
                for (int i = 0; i < 50; i++) {
                    byte[] f = Bench.frame(RawIxgbe.MAC, RawIxgbe.PEER, 100, new Random(i));
                    c.peerSends(f);
                    int n = i;
                    Wait.until("head moves", () -> c.r(0x01010) == n + 1);
                    odd += rx.word(i, 1) == (3 | 100L << 32) ? 0 : 1;
                    c.put(tx, f);
                    c.ring(tx);
                    assertThat(c.next()).as("what is sent is what was given").isEqualTo(f);
                }
                assertThat(odd).as("descriptors with lies").isBetween(5, 45);
                lies[round] = c.model.lies();
                c.model.setHostile(0, 0);
                int at = tx.tail;
                c.send(tx, RawIxgbe.frame(RawIxgbe.PEER, 60));
                assertThat(c.isDone(tx, at)).isTrue();
                assertThat(c.model.dmaFaults()).isZero();
            }
        }
        assertThat(lies[0]).as("seed %d", seed).isPositive();
    }
}
