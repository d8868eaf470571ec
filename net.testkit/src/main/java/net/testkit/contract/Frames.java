package net.testkit.contract;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.api.EthernetAddress;

/** Ethernet frames of an experimental type, filled at random. */
final class Frames {
    /** IEEE 802 local experimental ethertype 1. */
    static final int EXPERIMENTAL = 0x88b5;
    /** The station at the far end of the cable. */
    static final EthernetAddress PEER = EthernetAddress.parse("02:00:00:00:00:99");
    static final int SHORTEST = 60;
    static final int LONGEST = 1514;

    private final Random random;
    private int sequence;

    Frames(Random random) {
        this.random = random;
    }

    /** A length that every card takes. */
    int length() {
        return random.nextInt(SHORTEST, LONGEST + 1);
    }

    /** A frame to {@code to} of {@code length} bytes: addresses, type, a sequence number, random bytes. */
    byte[] to(EthernetAddress to, int length) {
        byte[] frame = new byte[length];
        random.nextBytes(frame);
        ByteBuffer.wrap(frame).put(to.toBytes()).put(PEER.toBytes()).putShort((short) EXPERIMENTAL).putInt(sequence++);
        return frame;
    }

    /** A frame with an IEEE 802.1Q tag. */
    byte[] tagged(EthernetAddress to, int vlan, int length) {
        byte[] frame = to(to, length);
        ByteBuffer.wrap(frame).putShort(12, (short) 0x8100).putShort(14, (short) vlan).putShort(16, (short) EXPERIMENTAL);
        return frame;
    }

    /** Frames of random lengths. */
    List<byte[]> manyTo(EthernetAddress to, int count) {
        return manyTo(to, count, LONGEST);
    }

    /** Frames of random lengths, the longest as given. */
    List<byte[]> manyTo(EthernetAddress to, int count, int longest) {
        List<byte[]> frames = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            frames.add(to(to, random.nextInt(SHORTEST, longest + 1)));
        }
        return frames;
    }
}
