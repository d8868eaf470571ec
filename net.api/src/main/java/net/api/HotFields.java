package net.api;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What of a {@link NetBuf} every packet touches. A virtual machine lays out the fields of a superclass in front of those of its subclasses, so that these are
 * 64 bytes with the object's header, and what is seldom wanted is behind them: a packet costs one cache line or two, and not three.
 *
 * <p>For their sake too what they go through in {@link NetBuf} is cut into methods of at most 35 bytes of code: HotSpot compiles those into their callers
 * wherever they are (MaxInlineSize), and longer ones only where the profile of a warm-up has seen them often.
 */
abstract sealed class HotFields permits NetBuf {
    static final VarHandle STATE;
    /** Not owned, and nothing noted: the complement of length 0. */
    static final long FREE = -1;
    /** A detached buffer's bits 63 and 62; the generation is in bits 55 to 32. Free buffers and those with a device have both bits set. */
    static final long DETACHED = 0b10L << 62;
    /** One reference more than the first. */
    static final long REFERENCE = 1L << 32;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(HotFields.class, "state", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /**
     * Length and references in one word, so that one compare-and-set decides between all who race.
     * <pre>
     *  63  62       55         32 31              0
     *   0 | references beyond 1  | length          |  owned
     *   1 | 0 |     | generation | ~length         |  detached
     *   1 | 1 | 1 ...            | ~length or -1   |  with a device, or free
     * </pre>
     */
    long state = FREE;
    int offset;
    int capacity;
    long iova;
    long base;
    /** The pool looks for leaks, and wants to know who takes and who touches this one. */
    boolean followed;
    /** There is a header, or something that a card found out: to be forgotten when the next packet is received. */
    boolean noted;
    /** There is a {@link #next} or an {@link #offload}. */
    boolean special;
    final NetBufPool pool;
    NetBuf next;
    /** Of an owned first buffer; null in every other. */
    TxOffload offload;
    MemorySegment memory;

    HotFields(NetBufPool pool) {
        this.pool = pool;
    }

    static int references(long s) {
        return s < 0 ? 1 : (int) (s >>> 32) + 1;
    }
}
