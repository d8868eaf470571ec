package net.api;

import java.util.HexFormat;

/**
 * A 48-bit IEEE 802 MAC address.
 *
 * @param bits the address in the low 48 bits; the first byte on the wire is bits 47 to 40
 */
public record EthernetAddress(long bits) implements Comparable<EthernetAddress> {
    /** Length of an address on the wire, in bytes. */
    public static final int BYTES = 6;
    /** {@code ff:ff:ff:ff:ff:ff}. */
    public static final EthernetAddress BROADCAST = new EthernetAddress(0xffff_ffff_ffffL);
    /** {@code 00:00:00:00:00:00}: no address. */
    public static final EthernetAddress ZERO = new EthernetAddress(0);

    private static final HexFormat HEX = HexFormat.ofDelimiter(":");

    /** @throws DevException INVALID_PARAM if more than 48 bits are set */
    public EthernetAddress {
        if (bits >>> 48 != 0) {
            throw new DevException(DevError.INVALID_PARAM, "0x%x has more than the 48 bits of an Ethernet address".formatted(bits));
        }
    }

    /**
     * @param bytes six bytes, first on the wire first
     * @throws DevException INVALID_PARAM if there are not six
     */
    public static EthernetAddress of(byte... bytes) {
        if (bytes.length != BYTES) {
            throw new DevException(DevError.INVALID_PARAM, bytes.length + " bytes are not an Ethernet address, 6 are");
        }
        long bits = 0;
        for (byte b : bytes) {
            bits = bits << 8 | b & 0xff;
        }
        return new EthernetAddress(bits);
    }

    /**
     * Reads six pairs of hexadecimal digits, separated by colons or hyphens.
     *
     * @throws DevException INVALID_PARAM if the text has another form
     */
    public static EthernetAddress parse(String text) {
        try {
            return of(HEX.parseHex(text.strip().replace('-', ':')));
        } catch (IllegalArgumentException | DevException e) {
            throw new DevException(DevError.INVALID_PARAM, "'" + text + "' is not an Ethernet address: write it like 02:00:00:00:00:01", e);
        }
    }

    /** The six bytes, first on the wire first; a new array. */
    public byte[] toBytes() {
        byte[] bytes = new byte[BYTES];
        for (int i = 0; i < BYTES; i++) {
            bytes[i] = (byte) (bits >>> 40 - 8 * i);
        }
        return bytes;
    }

    /** The group bit is set; true of broadcast too. IEEE 802-2014, 8.2. */
    public boolean isMulticast() {
        return (bits >>> 40 & 1) != 0;
    }

    /** All bits are set. */
    public boolean isBroadcast() {
        return bits == BROADCAST.bits;
    }

    /** A card may have this address: neither zero nor multicast. */
    public boolean isValidUnicast() {
        return bits != 0 && !isMulticast();
    }

    @Override
    public int compareTo(EthernetAddress other) {
        return Long.compare(bits, other.bits);
    }

    /** {@code 52:54:00:11:22:33}. */
    @Override
    public String toString() {
        return HEX.formatHex(toBytes());
    }
}
