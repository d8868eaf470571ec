package net.sim;

/**
 * The hash of receive side scaling, by tables made from a key: each byte of the input at each place stands for a value, and the hash is their exclusive or.
 * 82599 datasheet, 7.1.2.8.1.
 */
final class Toeplitz {
    /** Bytes of a key. */
    static final int KEY = 40;
    /** Longest input: two IPv6 addresses and two ports. */
    static final int INPUT = KEY - 4;

    private final int[] table = new int[INPUT * 256];

    /** @param key 40 bytes */
    Toeplitz(byte[] key) {
        for (int place = 0; place < INPUT; place++) {
            for (int bit = 0; bit < 8; bit++) {
                int window = window(key, 8 * place + bit);
                int one = 0x80 >>> bit;
                for (int value = 0; value < 256; value++) {
                    if ((value & one) != 0) {
                        table[place << 8 | value] ^= window;
                    }
                }
            }
        }
    }

    /** The 32 bits of the key from a bit on. */
    private static int window(byte[] key, int from) {
        int window = 0;
        for (int i = 0; i < 32; i++) {
            int at = from + i;
            window = window << 1 | key[at >> 3] >>> 7 - (at & 7) & 1;
        }
        return window;
    }

    /** What a byte at a place, 0 to {@link #INPUT} - 1, adds to the hash. */
    int of(int place, int value) {
        return table[place << 8 | value & 0xff];
    }
}
