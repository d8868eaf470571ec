package net.app.echo;

import net.api.NetBuf;

/** The Internet checksum over frames of one or several buffers. RFC 1071. */
final class Checksum {
    private Checksum() {
    }

    /**
     * The ones' complement sum of bytes of a frame.
     *
     * @param frame first buffer of the frame
     * @param from first byte, counted over the whole frame
     * @param count how many bytes; the frame must have them
     * @return 0 to 0xffff
     */
    static int sum(NetBuf frame, int from, int count) {
        long sum = 0;
        int at = from;
        int left = count;
        boolean odd = false;
        for (NetBuf b = frame; left > 0; b = b.next()) {
            int n = Math.min(b.length() - at, left);
            if (n <= 0) {
                at -= b.length();
                continue;
            }
            int part = fold(ofBuffer(b, at, n));
            // A buffer that starts at an odd byte adds with its bytes exchanged. RFC 1071, 2 (B).
            sum += odd ? Integer.reverseBytes(part) >>> 16 : part;
            odd ^= (n & 1) != 0;
            left -= n;
            at = 0;
        }
        return fold(sum);
    }

    /** Adds up what does not wrap: any number of sums, words of 16 or 32 bits. @return 0 to 0xffff; 0 only for 0 */
    static int fold(long sum) {
        long s = (sum >>> 32) + (sum & 0xffff_ffffL);
        s = (s >>> 16) + (s & 0xffff);
        s = (s >>> 16) + (s & 0xffff);
        s = (s >>> 16) + (s & 0xffff);
        return (int) s;
    }

    /**
     * The checksum after a 16-bit word was changed. RFC 1624, 3, equation 3.
     *
     * @return never 0: all ones is as right wherever 0 is, and it is the only right one where all the words are zero
     */
    static int update(int checksum, int before, int after) {
        int c = ~fold((~checksum & 0xffffL) + (~before & 0xffff) + after) & 0xffff;
        return c == 0 ? 0xffff : c;
    }

    private static long ofBuffer(NetBuf b, int from, int count) {
        long sum = 0;
        int i = from;
        int end = from + count;
        for (; i <= end - 8; i += 8) {
            long v = b.getLong(i);
            sum += (v >>> 32) + (v & 0xffff_ffffL);
        }
        for (; i <= end - 2; i += 2) {
            sum += b.getUnsignedShort(i);
        }
        return i < end ? sum + (b.getUnsignedByte(i) << 8) : sum;
    }
}
