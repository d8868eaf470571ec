package net.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import net.api.EthernetAddress;
import net.api.NetBuf;
import net.api.NetDriverOps;
import net.api.NetFeature;
import net.api.TxOffload;

/** UDP over IPv4, for tests of checksums. */
final class Udp {
    private static final int IP = 14;
    private static final int UDP = 34;
    private static final int HEADERS = 42;

    private Udp() {
    }

    /** A frame with right checksums, or with 0 in the IP header and the pseudo header's sum in the UDP header, as a card that fills them in gets it. */
    static byte[] frame(EthernetAddress to, byte[] data, boolean complete) {
        ByteBuffer f = ByteBuffer.allocate(Math.max(60, HEADERS + data.length));
        f.put(to.toBytes()).put(Frames.PEER.toBytes()).putShort((short) 0x0800);
        f.put((byte) 0x45).put((byte) 0).putShort((short) (28 + data.length)).putInt(0).put((byte) 64).put((byte) 17).putShort((short) 0).putInt(0x0a00_0001)
                .putInt(0x0a00_0002);
        f.putShort((short) 1234).putShort((short) 9).putShort((short) (8 + data.length)).putShort((short) 0).put(data);
        byte[] bytes = f.array();
        ByteBuffer all = ByteBuffer.wrap(bytes);
        long pseudo = sum(all, IP + 12, 8) + 17 + 8 + data.length;
        if (complete) {
            all.putShort(IP + 10, (short) ~fold(sum(all, IP, 20)));
            all.putShort(UDP + 6, (short) ~fold(pseudo + sum(all, UDP, 8 + data.length)));
        } else {
            all.putShort(UDP + 6, (short) fold(pseudo));
        }
        return bytes;
    }

    /** Sends frames that ask for checksums, of which some are chains, and looks at what comes out. */
    static void assertFilledIn(NetDriverOps card, EngineCard bench) {
        assertThat(card.capabilities().has(NetFeature.TX_CHECKSUM)).isTrue();
        TxOffload offload = TxOffload.checksums(TxOffload.L4.UDP);
        for (int i = 0; i < 20; i++) {
            byte[] data = new byte[3 * i];
            java.util.Arrays.fill(data, (byte) i);
            byte[] unfinished = frame(Frames.PEER, data, false);
            NetBuf b = part(bench, unfinished, 0, i % 2 == 0 ? unfinished.length : UDP + 7);
            if (i % 2 != 0) {
                b.chain(part(bench, unfinished, UDP + 7, unfinished.length));
            }
            b.setOffload(offload);
            assertThat(card.transmit(b)).isTrue();
            byte[] got = bench.cable().receive(20_000_000_000L).orElseThrow();
            assertThat(got).as("%d bytes of data", data.length).isEqualTo(frame(Frames.PEER, data, true));
        }
    }

    private static NetBuf part(EngineCard bench, byte[] from, int start, int end) {
        NetBuf b = bench.pool().allocate();
        b.setLength(end - start);
        b.copyFrom(0, from, start, end - start);
        return b;
    }

    private static long sum(ByteBuffer b, int at, int length) {
        long sum = 0;
        for (int i = 0; i < length; i++) {
            sum += (b.get(at + i) & 0xffL) << (i % 2 == 0 ? 8 : 0);
        }
        return sum;
    }

    private static int fold(long sum) {
        long s = sum;
        while (s >>> 16 != 0) {
            s = (s & 0xffff) + (s >>> 16);
        }
        return (int) s;
    }
}
