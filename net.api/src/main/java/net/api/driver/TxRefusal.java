package net.api.driver;

import net.api.DevError;
import net.api.DevException;
import net.api.NetBuf;
import net.api.NetBufPool;
import net.api.NetDriverOps;
import net.api.TxOffload;

/** Says why a frame was not accepted: {@link net.api.TxQueue#transmit}. */
final class TxRefusal {
    private TxRefusal() {
    }

    /** The exception for a frame that {@link OwnedTxQueue#check} refuses. */
    static DevException of(NetBuf head, OwnedTxQueue q, int maxLength) {
        String queue = q.name();
        NetBufPool pool = q.pool();
        int maxSegments = q.maxSegments();
        if (head == null) {
            return invalid(queue + ": there is no buffer, only null");
        }
        int segments = 0;
        int length = 0;
        for (NetBuf b = head; b != null; b = b.next()) {
            if (++segments > maxSegments) {
                return invalid("%s: the frame has more than %d buffers; copy it into fewer".formatted(queue, maxSegments));
            }
            if (!b.isOwned()) {
                return new DevException(DevError.BAD_STATE, "%s: %s is not the caller's to send".formatted(queue, b));
            }
            if (b.pool() != pool && !q.isReached(b)) {
                return invalid("%s: %s is %s; copy the frame into buffers of pool %s".formatted(queue, b, b.hasIova() ? "of host " + b.pool().host()
                        : "in memory that devices do not reach", pool.name()));
            }
            if (b.references() != 1) {
                return new DevException(DevError.RESOURCE_BUSY, "%s: %s is shared; send a clone, or release the other references first".formatted(queue, b));
            }
            if (b != head && b.offload() != null) {
                return invalid("%s: %s asks for an offload, but is not the first buffer of its frame".formatted(queue, b));
            }
            TxOffload asked = head.offload();
            if (asked != null && asked.l2Length() > 0 && length < asked.minFrame() && !b.isDirect()) {
                return new DevException(DevError.RESOURCE_BUSY, "%s: %s shares the headers in which %s changes checksums; chain it behind headers of its own"
                        .formatted(queue, b, asked));
            }
            length += b.length();
        }
        TxOffload offload = head.offload();
        if (offload != null) {
            int longest = q.longest(offload);
            return longest == 0 ? new DevException(DevError.UNSUPPORTED, "%s: the card cannot do %s".formatted(queue, offload))
                    : invalid("%s: a frame of %d bytes is outside %d to %d with %s".formatted(queue, length, offload.minFrame(), longest, offload));
        }
        return invalid("%s: a frame of %d bytes is outside %d to %d; the MTU decides the upper limit".formatted(queue, length, NetDriverOps.MIN_FRAME,
                maxLength));
    }

    private static DevException invalid(String text) {
        return new DevException(DevError.INVALID_PARAM, text);
    }
}
