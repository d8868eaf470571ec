package net.app.traffic;

import java.util.concurrent.ThreadLocalRandom;
import net.api.EthernetAddress;
import net.api.NetBuf;

/**
 * The frames of a generator.
 *
 * <pre>
 *  0            6          12     14          18          22                30
 *  | destination | source   | type | magic     | stream    | sequence number | filler 0, 1, 2, ... to the end
 * </pre>
 */
final class Pattern {
    /** Shortest frame of an Ethernet, without check sequence. IEEE 802.3-2018, 4.2.3.3. */
    static final int MIN = 60;
    /** Local experimental. IEEE 802-2014, 9.2.4. */
    static final int TYPE = 0x88b5;
    /** "hnic". */
    static final int MAGIC = 0x686e_6963;
    private static final int AT_TYPE = 12;
    private static final int AT_MAGIC = 14;
    private static final int AT_STREAM = 18;
    private static final int AT_SEQUENCE = 22;
    private static final int HEADER = 30;

    private final byte[] frame;

    /** @param size bytes of a frame, {@link #MIN} or more */
    Pattern(int size, EthernetAddress destination, EthernetAddress source) {
        frame = new byte[size];
        System.arraycopy(destination.toBytes(), 0, frame, 0, 6);
        System.arraycopy(source.toBytes(), 0, frame, 6, 6);
        frame[AT_TYPE] = (byte) (TYPE >>> 8);
        frame[AT_TYPE + 1] = (byte) TYPE;
        // Never 0, so that a sink can tell it from "none yet".
        int stream = ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
        for (int i = 0; i < 4; i++) {
            frame[AT_MAGIC + i] = (byte) (MAGIC >>> 24 - 8 * i);
            frame[AT_STREAM + i] = (byte) (stream >>> 24 - 8 * i);
        }
        for (int i = HEADER; i < size; i++) {
            frame[i] = (byte) (i - HEADER);
        }
    }

    /** Writes a frame into an empty buffer with enough room. */
    void write(NetBuf buf, long sequence) {
        buf.setLength(frame.length);
        buf.copyFrom(0, frame, 0, frame.length);
        buf.setLong(AT_SEQUENCE, sequence);
    }

    /** The frame is of a generator. */
    static boolean matches(NetBuf buf) {
        return buf.length() >= MIN && buf.getUnsignedShort(AT_TYPE) == TYPE && buf.getInt(AT_MAGIC) == MAGIC;
    }

    static int stream(NetBuf buf) {
        return buf.getInt(AT_STREAM);
    }

    static long sequence(NetBuf buf) {
        return buf.getLong(AT_SEQUENCE);
    }
}
