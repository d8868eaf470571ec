package net.bench.forward.inside;

/** What is measured: a table's line. */
public enum Load {
    /** Batches of one. */
    FORWARD_1("forward, batch 1", Work.FORWARD, 1, 1),
    /** Batches of 8. */
    FORWARD_8("forward, batch 8", Work.FORWARD, 1, 8),
    /** Batches of 32: what the others are compared by. */
    FORWARD_32("forward, batch 32", Work.FORWARD, 1, 32),
    /** Batches of 256. */
    FORWARD_256("forward, batch 256", Work.FORWARD, 1, 256),
    /** Every byte read and written. */
    PAYLOAD_32("forward, batch 32, payload touched", Work.PAYLOAD, 1, 32),
    /** Two queues each way on each card. */
    QUEUES_2("forward, batch 32, 2 queues", Work.FORWARD, 2, 32),
    /** Four. */
    QUEUES_4("forward, batch 32, 4 queues", Work.FORWARD, 4, 32),
    /** Buffers from the pool, a number written into each. */
    TRANSMIT_32("transmit only, batch 32", Work.TRANSMIT, 1, 32),
    /** Buffers to the pool. */
    RECEIVE_32("receive only, batch 32", Work.RECEIVE, 1, 32);

    /** What is done with frames. */
    public enum Work {
        /** From each card to the other; a byte of each frame is changed. */
        FORWARD,
        /** The same; all bytes are. */
        PAYLOAD,
        /** Made and sent, on both cards. */
        TRANSMIT,
        /** Received and dropped, on both cards. */
        RECEIVE
    }

    /** Bytes of a frame. */
    public static final int FRAME = 64;
    /** Descriptors of every ring. */
    public static final int RING = 512;
    /** Frames from one look at the clock to the next; much less than {@link #GAP_NANOS} of work. */
    public static final int CHECK = 512;
    /** Longer from one look to the next, and the thread did not run. */
    public static final long GAP_NANOS = 500_000;

    /** In the table. */
    public final String title;
    /** What is done. */
    public final Work work;
    /** Receive and transmit queues of each of the two cards. */
    public final int queues;
    /** Most frames of a call. */
    public final int batch;

    Load(String title, Work work, int queues, int batch) {
        this.title = title;
        this.work = work;
        this.queues = queues;
        this.batch = batch;
    }

    /** Which pair of a file's cards: the first has one queue, the second two, the third four. */
    public int pair() {
        return pair(queues);
    }

    /** The pair with so many queues: 1, 2 or 4. */
    public static int pair(int queues) {
        return Integer.numberOfTrailingZeros(queues);
    }

    /** Queues of a pair's cards. */
    public static int queues(int pair) {
        return 1 << pair;
    }

    /** What a peer is asked: {@code WORK QUEUES BATCH NANOS}, the first as a number; {@link Ran#line} is the answer. */
    public String request(long nanos) {
        return work.ordinal() + " " + queues + " " + batch + " " + nanos;
    }
}
