package net.driver.ixgbe;

import java.util.Arrays;
import java.util.Objects;
import net.api.DevError;
import net.api.DevException;
import net.api.NetBuf;
import net.api.driver.HandOver;

/**
 * Which descriptors of a ring are the device's, between two versions of the driver.
 *
 * @param size of the ring: a power of two, 64 to 4096
 * @param first the place of the first one, 0 to {@code size - 1}
 * @param count how many there are from there on, around the ring's end: 0 to {@code size}
 */
record RingState(int size, int first, int count) {
    /** The position behind the last one: its low bits are a place in the ring. */
    int end() {
        return first + count;
    }

    void save(HandOver.Writer to, String prefix) {
        to.put(prefix + "size", size).put(prefix + "first", first).put(prefix + "count", count);
    }

    /** @throws DevException INVALID_PARAM if that is no ring */
    static RingState read(HandOver from, String prefix) {
        int size = from.number(prefix + "size", Parts.MIN_RING, Parts.MAX_RING);
        if (Integer.bitCount(size) != 1) {
            throw new DevException(DevError.INVALID_PARAM, "%s: '%ssize' is %d, no power of two".formatted(from, prefix, size));
        }
        return new RingState(size, from.number(prefix + "first", 0, size - 1), from.number(prefix + "count", 0, size));
    }

    /**
     * Of the device's places, so many have no buffer.
     *
     * @throws DevException INVALID_PARAM if another place has one
     */
    int withoutBuffer(NetBuf[] ring, String queue) {
        int held = 0;
        for (int p = first; p < end(); p++) {
            held += ring[p & size - 1] == null ? 0 : 1;
        }
        long all = Arrays.stream(ring).filter(Objects::nonNull).count();
        if (all != held) {
            throw new DevException(DevError.INVALID_PARAM, "%s holds %d buffers in %d descriptors from %d on, and %d elsewhere".formatted(queue, held, count, first,
                    all - held));
        }
        return count - held;
    }
}
