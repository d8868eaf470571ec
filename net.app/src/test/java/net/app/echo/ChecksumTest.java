package net.app.echo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import net.api.NetBuf;
import net.app.fake.Pools;
import net.pool.BufferPool;
import org.junit.jupiter.api.Test;

class ChecksumTest {
    private final BufferPool pool = Pools.of(256);

    @Test
    void the_example_of_rfc_1071() {
        NetBuf b = Pools.frame(pool, new byte[] {0x00, 0x01, (byte) 0xf2, 0x03, (byte) 0xf4, (byte) 0xf5, (byte) 0xf6, (byte) 0xf7}, 100);
        assertThat(Checksum.sum(b, 0, 8)).isEqualTo(0xddf2);
    }

    @Test
    void agrees_with_the_plain_sum_over_any_range_and_any_cut_into_buffers() {
        long seed = System.nanoTime();
        System.out.println("ChecksumTest seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 3000; round++) {
            byte[] bytes = new byte[1 + random.nextInt(200)];
            if (random.nextInt(8) == 0) {
                Arrays.fill(bytes, (byte) 0xff);
            } else if (random.nextInt(8) > 0) {
                random.nextBytes(bytes);
            }
            int from = random.nextInt(bytes.length);
            int count = random.nextInt(bytes.length - from + 1);
            NetBuf frame = Pools.frame(pool, bytes, 1 + random.nextInt(40));
            int expected = 0xffff - Packets.checksum(Arrays.copyOfRange(bytes, from, from + count));
            assertThat(Checksum.sum(frame, from, count)).as("seed %d round %d", seed, round).isEqualTo(expected);
            frame.release();
        }
    }

    @Test
    void update_gives_a_checksum_that_verifies_whatever_the_data() {
        for (int data = 0; data <= 0xffff; data++) {
            byte[] message = Packets.icmp(8, 0, data, 0, new byte[0]);
            int updated = Checksum.update((message[2] & 0xff) << 8 | message[3] & 0xff, 0x0800, 0);
            Packets.put(message, 0, 0);
            Packets.put(message, 2, updated);
            assertThat(Packets.checksum(message)).as("data %04x", data).isZero();
        }
    }
}
