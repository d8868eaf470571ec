package net.pool.ring;

import net.api.DevError;
import net.api.DevException;

/**
 * The measures of an {@link OrderedBuffer}.
 *
 * @param window packets that can wait for earlier ones, a power of two from 2 to 2^20, at most a quarter of all sequence numbers
 * @param maxPacket bytes of the longest packet, 1 to 65 535
 * @param sequenceBits width of the sequence numbers: 16, 32 or 64
 * @param gapTimeout longest time in nanoseconds that a packet waits for missing ones before it, 0 to {@link Long#MAX_VALUE}
 * @param maxJump a packet whose number is this much or more from the next one expected, in either direction, is taken for a mistake, or, if the next but one
 *        follows on it, for a restart of the source (RFC 3550, A.1); {@code window} to half of all sequence numbers less one
 */
public record OrderedSpec(int window, int maxPacket, int sequenceBits, long gapTimeout, long maxJump) {
    /** @throws DevException INVALID_PARAM if a value is out of its range */
    public OrderedSpec {
        if (sequenceBits != 16 && sequenceBits != 32 && sequenceBits != 64) {
            throw invalid("sequence numbers of " + sequenceBits + " bits, not 16, 32 or 64");
        }
        if (window < 2 || window > Math.min(1 << 20, 1L << sequenceBits - 2) || Integer.bitCount(window) != 1) {
            throw invalid("window " + window + " is not a power of two from 2 to " + Math.min(1 << 20, 1L << sequenceBits - 2));
        }
        if (maxPacket < 1 || maxPacket > 65_535) {
            throw invalid("maxPacket " + maxPacket + " is not from 1 to 65535");
        }
        if (gapTimeout < 0) {
            throw invalid("gapTimeout " + gapTimeout + " ns is negative");
        }
        if (maxJump < window || maxJump > Long.MAX_VALUE >>> 64 - sequenceBits) {
            throw invalid("maxJump " + maxJump + " is not from the window, " + window + ", to " + (Long.MAX_VALUE >>> 64 - sequenceBits));
        }
    }

    /** Takes jumps of an eighth of all sequence numbers, or 2^20 windows, for mistakes. */
    public OrderedSpec(int window, int maxPacket, int sequenceBits, long gapTimeout) {
        this(window, maxPacket, sequenceBits, gapTimeout, Math.max(window, Math.min((long) window << 20, 1L << Math.clamp(sequenceBits - 3, 0, 61))));
    }

    /** Bytes of memory that it takes. */
    public long bytes() {
        return (long) window * stride();
    }

    /** Bytes from one packet's place to the next: full cache lines. */
    int stride() {
        return maxPacket + 63 & -64;
    }

    private static DevException invalid(String text) {
        return new DevException(DevError.INVALID_PARAM, "ordered buffer: " + text);
    }
}
