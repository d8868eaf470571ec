package net.hw.ixgbe;

import static net.hw.ixgbe.Places.array;
import static net.hw.ixgbe.Places.one;

import net.api.driver.Access;

/**
 * The statistics of the 82599: 32 bits each, cleared by reading, and stuck at all ones when full: 8.2.3.23. The high half of a pair has 4 bits and is read
 * after the low half.
 */
public enum Counter implements IxgbeRegister {
    FDIRLEN(0x0ee4c, "longest list; 8.2.3.21"),
    FDIRUSTAT(0x0ee50, "filters added and removed; 8.2.3.21"),
    FDIRFSTAT(0x0ee54, "filters that failed to be added or removed; 8.2.3.21"),
    FDIRMATCH(0x0ee58, "frames that matched; 8.2.3.21"),
    FDIRMISS(0x0ee5c, "frames that did not match; 8.2.3.21"),
    FECS1(0x042e8, "FEC blocks corrected; 8.2.3.22"),
    FECS2(0x042ec, "FEC blocks not corrected; 8.2.3.22"),
    CRCERRS(0x04000, "frames with a wrong CRC"),
    ILLERRC(0x04004, "frames with an illegal byte"),
    ERRBC(0x04008, "frames with an error byte"),
    MSPDC(0x04010, "short frames discarded"),
    // RNBC, at 0x03fc0, is the 82598's: what has no descriptor is counted by queue here, in QPRDC, or in RXMPC once the packet buffer is full.
    RXMPC(0x03fa0, array(8, 4), "frames missed for lack of packet buffer"),
    MLFC(0x04034, "local faults"),
    MRFC(0x04038, "remote faults"),
    RLEC(0x04040, "frames with a wrong length field"),
    SSVPC(0x08780, "frames dropped by anti-spoofing"),
    LXONTXC(0x03f60, "XON sent"),
    LXONRXCNT(0x041a4, "XON received"),
    LXOFFTXC(0x03f68, "XOFF sent"),
    LXOFFRXCNT(0x041a8, "XOFF received"),
    PXONTXC(0x03f00, array(8, 4), "priority XON sent"),
    PXONRXCNT(0x04140, array(8, 4), "priority XON received"),
    PXOFFTXCNT(0x03f20, array(8, 4), "priority XOFF sent"),
    PXOFFRXCNT(0x04160, array(8, 4), "priority XOFF received"),
    PXON2OFFCNT(0x03240, array(8, 4), "XON followed by XOFF"),
    PRC64(0x0405c, "good frames of 64 bytes received"),
    PRC127(0x04060, "of 65 to 127 bytes"),
    PRC255(0x04064, "of 128 to 255 bytes"),
    PRC511(0x04068, "of 256 to 511 bytes"),
    PRC1023(0x0406c, "of 512 to 1023 bytes"),
    PRC1522(0x04070, "of 1024 bytes to the largest"),
    BPRC(0x04078, "good broadcast frames received"),
    MPRC(0x0407c, "good multicast frames received"),
    GPRC(0x04074, "good frames received that passed the filters"),
    GORCL(0x04088, "their bytes with CRC, low"),
    GORCH(0x0408c, "their bytes, bits 35 to 32"),
    RXNFGPC(0x041b0, "good frames received before the filters"),
    RXNFGBCL(0x041b4, "their bytes, low"),
    RXNFGBCH(0x041b8, "their bytes, bits 35 to 32"),
    RXDGPC(0x02f50, "frames given to host memory"),
    RXDGBCL(0x02f54, "their bytes, low"),
    RXDGBCH(0x02f58, "their bytes, bits 35 to 32"),
    RXDDPC(0x02f5c, array(9, 4), "duplicated and looped back frames and bytes"),
    GPTC(0x04080, "good frames sent"),
    GOTCL(0x04090, "their bytes with CRC, low"),
    GOTCH(0x04094, "their bytes, bits 35 to 32"),
    TXDGPC(0x087a0, "frames taken from host memory"),
    TXDGBCL(0x087a4, "their bytes, low"),
    TXDGBCH(0x087a8, "their bytes, bits 35 to 32"),
    RUC(0x040a4, "frames below 64 bytes with a right CRC"),
    RFC(0x040a8, "fragments: below 64 bytes with a wrong CRC"),
    ROC(0x040ac, "frames over the largest size with a right CRC"),
    RJC(0x040b0, "jabber: over the largest size with a wrong CRC"),
    MNGPRC(0x040b4, "management frames received"),
    MNGPDC(0x040b8, "management frames dropped"),
    MNGPTC(0x0cf90, "management frames sent"),
    TORL(0x040c0, "all bytes received, low"),
    TORH(0x040c4, "all bytes received, bits 35 to 32"),
    TPR(0x040d0, "all frames received"),
    TPT(0x040d4, "all frames sent"),
    PTC64(0x040d8, "frames of 64 bytes sent"),
    PTC127(0x040dc, "of 65 to 127 bytes"),
    PTC255(0x040e0, "of 128 to 255 bytes"),
    PTC511(0x040e4, "of 256 to 511 bytes"),
    PTC1023(0x040e8, "of 512 to 1023 bytes"),
    PTC1522(0x040ec, "of 1024 bytes and more"),
    MPTC(0x040f0, "multicast frames sent"),
    BPTC(0x040f4, "broadcast frames sent"),
    XEC(0x04120, "frames with a wrong IP, TCP or UDP checksum"),
    QPRC(0x01030, array(16, 0x40), "frames received by a counter set"),
    QPRDC(0x01430, array(16, 0x40), "frames dropped by a counter set: the queue is disabled, or has no descriptor and drop enable"),
    QBRC_L(0x01034, array(16, 0x40), "bytes received by a counter set, low"),
    QBRC_H(0x01038, array(16, 0x40), "bytes received by a counter set, bits 35 to 32"),
    QPTC(0x08680, array(16, 4).alias(16, 0x06030, 0x40), "frames sent by a counter set"),
    QBTC_L(0x08700, array(16, 8), "bytes sent by a counter set, low"),
    QBTC_H(0x08704, array(16, 8), "bytes sent by a counter set, bits 35 to 32"),
    FCCRC(0x05118, "FCoE frames with a wrong FC CRC"),
    FCOERPDC(0x0241c, "FCoE frames dropped"),
    FCLAST(0x02424, "FCoE errors of the last frame"),
    FCOEPRC(0x02428, "FCoE frames received"),
    FCOEDWRC(0x0242c, "FCoE dwords received"),
    FCOEPTC(0x08784, "FCoE frames sent"),
    FCOEDWTC(0x08788, "FCoE dwords sent");

    private final Line line;

    Counter(int offset, String meaning) {
        this(offset, one(), meaning);
    }

    Counter(int offset, Places places, String meaning) {
        line = new Line(offset, places, Access.RC, 0, 0, meaning);
    }

    @Override
    public Line line() {
        return line;
    }
}
