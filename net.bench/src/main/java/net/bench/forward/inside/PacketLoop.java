package net.bench.forward.inside;

import net.api.NetBuf;
import net.api.NetBufCache;
import net.api.NetDriverOps;
import net.api.RxQueue;
import net.api.TxQueue;

/** The application that is measured: it moves frames of a pair of cards through the public interfaces, on one thread. */
final class PacketLoop {
    private static final int MAX_BATCH = 256;
    private static final int WARM_NANOS = 1_000_000;

    private final Lane[] lanes;
    private final NetBufCache cache;
    private final Clock clock = new Clock();
    private int number;

    /** One direction: from a receive queue of one card to a transmit queue of the other. */
    private static final class Lane {
        final RxQueue rx;
        final TxQueue tx;
        final NetBuf[] frames = new NetBuf[MAX_BATCH];
        /** Frames, the first ones, that the transmit queue had no room for. */
        int waiting;

        Lane(RxQueue rx, TxQueue tx) {
            this.rx = rx;
            this.tx = tx;
        }
    }

    /** For the calling thread. */
    PacketLoop(NetDriverOps a, NetDriverOps b, int queues) {
        lanes = new Lane[2 * queues];
        for (int i = 0; i < queues; i++) {
            lanes[2 * i] = new Lane(a.rxQueue(i), b.txQueue(i));
            lanes[2 * i + 1] = new Lane(b.rxQueue(i), a.txQueue(i));
        }
        cache = a.pool().cache();
    }

    /** Works for a while; the first millisecond is not counted. */
    Ran run(Load.Work work, int batch, long nanos) {
        work(work, batch, WARM_NANOS);
        return work(work, batch, nanos);
    }

    private Ran work(Load.Work work, int batch, long nanos) {
        int rounds = Math.max(1, Load.CHECK / (batch * lanes.length));
        clock.start(nanos);
        return clock.ran(switch (work) {
            case FORWARD -> forward(false, batch, rounds);
            case PAYLOAD -> forward(true, batch, rounds);
            case TRANSMIT -> transmit(batch, rounds);
            case RECEIVE -> receive(batch, rounds);
        });
    }

    private long forward(boolean payload, int batch, int rounds) {
        long packets = 0;
        do {
            for (int r = 0; r < rounds; r++) {
                for (Lane lane : lanes) {
                    int n = lane.waiting;
                    if (n == 0) {
                        n = lane.rx.receive(lane.frames, 0, batch);
                        if (n == 0) {
                            continue;
                        }
                        packets += n;
                        if (payload) {
                            touchAll(lane.frames, n);
                        } else {
                            touch(lane.frames, n);
                        }
                    }
                    send(lane, n);
                }
            }
        } while (clock.runs());
        return packets;
    }

    private static void touch(NetBuf[] frames, int n) {
        for (int i = 0; i < n; i++) {
            NetBuf frame = frames[i];
            frame.setByte(1, frame.getByte(1) + 1);
        }
    }

    private static void touchAll(NetBuf[] frames, int n) {
        for (int i = 0; i < n; i++) {
            NetBuf frame = frames[i];
            for (int at = 0; at < Load.FRAME; at += Long.BYTES) {
                frame.setLong(at, frame.getLong(at) + 1);
            }
        }
    }

    private long transmit(int batch, int rounds) {
        long packets = 0;
        do {
            for (int r = 0; r < rounds; r++) {
                for (Lane lane : lanes) {
                    NetBuf[] frames = lane.frames;
                    int n = lane.waiting;
                    if (n == 0) {
                        n = cache.allocate(frames, 0, batch);
                        for (int i = 0; i < n; i++) {
                            NetBuf frame = frames[i];
                            frame.setLength(Load.FRAME);
                            frame.setInt(Load.FRAME - Integer.BYTES, number++);
                        }
                    }
                    packets += send(lane, n);
                }
            }
        } while (clock.runs());
        return packets;
    }

    private long receive(int batch, int rounds) {
        long packets = 0;
        do {
            for (int r = 0; r < rounds; r++) {
                for (Lane lane : lanes) {
                    NetBuf[] frames = lane.frames;
                    int n = lane.rx.receive(frames, 0, batch);
                    packets += n;
                    cache.release(frames, 0, n);
                }
            }
        } while (clock.runs());
        return packets;
    }

    /** Sends what it can; the rest waits, at the array's beginning. */
    private static int send(Lane lane, int n) {
        int sent = lane.tx.transmit(lane.frames, 0, n);
        if (sent != n) {
            System.arraycopy(lane.frames, sent, lane.frames, 0, n - sent);
        }
        lane.waiting = n - sent;
        return sent;
    }

    /** Before windows of another kind: a receiver has no place for frames that wait. */
    void rest() {
        for (Lane lane : lanes) {
            cache.release(lane.frames, 0, lane.waiting);
            lane.waiting = 0;
        }
    }

    /** Gives everything back. */
    void close() {
        rest();
        for (Lane lane : lanes) {
            lane.tx.reclaim();
            lane.rx.unbind();
            lane.tx.unbind();
        }
        cache.flush();
    }
}
