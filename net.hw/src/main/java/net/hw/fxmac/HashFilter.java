package net.hw.fxmac;

import net.api.EthernetAddress;

/** The 64-bit hash of addresses in {@link Fxmac#HASHL} and {@link Fxmac#HASHH}. TRM 16.3.6. */
public final class HashFilter {
    private HashFilter() {
    }

    /** Bit of an address: bit i of the number is the exclusive or of address bits i, i + 6, … i + 42, counted from the first byte's lowest. 0 to 63. */
    public static int index(EthernetAddress address) {
        long bits = Long.reverseBytes(address.bits()) >>> 16;
        int index = 0;
        for (int shift = 0; shift < 48; shift += 6) {
            index ^= (int) (bits >>> shift);
        }
        return index & 0x3f;
    }
}
