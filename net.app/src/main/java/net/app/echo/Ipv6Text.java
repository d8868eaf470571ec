package net.app.echo;

/** IPv6 addresses as people write them. RFC 5952, 4. */
final class Ipv6Text {
    private Ipv6Text() {
    }

    /** {@code fd00::2}: the longest run of two or more zero groups is left out, the first of equals. */
    static String of(byte[] address) {
        int[] group = new int[8];
        for (int i = 0; i < 8; i++) {
            group[i] = (address[2 * i] & 0xff) << 8 | address[2 * i + 1] & 0xff;
        }
        int best = -1;
        int bestLength = 1;
        for (int i = 0; i < 8; i++) {
            int n = 0;
            while (i + n < 8 && group[i + n] == 0) {
                n++;
            }
            if (n > bestLength) {
                best = i;
                bestLength = n;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == best) {
                text.append("::");
                i += bestLength - 1;
            } else {
                text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":").append(Integer.toHexString(group[i]));
            }
        }
        return text.toString();
    }
}
