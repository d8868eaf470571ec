package net.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many frames, and many of them at once. */
class IxgbeLoadTest {
    private static final int FRAMES = 100_000;

    /** Both rings full all the time, in loopback: nothing is lost, repeated or reordered. */
    @Test
    void a_hundred_thousand_frames_pass() {
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            c.set(0x04240, 1 << 15);
            RawIxgbe.Ring rx = c.rx(0, 512, 2);
            RawIxgbe.Ring tx = c.tx(0, 512, 256);
            byte[] f = RawIxgbe.frame(RawIxgbe.MAC, 64);
            for (int i = 0; i < tx.size; i++) {
                c.put(tx, f);
            }
            int sent = 0;
            int received = 0;
            int next = 0;
            tx.tail = 0;
            long start = System.nanoTime();
            while (received < FRAMES) {
                // Rings are given in bursts; the receive ring always has room for what is under way.
                int burst = Math.min(32, Math.min(FRAMES - sent, 256 - (sent - received)));
                for (int i = 0; i < burst; i++, sent++) {
                    int at = tx.tail;
                    tx.m.set(ValueLayout.JAVA_INT_UNALIGNED, tx.buffer(at) + 40L, sent);
                    tx.set(at, tx.iova(at), RawIxgbe.PLAIN | f.length | (long) f.length << 46);
                    tx.tail = (at + 1) % tx.size;
                }
                if (burst > 0) {
                    c.ring(tx);
                }
                int given = 0;
                while (received < sent && ((long) ValueLayout.JAVA_LONG.varHandle().getAcquire(rx.m, 16L * next + 8) & 3) == 3) {
                    assertThat(rx.m.get(ValueLayout.JAVA_INT_UNALIGNED, rx.buffer(next) + 40L)).isEqualTo(received);
                    rx.set(next, rx.iova(next), 0);
                    next = (next + 1) % rx.size;
                    received++;
                    given++;
                }
                if (given > 0) {
                    rx.tail = (rx.tail + given) % rx.size;
                    c.w(rx.registers + 0x18, rx.tail);
                } else {
                    Thread.onSpinWait();
                }
                assertThat(System.nanoTime() - start).as("%d frames came in time", received).isLessThan(60_000_000_000L);
            }
            assertThat(c.r(0x04080)).isEqualTo(FRAMES);
            assertThat(c.r(0x04074)).isEqualTo(FRAMES);
            assertThat(c.model.complaints()).isEmpty();
        }
    }

    /** Random writes all over the register window: whatever they start, the model survives. */
    @ParameterizedTest
    @ValueSource(longs = {41, 42, 43})
    void random_accesses_to_all_registers_break_nothing(long seed) {
        Random random = new Random(seed);
        try (RawIxgbe c = new RawIxgbe()) {
            RawIxgbe.Ring rx = c.rx(0, 16, 2);
            for (int i = 0; i < 20_000; i++) {
                // Half of them where most registers are.
                int at = (random.nextBoolean() ? random.nextInt(0x8_0000) : random.nextInt(0x1_6000)) & ~3;
                if (random.nextBoolean()) {
                    c.w(at, random.nextInt(4) == 0 ? (int) rx.iova(0) : random.nextInt());
                } else {
                    c.r(at);
                }
                if (i % 100 == 0) {
                    c.peer.send(RawIxgbe.frame(RawIxgbe.MAC, 100));
                }
            }
            assertThat(c.r(0x00008)).as("alive, seed %d", seed).isNotEqualTo(-1);
            Wait.until("all frames are gone", () -> c.peer.sending() == 0);
            c.w(0x00000, 1 << 26);
            c.start();
            RawIxgbe.Ring again = c.rx(0, 16, 2);
            byte[] f = RawIxgbe.frame(RawIxgbe.MAC, 222);
            c.peerSends(f);
            assertThat(c.receive(again).bytes()).isEqualTo(f);
        }
    }
}
