package net.app.echo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.api.EthernetAddress;
import net.api.NetBuf;
import net.app.fake.Pools;
import net.pool.BufferPool;
import org.junit.jupiter.api.Test;

class ResponderFuzzTest {
    private static final int ROUNDS = 200_000;

    private final BufferPool pool = Pools.of(512);
    private final Responder responder = new Responder(EthernetAddress.parse(Packets.US), List.of(LocalAddress.parse(Packets.OUR4 + "/24"),
            LocalAddress.parse(Packets.OUR6 + "/64")));

    @Test
    void no_frame_whatever_its_bytes_and_buffers_makes_it_throw_or_lose_a_buffer_and_every_answer_is_right() {
        long seed = System.nanoTime();
        System.out.println("ResponderFuzzTest seed " + seed);
        Random random = new Random(seed);
        Map<Outcome, Integer> seen = new EnumMap<>(Outcome.class);
        List<byte[]> seeds = List.of(Packets.arp(1, "ff:ff:ff:ff:ff:ff", Packets.THEM, Packets.THEIR4, "00:00:00:00:00:00", Packets.OUR4),
                Packets.ping4(Packets.counting(61)), Packets.ping6(Packets.counting(62)),
                Packets.solicitation("33:33:ff:00:00:02", Packets.THEIR6, "ff02::1:ff00:2", Packets.OUR6, Packets.linkAddress(1, Packets.THEM)));
        for (int round = 0; round < ROUNDS; round++) {
            byte[] frame = mutate(seeds.get(random.nextInt(seeds.size())), random);
            int piece = random.nextBoolean() ? 2000 : 1 + random.nextInt(60);
            try {
                NetBuf b = Pools.frame(pool, frame, piece);
                Outcome outcome = responder.answer(b, 1518, 64);
                seen.merge(outcome, 1, Integer::sum);
                if (outcome.isReply()) {
                    judge(b.toByteArray());
                }
                b.release();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + " round " + round + " piece " + piece + " frame " + Arrays.toString(frame), e);
            }
        }
        Pools.assertWhole(pool);
        assertThat(seen.keySet()).as("what the fuzzer reached").contains(Outcome.ARP_REPLY, Outcome.ICMP_REPLY, Outcome.ICMPV6_REPLY,
                Outcome.NEIGHBOUR_ADVERTISEMENT, Outcome.MALFORMED, Outcome.BAD_CHECKSUM, Outcome.FRAGMENT, Outcome.IGNORED);
    }

    private static byte[] mutate(byte[] original, Random random) {
        byte[] f = original.clone();
        switch (random.nextInt(5)) {
            case 0 -> f = Arrays.copyOf(f, random.nextInt(f.length + 40));
            case 1 -> random.nextBytes(f);
            default -> {
                for (int i = random.nextInt(4); i > 0 && f.length > 0; i--) {
                    f[random.nextInt(f.length)] = (byte) switch (random.nextInt(4)) {
                        case 0 -> 0;
                        case 1 -> -1;
                        default -> random.nextInt();
                    };
                }
            }
        }
        if (random.nextInt(3) == 0) {
            repair(f);
        }
        return f;
    }

    /** Makes the IPv4 header checksum right again, so that the fuzzer gets beyond it. */
    private static void repair(byte[] f) {
        if (f.length >= 34 && f[12] == 8 && f[13] == 0) {
            int header = Math.min(f.length - 14, (f[14] & 15) * 4);
            if (header >= 20) {
                Packets.put(f, 24, 0);
                Packets.put(f, 24, Packets.checksum(Arrays.copyOfRange(f, 14, 14 + header)));
            }
        }
    }

    /** Checks of an answer that hold whatever the question was. */
    private static void judge(byte[] f) {
        assertThat(Arrays.copyOfRange(f, 6, 12)).isEqualTo(Packets.mac(Packets.US));
        int type = (f[12] & 0xff) << 8 | f[13] & 0xff;
        if (type == 0x0800) {
            int header = (f[14] & 15) * 4;
            int total = (f[16] & 0xff) << 8 | f[17] & 0xff;
            assertThat(f).hasSize(14 + total);
            assertThat(Packets.checksum(Arrays.copyOfRange(f, 14, 14 + header))).isZero();
            assertThat(Packets.checksum(Arrays.copyOfRange(f, 14 + header, f.length))).isZero();
        } else if (type == 0x86dd) {
            int payload = (f[18] & 0xff) << 8 | f[19] & 0xff;
            assertThat(f).hasSize(54 + payload);
            assertThat(Packets.checksum(Packets.join(Arrays.copyOfRange(f, 22, 54), new byte[] {0, 0, (byte) (payload >> 8), (byte) payload, 0, 0, 0, 58},
                    Arrays.copyOfRange(f, 54, f.length)))).isZero();
        } else {
            assertThat(f).hasSize(42);
        }
    }
}
