package net.driver.ixgbe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.api.NetBuf;
import net.api.TxOffload;
import net.api.TxOffload.Ip;
import net.api.TxOffload.L4;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Long TCP frames leave the card cut as Linux cuts them, byte by byte: gso-vectors.txt is what a Linux kernel made of them, by gso-vectors.py. */
class LinuxSegmentationTest {
    private static final int ETHERNET = 14;
    private static final int V6 = 40;
    private static final int V4 = 20;
    private static final int TCP = 6;
    private static final int SUM = 16;
    /** Bytes of a buffer: frames are chains that are cut anywhere. */
    private static final int PIECE = 700;

    private final CardRig rig = new CardRig();

    @AfterEach
    void end() {
        rig.close();
    }

    /** A frame without sums, and what Linux made of it. */
    record Vector(String name, int version, int l4, int mss, byte[] frame, List<byte[]> segments) {
        @Override
        public String toString() {
            return name;
        }

        int l3() {
            return version == 6 ? V6 : V4;
        }

        TxOffload offload(int tag) {
            return new TxOffload(tag, version == 6 ? Ip.V6 : Ip.V4, version == 4, L4.TCP, ETHERNET, l3(), l4, mss);
        }

        /** With the sum of the pseudo header, without a length, as a card wants it: 7.2.4.6. */
        byte[] prepared() {
            byte[] b = frame.clone();
            int addresses = version == 6 ? 32 : 8;
            long sum = TCP;
            for (int i = ETHERNET + l3() - addresses; i < ETHERNET + l3(); i += 2) {
                sum += (b[i] & 0xff) << 8 | b[i + 1] & 0xff;
            }
            while (sum >>> 16 != 0) {
                sum = (sum & 0xffff) + (sum >>> 16);
            }
            ByteBuffer.wrap(b).putShort(ETHERNET + l3() + SUM, (short) sum);
            return b;
        }
    }

    static List<Vector> vectors() throws IOException {
        List<Vector> all = new ArrayList<>();
        try (BufferedReader in = new BufferedReader(
                new InputStreamReader(LinuxSegmentationTest.class.getResourceAsStream("gso-vectors.txt"), StandardCharsets.US_ASCII))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] w = line.split(" ");
                if (w[0].equals("frame")) {
                    all.add(new Vector(w[1], Integer.parseInt(w[2]), Integer.parseInt(w[3]), Integer.parseInt(w[4]),
                            HexFormat.of().parseHex(w[5]), new ArrayList<>()));
                } else if (w[0].equals("segment")) {
                    all.getLast().segments.add(HexFormat.of().parseHex(w[1]));
                }
            }
        }
        assertThat(all).hasSizeGreaterThan(5).allMatch(v -> v.segments.size() > 1);
        return all;
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void segmentsAreThoseOfLinux(Vector v) {
        check(v, TxOffload.NO_VLAN);
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void segmentsWithATagAreThoseOfLinuxWithThatTagInEach(Vector v) {
        check(v, 0xe123);
    }

    private void check(Vector v, int tag) {
        rig.attach();
        byte[] bytes = v.prepared();
        NetBuf head = rig.buffer(Arrays.copyOf(bytes, Math.min(PIECE, bytes.length)));
        for (int at = PIECE; at < bytes.length; at += PIECE) {
            head.chain(rig.buffer(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + PIECE))));
        }
        head.setOffload(v.offload(tag));
        rig.send(head);
        int n = 0;
        for (byte[] wanted : v.segments) {
            byte[] expected = tag == TxOffload.NO_VLAN ? wanted : new Packet(wanted, TCP).tagged(tag);
            assertThat(HexFormat.of().formatHex(rig.taken())).as("segment %d of %d", n++, v.segments.size())
                    .isEqualTo(HexFormat.of().formatHex(Packet.padded(expected)));
        }
        CardRig.await("the end", () -> rig.card.recycleTxBuffers() == 0);
        assertThat(rig.card.statistics().opackets()).isEqualTo(v.segments.size());
        assertThat(rig.model.complaints()).isEmpty();
    }
}
