package net.hw.fxmac;

import net.api.driver.Access;
import net.api.driver.Register;

/** The statistics registers, each cleared by reading it: TRM B.18, 0x100 to 0x1b0. The names are the counters' for users, too. */
public enum Counter implements Register {
    TX_OCTETS_LOW(0x100, "bytes", "octets sent, bits 0 to 31"),
    TX_OCTETS_HIGH(0x104, "bytes", "octets sent, bits 32 to 47"),
    TX_FRAMES(0x108, "packets", "frames sent without an error"),
    TX_BROADCAST(0x10c, "packets", "broadcast frames sent"),
    TX_MULTICAST(0x110, "packets", "multicast frames sent"),
    TX_PAUSE(0x114, "packets", "pause frames sent"),
    TX_64(0x118, "packets", "frames of 64 bytes sent"),
    TX_65_TO_127(0x11c, "packets", "frames of 65 to 127 bytes sent"),
    TX_128_TO_255(0x120, "packets", "frames of 128 to 255 bytes sent"),
    TX_256_TO_511(0x124, "packets", "frames of 256 to 511 bytes sent"),
    TX_512_TO_1023(0x128, "packets", "frames of 512 to 1023 bytes sent"),
    TX_1024_TO_1518(0x12c, "packets", "frames of 1024 to 1518 bytes sent"),
    TX_1519_TO_MAX(0x130, "packets", "frames of 1519 bytes and more sent"),
    TX_UNDERRUN(0x134, "packets", "frames not sent because memory was too slow"),
    TX_SINGLE_COLLISION(0x138, "packets", "frames sent after one collision"),
    TX_MULTIPLE_COLLISION(0x13c, "packets", "frames sent after several collisions"),
    TX_EXCESSIVE_COLLISION(0x140, "packets", "frames given up after 16 collisions"),
    TX_LATE_COLLISION(0x144, "packets", "frames with a late collision"),
    TX_DEFERRED(0x148, "packets", "frames deferred because the medium was busy"),
    TX_CARRIER_SENSE(0x14c, "packets", "frames without carrier sense"),
    RX_OCTETS_LOW(0x150, "bytes", "octets received, bits 0 to 31"),
    RX_OCTETS_HIGH(0x154, "bytes", "octets received, bits 32 to 47"),
    RX_FRAMES(0x158, "packets", "frames received without an error"),
    RX_BROADCAST(0x15c, "packets", "broadcast frames received"),
    RX_MULTICAST(0x160, "packets", "multicast frames received"),
    RX_PAUSE(0x164, "packets", "pause frames received"),
    RX_64(0x168, "packets", "frames of 64 bytes received"),
    RX_65_TO_127(0x16c, "packets", "frames of 65 to 127 bytes received"),
    RX_128_TO_255(0x170, "packets", "frames of 128 to 255 bytes received"),
    RX_256_TO_511(0x174, "packets", "frames of 256 to 511 bytes received"),
    RX_512_TO_1023(0x178, "packets", "frames of 512 to 1023 bytes received"),
    RX_1024_TO_1518(0x17c, "packets", "frames of 1024 to 1518 bytes received"),
    RX_1519_TO_MAX(0x180, "packets", "frames of 1519 bytes and more received"),
    RX_UNDERSIZE(0x184, "packets", "frames shorter than 64 bytes"),
    RX_OVERSIZE(0x188, "packets", "frames longer than allowed"),
    RX_JABBER(0x18c, "packets", "frames longer than allowed, and with a wrong check sequence"),
    RX_FCS_ERROR(0x190, "packets", "frames with a wrong check sequence"),
    RX_LENGTH_ERROR(0x194, "packets", "frames shorter than their length field"),
    RX_SYMBOL_ERROR(0x198, "packets", "frames with a symbol error"),
    RX_ALIGNMENT_ERROR(0x19c, "packets", "frames that are no whole number of bytes"),
    RX_NO_BUFFER(0x1a0, "packets", "frames dropped because no descriptor was free"),
    RX_OVERRUN(0x1a4, "packets", "frames dropped because memory was too slow"),
    RX_IP_CHECKSUM(0x1a8, "packets", "frames dropped for their IP header's checksum"),
    RX_TCP_CHECKSUM(0x1ac, "packets", "frames dropped for their TCP checksum"),
    RX_UDP_CHECKSUM(0x1b0, "packets", "frames dropped for their UDP checksum");

    private final int offset;
    private final String unit;
    private final String meaning;

    Counter(int offset, String unit, String meaning) {
        this.offset = offset;
        this.unit = unit;
        this.meaning = meaning;
    }

    /** {@code packets} or {@code bytes}. */
    public String unit() {
        return unit;
    }

    @Override
    public int offset() {
        return offset;
    }

    @Override
    public int width() {
        return 4;
    }

    @Override
    public int stride() {
        return 0;
    }

    @Override
    public int count() {
        return 1;
    }

    @Override
    public Access access() {
        return Access.RC;
    }

    @Override
    public String meaning() {
        return meaning;
    }
}
