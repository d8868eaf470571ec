package net.sim;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** Pieces of memory, in order, that together hold a frame or have room for one. Reused; valid while the engine's lock is held. */
final class SgList {
    private MemorySegment[] segments = new MemorySegment[4];
    private long[] offsets = new long[4];
    private int[] lengths = new int[4];
    private int first;
    private int end;
    private long bytes;

    /** Empties it. */
    void clear() {
        first = 0;
        end = 0;
        bytes = 0;
    }

    /** Adds a piece behind the others. */
    void add(MemorySegment segment, long offset, int length) {
        if (end == segments.length) {
            segments = Arrays.copyOf(segments, 2 * end);
            offsets = Arrays.copyOf(offsets, 2 * end);
            lengths = Arrays.copyOf(lengths, 2 * end);
        }
        segments[end] = segment;
        offsets[end] = offset;
        lengths[end] = length;
        end++;
        bytes += length;
    }

    /** Bytes in all pieces. */
    long bytes() {
        return bytes;
    }

    /** Takes bytes away from the front: 0 to {@link #bytes}. */
    void skip(int count) {
        int n = count;
        bytes -= n;
        while (n > 0 && n >= lengths[first]) {
            n -= lengths[first++];
        }
        if (n > 0) {
            offsets[first] += n;
            lengths[first] -= n;
        }
    }

    /** The byte at {@code position}, 0 to 255. */
    int u8(int position) {
        int at = position;
        int i = first;
        while (at >= lengths[i]) {
            at -= lengths[i++];
        }
        return segments[i].get(ValueLayout.JAVA_BYTE, offsets[i] + at) & 0xff;
    }

    /** Two bytes, big-endian as on the wire. */
    int u16(int position) {
        return u8(position) << 8 | u8(position + 1);
    }

    /** Two bytes, little-endian. */
    int le16(int position) {
        return u8(position) | u8(position + 1) << 8;
    }

    /** Four bytes, little-endian, unsigned. */
    long le32(int position) {
        return le16(position) | (long) le16(position + 2) << 16;
    }

    /** Six bytes, the first one highest: a MAC address. */
    long u48(int position) {
        return (long) u16(position) << 32 | (long) u16(position + 2) << 16 | u16(position + 4);
    }

    /** Writes a byte. */
    void setU8(int position, int value) {
        int at = position;
        int i = first;
        while (at >= lengths[i]) {
            at -= lengths[i++];
        }
        segments[i].set(ValueLayout.JAVA_BYTE, offsets[i] + at, (byte) value);
    }

    /** Copies {@code length} bytes from {@code position} to memory. */
    void copyTo(int position, MemorySegment target, long offset, int length) {
        int at = position;
        int i = first;
        while (at >= lengths[i] && length > 0) {
            at -= lengths[i++];
        }
        int left = length;
        long to = offset;
        while (left > 0) {
            int n = Math.min(left, lengths[i] - at);
            MemorySegment.copy(segments[i], offsets[i] + at, target, to, n);
            left -= n;
            to += n;
            at = 0;
            i++;
        }
    }

    /** Copies {@code length} bytes from {@code position} into the pieces of another list, from its {@code targetPosition} on. */
    void copyTo(int position, SgList target, int targetPosition, int length) {
        int at = targetPosition;
        int i = target.first;
        int left = length;
        int from = position;
        while (left > 0) {
            if (at >= target.lengths[i]) {
                at -= target.lengths[i++];
                continue;
            }
            int n = Math.min(left, target.lengths[i] - at);
            copyTo(from, target.segments[i], target.offsets[i] + at, n);
            from += n;
            left -= n;
            at = 0;
            i++;
        }
    }
}
