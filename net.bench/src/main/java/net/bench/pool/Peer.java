package net.bench.pool;

import java.util.function.Supplier;

/** What is compared. The order is that of the table. */
public enum Peer {
    /** In C. */
    MEMPOOL_CACHED("rte_mempool, cache 512", null),
    /** The same without a cache for each thread. */
    MEMPOOL("rte_mempool, no cache", null),
    /** As a driver works. */
    OWNER_RAW("Hotnic, owner's cache, take/give", HotnicHands::ownerRaw),
    /** As an application's thread works that has asked for its cache. */
    OWNER("Hotnic, owner's cache, allocate/release", HotnicHands::owner),
    /** As one works that has not. */
    ANY_THREAD("Hotnic, any thread, allocate/release", HotnicHands::anyThread),
    /** A queue. */
    JCTOOLS("JCTools MpmcArrayQueue", QueueHands::jcTools),
    /** Another. */
    AGRONA("Agrona ManyToManyConcurrentArrayQueue", QueueHands::agrona),
    /** A list with a lock. */
    DEQUE("ArrayDeque, ReentrantLock", QueueHands::lockedDeque),
    /** An allocator. */
    NETTY("Netty PooledByteBufAllocator", NettyHand::pool),
    /** What is in all others too. */
    NOTHING("no pool: loop, touch and ring alone", QueueHands::nothing);

    /** Number of buffers of every pool. */
    static final int BUFFERS = 8192;
    /**
     * Bytes from one buffer to the next: 2 KiB and one cache line, so that the first lines of a batch do not all fall into the same sets of a cache;
     * DPDK does so too.
     */
    static final int STRIDE = 2048 + 64;

    final String title;
    private final Supplier<Supplier<Hand.Grip<?, ?>>> pool;

    Peer(String title, Supplier<Supplier<Hand.Grip<?, ?>>> pool) {
        this.title = title;
        this.pool = pool;
    }

    boolean isJava() {
        return pool != null;
    }

    /** A new pool; each thread asks it for a hand. */
    Supplier<Hand.Grip<?, ?>> makePool() {
        return pool.get();
    }
}
