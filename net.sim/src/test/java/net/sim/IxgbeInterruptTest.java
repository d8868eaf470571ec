package net.sim;

import static org.assertj.core.api.Assertions.assertThat;

import net.api.device.Interrupt;
import org.junit.jupiter.api.Test;

/** Causes, masks, vectors and intervals: 7.3, 8.2.3.5. */
class IxgbeInterruptTest {
    private static final long SOON = 10_000_000_000L;
    private static final int EICR = 0x00800;
    private static final int EICS = 0x00808;
    private static final int EIAC = 0x00810;
    private static final int EITR = 0x00820;
    private static final int EIMS = 0x00880;
    private static final int EIMC = 0x00888;
    private static final int EIAM = 0x00890;
    private static final int GPIE = 0x00898;
    private static final int IVAR = 0x00900;
    private static final int IVAR_MISC = 0x00a00;
    private static final int LSC = 1 << 20;

    /** A message is there now: those for what a register access did are sent before that is over. */
    private static boolean now(Interrupt i) throws InterruptedException {
        return i.await(0);
    }

    @Test
    void queues_interrupt_by_their_vectors() throws InterruptedException {
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            c.enableMsix(4);
            // Receive queue 3 on vector 2; transmit queue 2 on vector 1.
            c.w(IVAR + 4, 0x82 << 16 | 0x81 << 8);
            c.w(0x05128, 0x8000_88cc);
            c.w(0x0ec00, 0x8000_0000 | 3 << 16);
            RawIxgbe.Ring rx = c.rx(3, 32, 2);
            RawIxgbe.Ring tx = c.tx(2, 32, 2048);
            c.w(EIMS, 0xf);
            byte[] f = RawIxgbe.frame(RawIxgbe.MAC, 100);
            Packets.put16(f, 12, 0x88cc);
            c.peerSends(f);
            assertThat(c.vector(2).await(SOON)).isTrue();
            assertThat(c.receive(rx).bytes()).isEqualTo(f);
            assertThat(now(c.vector(1))).isFalse();
            c.send(tx, f);
            assertThat(c.vector(1).await(SOON)).isTrue();
            // Other-cause clear is disabled for queues by GPIE.OCD: they stay, until ones are written.
            assertThat(c.r(EICR) & 0xffff).isEqualTo(0x6);
            c.w(EICR, 0x2);
            assertThat(c.r(EICR) & 0xffff).isEqualTo(0x4);
            assertThat(c.host.strayMessages()).isZero();
        }
    }

    @Test
    void a_masked_cause_waits_and_comes_when_it_is_enabled() throws InterruptedException {
        try (RawIxgbe c = new RawIxgbe()) {
            c.enableMsix(4);
            c.r(EICR);
            c.w(EICS, 1 << 1);
            assertThat(now(c.vector(1))).isFalse();
            assertThat(c.r(EICR)).isEqualTo(2);
            c.w(EIMS, 1 << 1);
            assertThat(now(c.vector(1))).isTrue();
            c.w(EIMC, 1 << 1);
            assertThat(c.r(EIMS)).isZero();
            c.w(EICS, 1 << 1);
            assertThat(now(c.vector(1))).isFalse();
        }
    }

    @Test
    void a_message_clears_and_masks_what_software_wants() throws InterruptedException {
        try (RawIxgbe c = new RawIxgbe()) {
            c.enableMsix(4);
            c.r(EICR);
            c.w(EIAC, 1 << 0);
            c.w(EIAM, 1 << 1);
            c.w(EIMS, 0x3);
            c.w(EICS, 0x3);
            assertThat(now(c.vector(0))).isTrue();
            assertThat(now(c.vector(1))).isTrue();
            assertThat(c.r(EICR)).as("vector 0 was cleared").isEqualTo(2);
            assertThat(c.r(EIMS)).as("vector 1 was masked").isEqualTo(1);
            c.w(EICS, 0x3);
            assertThat(now(c.vector(0))).isTrue();
            assertThat(now(c.vector(1))).isFalse();
        }
    }

    @Test
    void vectors_from_16_on_have_registers_of_their_own() throws InterruptedException {
        try (RawIxgbe c = new RawIxgbe()) {
            c.enableMsix(64);
            c.w(0x00ad4, 1 << 31);
            c.w(0x00aa4, 1 << 31 | 1);
            assertThat(c.r(0x00aa4)).isEqualTo(1 << 31 | 1);
            c.w(0x00a94, 1 << 31 | 1);
            assertThat(now(c.vector(63))).isTrue();
            assertThat(now(c.vector(32))).isTrue();
            assertThat(c.r(0x00aa4)).as("63 is masked by its message").isEqualTo(1);
            c.w(0x00ab4, 1);
            assertThat(c.r(0x00aa4)).isZero();
            c.w(0x00aa0, 0x1_0002);
            assertThat(c.r(EIMS)).as("the low 16 are those of EIMS").isEqualTo(2);
        }
    }

    @Test
    void the_link_interrupts_as_another_cause() throws InterruptedException {
        try (RawIxgbe c = new RawIxgbe()) {
            c.enableMsix(4);
            c.w(IVAR_MISC, 0x83 << 8);
            c.w(EIMS, LSC);
            c.r(EICR);
            c.model.port().cable().setUp(false);
            assertThat(now(c.vector(3))).isTrue();
            assertThat(c.r(EICS)).as("shows the same and clears nothing").isEqualTo(LSC | 1 << 31);
            assertThat(c.r(EICR)).as("cause, and that it is another one").isEqualTo(LSC | 1 << 31);
            assertThat(c.r(EICR)).as("cleared by reading").isZero();
            c.w(EIMC, LSC);
            c.model.port().cable().setUp(true);
            assertThat(now(c.vector(3))).isFalse();
            assertThat(c.r(EICR)).isEqualTo(LSC);
        }
    }

    @Test
    void a_module_that_goes_and_comes_interrupts_if_its_pin_does() throws InterruptedException {
        try (RawIxgbe c = new RawIxgbe()) {
            c.enableMsix(2);
            c.w(IVAR_MISC, 0x81 << 8);
            c.w(EIMS, 1 << 26);
            c.model.setModule(SfpModule.NONE);
            assertThat(now(c.vector(1))).as("the pin is no cause yet").isFalse();
            c.w(GPIE, c.r(GPIE) | 4);
            c.model.setModule(SfpModule.DIRECT_ATTACH);
            assertThat(now(c.vector(1))).isTrue();
        }
    }

    @Test
    void between_two_messages_of_a_vector_is_its_interval() throws InterruptedException {
        try (RawIxgbe c = new RawIxgbe()) {
            c.enableMsix(2);
            // 511 times 2 microseconds.
            c.w(EITR, 0xff8);
            c.w(EIMS, 1);
            long start = System.nanoTime();
            for (int i = 0; i < 5; i++) {
                c.w(EICS, 1);
                assertThat(c.vector(0).await(SOON)).isTrue();
            }
            // The first is sent at once, after the first look at the clock.
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(4 * 511 * 2_000L);
            c.w(EITR, 0);
            c.w(EICS, 1);
            assertThat(now(c.vector(0))).as("no interval").isTrue();
        }
    }

    @Test
    void a_vector_that_is_masked_in_the_table_is_pending() throws InterruptedException {
        try (RawIxgbe c = new RawIxgbe()) {
            c.enableMsix(3);
            c.w(EIMS, 0x7);
            c.msix.write32(16 + 12, 1);
            c.msix.write32(32 + 12, 1);
            c.w(EICS, 0x6);
            assertThat(c.msix.read32(0x2000)).isEqualTo(0x6);
            c.w(0x110c0, 1 << 2);
            assertThat(c.msix.read32(0x2000)).as("PBACL").isEqualTo(0x2);
            c.msix.write32(16 + 12, 0);
            assertThat(now(c.vector(1))).isTrue();
            c.msix.write32(32 + 12, 0);
            assertThat(now(c.vector(2))).isFalse();
        }
    }

    @Test
    void without_several_vectors_all_goes_to_the_first_and_a_read_clears_and_masks() throws InterruptedException {
        try (RawIxgbe c = new RawIxgbe()) {
            c.enableMsix(4);
            c.w(GPIE, 0);
            c.w(EIAM, 0xffff);
            c.w(IVAR, 0x85);
            c.w(EIMS, 0xffff);
            c.start();
            c.w(IVAR, 0x85);
            c.w(EIMS, 0xffff);
            c.w(EIAM, 0xffff);
            RawIxgbe.Ring rx = c.rx(0, 32, 2);
            c.peerSends(RawIxgbe.frame(RawIxgbe.MAC, 60));
            assertThat(c.vector(0).await(SOON)).isTrue();
            assertThat(c.r(EICR) & 0xffff).isEqualTo(1 << 5);
            assertThat(c.r(EICR) & 0xffff).isZero();
            assertThat(c.r(EIMS)).isZero();
            assertThat(c.receive(rx).bytes()).hasSize(60);
        }
    }

    @Test
    void a_reset_forgets_masks_and_causes() throws InterruptedException {
        try (RawIxgbe c = new RawIxgbe()) {
            c.enableMsix(2);
            c.w(EICS, 3);
            c.w(0, 1 << 26);
            assertThat(c.r(EICR)).isZero();
            assertThat(c.r(EIMS)).isZero();
            c.w(GPIE, 0x10);
            c.w(EIMS, 3);
            assertThat(now(c.vector(0))).isFalse();
            assertThat(c.r(IVAR)).isZero();
        }
    }
}
