package net.hw.fxmac;

/** Bits of {@link Fxmac#DMACR}. */
public final class DmaConfig {
    /** Bits 4:0: bursts of up to 16 words. */
    public static final int BURST_16 = 16;
    /** Bits 9:8: all of the receive memory is used. */
    public static final int ALL_RX_MEMORY = 3 << 8;
    /** All of the transmit memory is used. */
    public static final int ALL_TX_MEMORY = 1 << 10;
    /** Checksums of IP, TCP and UDP are filled in. */
    public static final int TX_CHECKSUM = 1 << 11;
    /** Bits 23:16: bytes of a receive buffer of queue 0, in units of {@link #SIZE_UNIT}. */
    public static final int SIZE_SHIFT = 16;
    /** Unit of buffer sizes, in bytes. */
    public static final int SIZE_UNIT = 64;
    /** Largest number in a size field. */
    public static final int MAX_SIZE_UNITS = 255;
    /** Frames are dropped, not kept in the receive memory, while no descriptor is free. */
    public static final int DISCARD_WHEN_FULL = 1 << 24;
    /** Addresses have 64 bits, descriptors four words. */
    public static final int ADDRESS_64 = 1 << 30;

    private DmaConfig() {
    }
}
