package net.sim;

import net.hw.fxmac.Counter;

/** The statistics registers: TRM B.18. Under the engine's lock. */
final class FxmacCounters {
    private final FxmacRegisterFile file;

    FxmacCounters(FxmacRegisterFile file) {
        this.file = file;
    }

    void count(Counter c) {
        file.set(c, file.get(c) + 1);
    }

    void transmitted(SgList frame) {
        count(frame, Counter.TX_OCTETS_LOW, Counter.TX_FRAMES, Counter.TX_BROADCAST, Counter.TX_MULTICAST, Counter.TX_64);
    }

    void received(SgList frame) {
        count(frame, Counter.RX_OCTETS_LOW, Counter.RX_FRAMES, Counter.RX_BROADCAST, Counter.RX_MULTICAST, Counter.RX_64);
    }

    /** Octets with the check sequence, frames, kinds of address, and sizes: TRM B.18. */
    private void count(SgList frame, Counter octets, Counter frames, Counter broadcast, Counter multicast, Counter smallest) {
        int bytes = (int) frame.bytes() + 4;
        long total = (file.get(octets) & 0xffff_ffffL) + bytes;
        file.set(octets, (int) total);
        file.set(octets.offset() + 4, file.get(octets.offset() + 4) + (int) (total >>> 32));
        count(frames);
        long to = frame.u48(0);
        if (to == 0xffff_ffff_ffffL) {
            count(broadcast);
        } else if ((to >>> 40 & 1) != 0) {
            count(multicast);
        }
        int bin = bytes <= 64 ? 0 : bytes >= 1519 ? 6 : bytes >= 1024 ? 5 : Math.max(1, 26 - Integer.numberOfLeadingZeros(bytes));
        count(Counter.values()[smallest.ordinal() + bin]);
    }
}
