package net.driver.ixgbe;

import java.lang.foreign.MemorySegment;
import net.api.TxOffload;
import net.hw.ixgbe.TxContext;
import net.hw.ixgbe.TxDescriptor;

/**
 * What a transmit queue of the device remembers for offloads: 7.2.3.2.3. A context takes a descriptor in the ring and no buffer; it is written when a frame asks
 * for something else than the frame with an offload before it.
 */
final class TxContexts {
    /** Where an IP header would begin, for a VLAN tag alone. */
    private static final int ETHERNET = 14;
    private static final int TAG = 4;

    private final MemorySegment memory;
    private TxOffload loaded;
    private int inRing;

    TxContexts(MemorySegment memory) {
        this.memory = memory;
    }

    /** The device has the context for this. */
    boolean has(TxOffload offload) {
        return offload == loaded || offload.equals(loaded);
    }

    /** Contexts whose descriptors were not reclaimed. */
    int inRing() {
        return inRing;
    }

    /** As {@link #inRing}, of another version of the driver. */
    void restore(int before) {
        inRing = before;
    }

    /** One was. */
    void left() {
        inRing--;
    }

    /** Writes a context descriptor. */
    void write(long at, TxOffload o) {
        long type = switch (o.l4()) {
            case TCP -> TxContext.TCP;
            case SCTP -> TxContext.SCTP;
            case UDP, NONE -> TxContext.UDP;
        };
        long bits = type | (o.ip() == TxOffload.Ip.V4 ? TxContext.IPV4 : 0);
        TxContext.set(memory, at, TxContext.word0(o.l3Length(), o.l2Length() == 0 ? ETHERNET : o.l2Length(), o.insertsVlan() ? o.vlanTag() : 0),
                TxContext.word1(o.l4Length(), o.mss(), 0, bits));
        loaded = o;
        inRing++;
    }

    /** Bits of each data descriptor of a frame. */
    static long commands(TxOffload o) {
        return o == null ? 0 : (o.insertsVlan() ? TxDescriptor.VLE : 0) | (o.segments() ? TxDescriptor.TSE : 0);
    }

    /** Bits of the first data descriptor of a frame, which names context 0. */
    static long options(TxOffload o) {
        return o == null ? 0 : (o.ipChecksum() ? TxDescriptor.IXSM : 0) | (o.l4() != TxOffload.L4.NONE ? TxDescriptor.TXSM : 0);
    }

    /** Frames on the wire that one of that length becomes. */
    static long frames(TxOffload o, int length) {
        return o != null && o.segments() ? (length - o.headers() + o.mss() - 1) / o.mss() : 1;
    }

    /** Bytes of them together. */
    static long bytes(TxOffload o, int length) {
        long n = frames(o, length);
        return o == null ? length : length + (n - 1) * o.headers() + (o.insertsVlan() ? n * TAG : 0);
    }
}
