package net.app.traffic;

import java.util.List;
import net.api.NetBuf;
import net.api.NetBufCache;
import net.api.NetBufPool;
import net.api.NetDriverOps;
import net.app.core.Counter;
import net.app.core.Receiver;
import net.app.core.Sender;

/** One direction of a forwarder: from a card's receive queues to another's transmit queue. For the application's thread. */
final class Lane {
    private final NetDriverOps target;
    private final NetBufPool targetPool;
    private final boolean copies;
    private final int maxSegments;
    private final Receiver receiver;
    private final Sender sender;
    private final NetBufCache sourceCache;
    private final Counters counters;
    private final NetBuf[] unfit;
    private final int batch;

    /**
     * What became of frames; outlives the lane.
     *
     * @param received taken from the card
     * @param sending what the sender counts
     * @param tooLong dropped: longer, or of more buffers, than the target sends
     * @param copied into buffers of the target's pool, because the cards have different ones
     * @param noBuffer dropped: the target's pool had no buffer for the copy
     */
    record Counters(Counter received, Sender.Counters sending, Counter tooLong, Counter copied, Counter noBuffer) {
        static Counters named(String prefix) {
            return new Counters(Counter.frames(prefix + "received"), Sender.Counters.named(prefix), Counter.frames(prefix + "dropped_too_long"),
                    Counter.frames(prefix + "copied"), Counter.frames(prefix + "dropped_no_buffer"));
        }

        List<Counter> all() {
            return List.of(received, sending.sent(), tooLong, sending.ringFull(), sending.refused(), noBuffer, sending.abandoned(), copied);
        }
    }

    Lane(NetDriverOps source, NetDriverOps target, int batch, int tries, Counters counters) {
        this.target = target;
        this.targetPool = target.pool();
        this.copies = source.pool() != targetPool;
        this.maxSegments = target.capabilities().maxSegments();
        this.receiver = new Receiver(source, counters.received());
        this.sender = new Sender(target, batch, tries, counters.sending());
        this.sourceCache = source.pool().cache();
        this.counters = counters;
        this.unfit = new NetBuf[batch];
        this.batch = batch;
    }

    Receiver receiver() {
        return receiver;
    }

    /** One batch. @return 0 if there was nothing to do, or nothing could be done */
    int poll() {
        if (!sender.isEmpty()) {
            return sender.push();
        }
        NetBuf[] frames = sender.frames();
        int n = receiver.receive(frames, batch);
        if (n == 0) {
            return 0;
        }
        // What was received is the sender's from here on, whatever happens.
        sender.fill(n);
        int fit = sift(frames, n, target.maxFrameLength());
        if (copies) {
            fit = copy(frames, fit);
        }
        sender.fill(fit);
        sender.push();
        return n;
    }

    /** Moves the frames that the target can send to the front, and releases the others. @return how many can be sent */
    private int sift(NetBuf[] frames, int n, int maxFrame) {
        int bad = 0;
        int fit = 0;
        for (int i = 0; i < n; i++) {
            NetBuf frame = frames[i];
            if (fits(frame, maxFrame)) {
                if (fit != i) {
                    frames[fit] = frame;
                }
                fit++;
            } else {
                unfit[bad++] = frame;
            }
        }
        if (bad > 0) {
            sourceCache.release(unfit, 0, bad);
            counters.tooLong().add(bad);
        }
        return fit;
    }

    private boolean fits(NetBuf frame, int maxFrame) {
        return frame.next() == null ? frame.length() <= maxFrame : chainFits(frame, maxFrame);
    }

    private boolean chainFits(NetBuf frame, int maxFrame) {
        int segments = 0;
        for (NetBuf b = frame; b != null; b = b.next()) {
            segments++;
        }
        return frame.frameLength() <= maxFrame && (copies || segments <= maxSegments);
    }

    private int copy(NetBuf[] frames, int n) {
        int copied = 0;
        for (int i = 0; i < n; i++) {
            NetBuf frame = frames[i];
            NetBuf copy = copyOf(frame);
            unfit[i] = frame;
            if (copy != null) {
                frames[copied++] = copy;
            }
        }
        sourceCache.release(unfit, 0, n);
        counters.copied().add(copied);
        counters.noBuffer().add(n - copied);
        return copied;
    }

    private NetBuf copyOf(NetBuf frame) {
        NetBuf copy = null;
        NetBuf last = null;
        int segments = 0;
        for (NetBuf b = frame; b != null; b = b.next()) {
            int length = b.length();
            for (int at = 0; at < length;) {
                if (last == null || last.tailroom() == 0) {
                    NetBuf fresh = segments == maxSegments ? null : targetPool.allocate();
                    if (fresh == null) {
                        if (copy != null) {
                            copy.release();
                        }
                        return null;
                    }
                    if (copy == null) {
                        copy = fresh;
                    } else {
                        copy.chain(fresh);
                    }
                    last = fresh;
                    segments++;
                }
                int n = Math.min(length - at, last.tailroom());
                int end = last.length();
                last.setLength(end + n);
                last.copyFrom(end, b, at, n);
                at += n;
            }
        }
        return copy;
    }

    int reclaim() {
        return sender.reclaim();
    }

    void close() {
        sender.close();
        receiver.close();
    }
}
