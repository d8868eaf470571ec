package net.hw.ixgbe;

/**
 * Where the copies of a register are.
 *
 * @param count how many
 * @param stride bytes from one to the next
 * @param from the first of them that is in the second range; count if there is one range
 * @param second offset of that one
 * @param aliases how many of them, from 0 on, are mapped a second time, for software of the 82598
 * @param alias offset of the first alias
 * @param aliasStride bytes from one alias to the next
 * @param firstOnly the reset value is that of number 0, all others reset to 0
 */
record Places(int count, int stride, int from, int second, int aliases, int alias, int aliasStride, boolean firstOnly) {
    static Places one() {
        return array(1, 0);
    }

    static Places array(int count, int stride) {
        return new Places(count, stride, count, 0, 0, 0, 0, false);
    }

    /** Those from {@code from} on are at {@code offset}. */
    Places then(int from, int offset) {
        return new Places(count, stride, from, offset, aliases, alias, aliasStride, firstOnly);
    }

    /** The first {@code n} are at {@code offset} too. */
    Places alias(int n, int offset, int apart) {
        return new Places(count, stride, from, second, n, offset, apart, firstOnly);
    }

    /** The reset value is that of number 0. */
    Places resetsFirstOnly() {
        return new Places(count, stride, from, second, aliases, alias, aliasStride, true);
    }
}
