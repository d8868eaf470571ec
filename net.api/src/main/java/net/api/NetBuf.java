package net.api;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.ByteOrder.BIG_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * One packet buffer: a fixed piece of its pool's DMA memory, and the view of the packet in it. Objects are made once, with their pool,
 * and never per packet.
 *
 * <pre>
 *  0            offset - headerLength      offset               offset + length      capacity
 *  |  headroom  |          header          |       packet       |      tailroom      |
 * </pre>
 *
 * <p>The header is the bytes directly in front of the packet that belong to it but are not sent as part of it: what a device wants before a
 * frame, or the protocol headers that a parser has passed. {@link #prepend} and {@link #trimFront} move the border between the two.
 *
 * <h2>Ownership</h2>
 * A buffer is owned (its length is 0 or more), or it is not (its length is negative): free in the pool, posted to a device, or detached.
 * Every accessor compares with the length, so a touch after release or after transmit fails with {@link DevError#BAD_STATE}, at no extra cost.
 * {@link #retain} and {@link #release} count references; the reference count stays 1 while the buffer is pooled. An owned buffer belongs
 * to one thread at a time; handing it over needs a safe publication of the caller's. A shared buffer is only read: what would change its view
 * or its chain fails with {@link DevError#RESOURCE_BUSY}. Only retain, release, {@link #detach} and {@link NetBufPool#attach} may race.
 *
 * <h2>Frames of several buffers</h2>
 * A frame longer than one buffer is a chain of buffers of one host's pools through {@link #next}; its first buffer stands for the frame in queues, and
 * retaining or releasing it retains or releases all.
 *
 * <h2>Shells</h2>
 * Most buffers are direct: they have a piece of their pool's memory for good. A shell ({@link NetBufShells}) has none of its own; while it is out, it refers to
 * the packet of a direct buffer, which it shares with other clones, or to memory that an application has wrapped. DPDK calls them indirect mbufs.
 *
 * <p>Multi-byte accessors are big-endian, as packets are, and need no alignment. Bytes outside of the packet are an {@link IndexOutOfBoundsException}.
 *
 * <p>Source: NetBuf of axdriver_net (header, packet, unused; {@code into_buf_ptr}, {@code from_buf_ptr}) without its unchecked lengths and its
 * untyped pointer; headroom, prepend, append, trim as DPDK's mbuf.
 */
public final class NetBuf extends HotFields {
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(BIG_ENDIAN);
    private static final int GENERATION_MASK = 0xff_ffff;
    /** The device address of memory that devices do not reach. */
    public static final long NO_IOVA = -1;

    private int headerLength;
    private long rxInfo;
    private final int headroom;
    private final int index;
    private int generation;
    private final boolean direct;

    /**
     * For pools: a free buffer.
     *
     * @param pool the pool that it belongs to
     * @param index its number in the pool, 0 to 2^24 - 1
     * @param memory the pool's memory, one segment for all buffers, of a shared arena
     * @param base where the buffer starts in {@code memory}, in bytes
     * @param capacity its size in bytes, headroom included, 1 to 65 535 + headroom
     * @param headroom where packets start by default, 0 to capacity
     * @param iova the address under which devices reach the buffer's first byte
     */
    public NetBuf(NetBufPool pool, int index, MemorySegment memory, long base, int capacity, int headroom, long iova) {
        super(pool);
        this.index = index;
        this.memory = memory;
        this.base = base;
        this.capacity = capacity;
        this.headroom = headroom;
        this.iova = iova;
        this.offset = headroom;
        this.direct = true;
    }

    /**
     * For pools: a free shell.
     *
     * @param pool the pool that it belongs to
     * @param index its number in the pool, 0 to 2^24 - 1
     */
    public NetBuf(NetBufPool pool, int index) {
        super(pool);
        this.index = index;
        this.headroom = 0;
        this.direct = false;
        refer(MemorySegment.NULL, 0, 0, NO_IOVA);
    }

    // ---- what anybody may ask ----

    /** The pool that the buffer belongs to. */
    public NetBufPool pool() {
        return pool;
    }

    /** The buffer's number in its pool, from 0. */
    public int index() {
        return index;
    }

    /** Size of the buffer in bytes, headroom included. */
    public int capacity() {
        return capacity;
    }

    /** The buffer's memory is its own: it is no shell. */
    public boolean isDirect() {
        return direct;
    }

    /** The caller may use the buffer: it is neither free, nor with a device, nor detached. */
    public boolean isOwned() {
        return state >= 0;
    }

    /** How many references there are; 1 for a buffer that nobody shares. */
    public int references() {
        return references((long) STATE.getAcquire(this));
    }

    // ---- the view; all of it needs an owned buffer ----

    /** Bytes of packet in this buffer, not in the rest of a chain. */
    public int length() {
        int n = (int) state;
        if (n < 0) {
            throw notOwned("read");
        }
        return n;
    }

    /** Bytes of the whole frame: this buffer's and those of the chain behind it. */
    public int frameLength() {
        int n = length();
        for (NetBuf b = next; b != null; b = b.next) {
            n += b.length();
        }
        return n;
    }

    /** Where the packet starts in the buffer, in bytes. */
    public int offset() {
        length();
        return offset;
    }

    /** Bytes of header directly in front of the packet. */
    public int headerLength() {
        length();
        return headerLength;
    }

    /** Unused bytes in front of header and packet. */
    public int headroom() {
        length();
        return offset - headerLength;
    }

    /** Unused bytes behind the packet. */
    public int tailroom() {
        return capacity - offset - length();
    }

    /**
     * Sets the packet's length; its bytes stay as they are.
     *
     * @param n 0 to {@code capacity() - offset()}
     * @throws DevException INVALID_PARAM if outside; BAD_STATE if the buffer is not owned; RESOURCE_BUSY if it is shared
     */
    public void setLength(int n) {
        unshared();
        if ((n | capacity - offset - n) < 0) {
            throw invalid("packet length", n, capacity - offset);
        }
        state = n;
    }

    /**
     * Declares the last {@code n} bytes in front of the packet as its header. The packet does not move.
     *
     * @param n 0 to {@code offset()}
     * @throws DevException INVALID_PARAM if outside; BAD_STATE if the buffer is not owned; RESOURCE_BUSY if it is shared
     */
    public void setHeaderLength(int n) {
        unshared();
        if (n < 0 || n > offset) {
            throw invalid("header length", n, offset);
        }
        noted = true;
        headerLength = n;
    }

    /**
     * Grows the packet at its front by {@code n} bytes, first out of the header, then out of the headroom.
     *
     * @param n 0 to {@code headerLength() + headroom()}
     * @throws DevException INVALID_PARAM if there is less room; BAD_STATE if the buffer is not owned; RESOURCE_BUSY if it is shared
     */
    public void prepend(int n) {
        int l = unshared();
        if (n < 0 || n > offset) {
            throw invalid("bytes to prepend", n, offset);
        }
        offset -= n;
        headerLength = Math.max(0, headerLength - n);
        state = l + n;
    }

    /**
     * Grows the packet at its end.
     *
     * @param n 0 to {@code tailroom()}
     * @throws DevException INVALID_PARAM if there is less room; BAD_STATE if the buffer is not owned; RESOURCE_BUSY if it is shared
     */
    public void append(int n) {
        int l = unshared();
        int room = capacity - offset - l;
        if (n < 0 || n > room) {
            throw invalid("bytes to append", n, room);
        }
        state = l + n;
    }

    /**
     * Cuts {@code n} bytes off the packet's front; they become the end of the header.
     *
     * @param n 0 to {@code length()}
     * @throws DevException INVALID_PARAM if the packet is shorter; BAD_STATE if the buffer is not owned; RESOURCE_BUSY if it is shared
     */
    public void trimFront(int n) {
        int l = unshared();
        if (n < 0 || n > l) {
            throw invalid("bytes to cut", n, l);
        }
        offset += n;
        noted = true;
        headerLength += n;
        state = l - n;
    }

    /**
     * Cuts {@code n} bytes off the packet's end.
     *
     * @param n 0 to {@code length()}
     * @throws DevException INVALID_PARAM if the packet is shorter; BAD_STATE if the buffer is not owned; RESOURCE_BUSY if it is shared
     */
    public void trim(int n) {
        int l = unshared();
        if (n < 0 || n > l) {
            throw invalid("bytes to cut", n, l);
        }
        state = l - n;
    }

    /**
     * Back to an empty packet behind the pool's headroom, without header, offload and what a card found out.
     *
     * @throws DevException BAD_STATE if the buffer is not owned; RESOURCE_BUSY if it is shared
     */
    public void reset() {
        unshared();
        ask(null);
        empty();
    }

    private void empty() {
        offset = headroom;
        forget();
        state = 0;
    }

    private void forget() {
        if (noted) {
            noted = false;
            headerLength = 0;
            rxInfo = 0;
        }
    }

    /**
     * Tells a pool that looks for leaks where the buffer is; otherwise nothing. Applications that pass buffers through many hands call it at each of them.
     *
     * @throws DevException BAD_STATE if the buffer is not owned
     */
    public void touch() {
        length();
        touched();
    }

    private void touched() {
        if (followed) {
            pool.touched(this);
        }
    }

    // ---- bytes, by their place in the packet; IndexOutOfBoundsException outside of it, DevException BAD_STATE if not owned ----

    /** The byte at {@code i}, 0 to length - 1. */
    public byte getByte(int i) {
        return memory.get(JAVA_BYTE, at(i, 1));
    }

    /** The byte at {@code i}, 0 to length - 1, as 0 to 255. */
    public int getUnsignedByte(int i) {
        return getByte(i) & 0xff;
    }

    /** The two bytes at {@code i}, 0 to length - 2, big-endian. */
    public short getShort(int i) {
        return memory.get(SHORT, at(i, 2));
    }

    /** The two bytes at {@code i}, 0 to length - 2, big-endian, as 0 to 65 535. */
    public int getUnsignedShort(int i) {
        return getShort(i) & 0xffff;
    }

    /** The four bytes at {@code i}, 0 to length - 4, big-endian. */
    public int getInt(int i) {
        return memory.get(INT, at(i, 4));
    }

    /** The eight bytes at {@code i}, 0 to length - 8, big-endian. */
    public long getLong(int i) {
        return memory.get(LONG, at(i, 8));
    }

    /** The six bytes at {@code i}, 0 to length - 6, as an Ethernet address in the low 48 bits. */
    public long getMac(int i) {
        return (long) getUnsignedShort(i) << 32 | getInt(i + 2) & 0xffff_ffffL;
    }

    /** Sets the byte at {@code i}, 0 to length - 1. */
    public void setByte(int i, int value) {
        memory.set(JAVA_BYTE, at(i, 1), (byte) value);
    }

    /** Sets the two bytes at {@code i}, 0 to length - 2, big-endian. */
    public void setShort(int i, int value) {
        memory.set(SHORT, at(i, 2), (short) value);
    }

    /** Sets the four bytes at {@code i}, 0 to length - 4, big-endian. */
    public void setInt(int i, int value) {
        memory.set(INT, at(i, 4), value);
    }

    /** Sets the eight bytes at {@code i}, 0 to length - 8, big-endian. */
    public void setLong(int i, long value) {
        memory.set(LONG, at(i, 8), value);
    }

    /** Sets the six bytes at {@code i}, 0 to length - 6, to the low 48 bits. */
    public void setMac(int i, long mac) {
        setShort(i, (int) (mac >>> 32));
        setInt(i + 2, (int) mac);
    }

    /** Copies {@code n} bytes of {@code source} into the packet at {@code i}; the packet must be long enough. */
    public void copyFrom(int i, MemorySegment source, long sourceOffset, int n) {
        MemorySegment.copy(source, sourceOffset, memory, at(i, n), n);
    }

    /** Copies {@code n} bytes of {@code source} into the packet at {@code i}; the packet must be long enough. */
    public void copyFrom(int i, byte[] source, int sourceOffset, int n) {
        MemorySegment.copy(source, sourceOffset, memory, JAVA_BYTE, at(i, n), n);
    }

    /** Copies {@code n} bytes of another packet, at {@code sourceAt}, into this one at {@code i}; both must be long enough. */
    public void copyFrom(int i, NetBuf source, int sourceAt, int n) {
        MemorySegment.copy(source.memory, source.at(sourceAt, n), memory, at(i, n), n);
    }

    /** Copies {@code n} bytes of the packet, from {@code i}, to {@code target}. */
    public void copyTo(int i, MemorySegment target, long targetOffset, int n) {
        MemorySegment.copy(memory, at(i, n), target, targetOffset, n);
    }

    /** Copies {@code n} bytes of the packet, from {@code i}, to {@code target}. */
    public void copyTo(int i, byte[] target, int targetOffset, int n) {
        MemorySegment.copy(memory, JAVA_BYTE, at(i, n), target, targetOffset, n);
    }

    /**
     * A copy of the whole frame, the chain included, in new buffers, which the caller owns alone: what a holder of a shared frame makes to change it. The header,
     * {@link #rxInfo} and {@link #offload} are not copied. If a buffer of {@code to} is too short for the frame, it is continued in further ones.
     *
     * @param to the pool that the copy is taken from, this one's or another
     * @return null if that pool has not enough buffers; it then has those back that there were
     * @throws DevException BAD_STATE if a buffer of the frame is not owned
     */
    public NetBuf copy(NetBufPool to) {
        frameLength();
        NetBuf head = to.allocate();
        NetBuf out = head;
        for (NetBuf b = head == null ? null : this; b != null; b = b.next) {
            for (int at = 0; at < b.length();) {
                if (out.tailroom() == 0) {
                    NetBuf more = to.allocate();
                    if (more == null) {
                        head.release();
                        return null;
                    }
                    out.chain(more);
                    out = more;
                }
                int start = out.length();
                int n = Math.min(out.tailroom(), b.length() - at);
                out.append(n);
                out.copyFrom(start, b, at, n);
                at += n;
            }
        }
        return head;
    }

    /** The bytes of the whole frame, the chain included, in a new array. For tests and tools: it allocates. */
    public byte[] toByteArray() {
        byte[] bytes = new byte[frameLength()];
        int at = 0;
        for (NetBuf b = this; b != null; b = b.next) {
            int n = b.length();
            b.copyTo(0, bytes, at, n);
            at += n;
        }
        return bytes;
    }

    /** The packet as a segment. It stays readable after release, when it shows somebody else's bytes: do not keep it. May allocate. */
    public MemorySegment packet() {
        return memory.asSlice(base + offset, length());
    }

    /** The header as a segment; see {@link #packet}. */
    public MemorySegment header() {
        length();
        return memory.asSlice(base + offset - headerLength, headerLength);
    }

    /** Header and packet as one segment; see {@link #packet}. */
    public MemorySegment packetWithHeader() {
        return memory.asSlice(base + offset - headerLength, headerLength + length());
    }

    /** The whole buffer, including what earlier packets left in it; see {@link #packet}. */
    public MemorySegment raw() {
        length();
        return memory.asSlice(base, capacity);
    }

    // ---- chains ----

    /** The next buffer of the same frame, or null. */
    public NetBuf next() {
        return next;
    }

    /**
     * Appends a frame to this one; the caller's reference to {@code tail} goes with it, and its {@link #offload} is forgotten. The tail may be shared, and of
     * another pool of the same host, such as a clone behind a header of the caller's own.
     *
     * @param tail the first buffer of another frame, not one of this frame's
     * @throws DevException BAD_STATE if either is not owned; RESOURCE_BUSY if this frame's last buffer is shared; INVALID_PARAM if the tail is part
     *         of this frame already, or of another host's pool
     */
    public void chain(NetBuf tail) {
        length();
        tail.length();
        if (tail.pool != pool && !tail.pool.host().equals(pool.host())) {
            throw new DevException(DevError.INVALID_PARAM, tail + " cannot be chained to " + this + ": it is of host " + tail.pool.host() + ", and this of "
                    + pool.host());
        }
        NetBuf last = last();
        if (tail.last() == last) {
            throw new DevException(DevError.INVALID_PARAM, tail + " is part of the frame of " + this + " already");
        }
        last.unshared();
        if (tail.offload != null) {
            tail.ask(null);
        }
        last.link(tail);
    }

    private NetBuf last() {
        NetBuf b = this;
        while (b.next != null) {
            b = b.next;
        }
        return b;
    }

    /**
     * Cuts the chain behind this buffer and gives the rest to the caller, or null if there was none.
     *
     * @throws DevException BAD_STATE if the buffer is not owned; RESOURCE_BUSY if it is shared
     */
    public NetBuf unchain() {
        unshared();
        NetBuf rest = next;
        link(null);
        return rest;
    }

    private void link(NetBuf b) {
        next = b;
        special = b != null || offload != null;
    }

    private void ask(TxOffload o) {
        offload = o;
        special = o != null || next != null;
    }

    private void makePlain() {
        if (special) {
            unlink();
        }
    }

    // ---- what cards find out and do ----

    /** What the card found out about the received frame: {@link RxInfo}; 0 for nothing. */
    public long rxInfo() {
        length();
        return rxInfo;
    }

    /** What the card is asked to do to the frame when it is sent; null for nothing. */
    public TxOffload offload() {
        length();
        return offload;
    }

    /**
     * Asks the card to do something to the frame when it is sent. It counts in a frame's first buffer, and for one time.
     *
     * @param o what, or null for nothing
     * @throws DevException BAD_STATE if the buffer is not owned; RESOURCE_BUSY if it is shared
     */
    public void setOffload(TxOffload o) {
        unshared();
        ask(o);
    }

    // ---- references ----

    /**
     * One more reference of each buffer of the frame: {@link #release} must be called once more. Whoever shares a buffer only reads it; a shared
     * buffer is not accepted for transmit. Any thread that holds a reference.
     *
     * @return this
     * @throws DevException BAD_STATE if a buffer is not owned, or has as many references as an int can count; nothing is changed then
     */
    public NetBuf retain() {
        for (NetBuf b = next; b != null; b = b.next) {
            b.shareable((long) STATE.getAcquire(b));
        }
        addReference();
        for (NetBuf b = next; b != null; b = b.next) {
            b.addReference();
        }
        return this;
    }

    /**
     * For pools: one more reference of this buffer alone, not of the chain behind it.
     *
     * @throws DevException as {@link #retain}
     */
    public void addReference() {
        long s;
        do {
            s = (long) STATE.getAcquire(this);
            shareable(s);
        } while (!STATE.compareAndSet(this, s, s + REFERENCE));
        touched();
    }

    private void shareable(long s) {
        if (s < 0) {
            throw notOwned("retained");
        }
        if (references(s) == Integer.MAX_VALUE) {
            throw new DevException(DevError.BAD_STATE, this + " has as many references as an int can count");
        }
    }

    /**
     * Gives up one reference of each buffer of the frame; the last one returns the buffer to its pool. Any thread that holds a reference.
     *
     * @throws DevException BAD_STATE if the buffer is not owned: released twice, or given to a device; nothing is changed then
     */
    public void release() {
        pool.release(this);
    }

    /**
     * Trades the caller's ownership for a 64-bit handle, as a ring or a descriptor can hold it. The view is kept for {@link NetBufPool#attach}.
     *
     * @return pool id in bits 63 to 48, generation in bits 47 to 24, index in bits 23 to 0; never 0
     * @throws DevException BAD_STATE if the buffer is not owned; RESOURCE_BUSY if it is shared; INVALID_PARAM if it is chained
     */
    public long detach() {
        NetBuf rest = next;
        int l = unshared();
        if (rest != null) {
            throw new DevException(DevError.INVALID_PARAM, this + " is chained: detach each buffer of the frame alone");
        }
        long g = generation & GENERATION_MASK;
        if (!STATE.compareAndSet(this, (long) l, DETACHED | g << 32 | ~l & 0xffff_ffffL)) {
            unshared();
            throw notOwned("detached");
        }
        return (long) pool.id() << 48 | g << 24 | index;
    }

    // ---- for pools ----

    /** For pools: makes a free buffer an owned, empty one. */
    public void allocated() {
        if (followed) {
            pool.taken(this);
        }
        empty();
    }

    /**
     * For pools: what a shell that the caller owns, or any buffer that is free, refers to from now on.
     *
     * @param in the memory; {@link MemorySegment#NULL} for none
     * @param start where the shell's buffer starts in it
     * @param size the buffer's bytes
     * @param address under which devices reach its first byte; {@link #NO_IOVA} if they do not
     */
    public void refer(MemorySegment in, long start, int size, long address) {
        memory = in;
        base = start;
        capacity = size;
        iova = address;
    }

    /**
     * For pools: the view of a shell that the caller owns alone.
     *
     * @param at where the packet starts in the buffer
     * @param header bytes of header directly in front
     * @param n bytes of packet
     * @throws DevException INVALID_PARAM if that is not in the buffer
     */
    public void view(int at, int header, int n) {
        if ((at - header | header | n | (long) capacity - at - n) < 0) {
            throw invalid("bytes at " + at, n, capacity - at);
        }
        offset = at;
        noted = true;
        headerLength = header;
        rxInfo = 0;
        state = n;
    }

    /** For pools: overwrites the whole buffer with zeros. No owner may be at work on it. */
    public void scrub() {
        memory.asSlice(base, capacity).fill((byte) 0);
    }

    /** For pools: whether {@link NetBufPool#taken} and {@link NetBufPool#touched} are called for this buffer. From any thread; others see it soon. */
    public void follow(boolean on) {
        followed = on;
    }

    /** For pools: whether an application holds the buffer, as its owner or by a handle. */
    public boolean isOut() {
        return (long) STATE.getAcquire(this) >>> 62 != 0b11;
    }

    /**
     * For pools: gives up one reference of this buffer alone. Of several releases that race for the last reference, one wins and the others fail.
     *
     * @return true if it was the last: the buffer is free now, unchained, and the caller must put it away
     * @throws DevException BAD_STATE if the buffer is not owned
     */
    public boolean dropReference() {
        for (;;) {
            long s = (long) STATE.getAcquire(this);
            if (s < 0) {
                throw notOwned("released");
            }
            if (s < REFERENCE) {
                if (STATE.compareAndSet(this, s, FREE)) {
                    makePlain();
                    return true;
                }
            } else {
                touched();
                if (STATE.compareAndSet(this, s, s - REFERENCE)) {
                    return false;
                }
            }
        }
    }

    /**
     * For pools: turns a handle of {@link #detach} back into an owned buffer. Of several attempts with one handle, one wins.
     *
     * @throws DevException BAD_STATE if the handle is stale: attached before, or never given out
     */
    public void attached(long handle) {
        long s = (long) STATE.getAcquire(this);
        long l = ~s & 0xffff_ffffL;
        if ((s & ~0xffff_ffffL) != (DETACHED | (handle >>> 24 & GENERATION_MASK) << 32) || !STATE.compareAndSet(this, s, l)) {
            throw new DevException(DevError.BAD_STATE, "handle 0x%016x of %s is stale: it was attached before, or never given out"
                    .formatted(handle, this));
        }
        generation++;
        touched();
    }

    /** For pools and attachments: takes a buffer back from a device that is stopped, whatever was noted of it. */
    public void reclaimed() {
        unlink();
        STATE.setRelease(this, FREE);
    }

    // ---- for drivers: no ownership check where the driver is the owner ----

    /**
     * For drivers: makes a posted buffer the caller's, with the packet that the device wrote, and without {@link #rxInfo}.
     *
     * @param at where the packet starts, in bytes from the buffer's start
     * @param n bytes of packet
     * @throws DevException INVALID_PARAM if the packet does not lie in the buffer
     */
    public void received(int at, int n) {
        if (arrived(at, n)) {
            tell();
        }
    }

    /**
     * For drivers: as {@link #received(int, int)} for one of a row of buffers, which calls nothing. Whoever was answered true for any of the row calls
     * {@link #arrived(NetBuf[], int, int)} behind it, before anything else is done to them.
     *
     * @return there is more to be done for this one
     */
    public boolean arrived(int at, int n) {
        fits(at, n);
        offset = at;
        state = n;
        return followed | noted;
    }

    private void fits(int at, int n) {
        if (at < 0 || n < 0 || (long) at + n > capacity) {
            throw tooLong(at, n);
        }
    }

    private DevException tooLong(int at, int n) {
        return invalid("received bytes at " + at, n, capacity - at);
    }

    /** For drivers: the rest of {@link #arrived(int, int)} for a row of buffers, {@code count} from {@code from} on. */
    public static void arrived(NetBuf[] bufs, int from, int count) {
        for (int i = from; i < from + count; i++) {
            bufs[i].tell();
        }
    }

    private void tell() {
        forget();
        if (followed) {
            pool.taken(this);
        }
    }

    /** For drivers: what the device found out about the frame that {@link #received} has just made the caller's. */
    public void found(long info) {
        noted = true;
        rxInfo = info;
    }

    /**
     * For drivers: whether the frame may be given to a device without further questions: owned, whole in this buffer, unshared, of that pool,
     * of a length in range, and without {@link #offload}.
     *
     * @param of the pool that it must be of
     * @param min shortest length in bytes, 0 or more
     * @param max longest length in bytes
     */
    public boolean isSendable(NetBufPool of, int min, int max) {
        return isBetween(state, min, max) && isPlain(of);
    }

    private static boolean isBetween(long s, int min, int max) {
        return s >= min && s <= max;
    }

    private boolean isPlain(NetBufPool of) {
        return pool == of && !special;
    }

    /**
     * For drivers: {@link #toDevice()}, if the frame {@link #isSendable}.
     *
     * @return its length; -1 if it is not sendable, and nothing is changed
     */
    public int toDevice(NetBufPool of, int min, int max) {
        if (!isSendable(of, min, max)) {
            return -1;
        }
        long s = state;
        state = ~s;
        return (int) s;
    }

    /** For drivers: marks the buffer as the device's. {@link #deviceLength} still tells its length. */
    public void toDevice() {
        state = ~state;
    }

    /** For drivers: the length of a buffer that {@link #toDevice} marked. */
    public int deviceLength() {
        return (int) ~state;
    }

    /** For drivers: undoes {@link #toDevice}. */
    public void fromDevice() {
        state = ~state;
    }

    /** For drivers: forgets the chain of a frame whose buffers were entered in a ring one by one, and what was to be done to it. */
    public void unlink() {
        next = null;
        offload = null;
        special = false;
    }

    /** For drivers: devices reach the buffer's memory. */
    public boolean hasIova() {
        return iova != NO_IOVA;
    }

    /** For drivers: the address under which the device reaches the packet's first byte, if {@link #hasIova}. */
    public long packetIova() {
        return iova + offset;
    }

    /** For drivers: the address under which the device reaches the buffer's first byte. */
    public long bufferIova() {
        return iova;
    }

    /** For drivers: the pool's memory, to write what a device wants in front of a packet at {@link #memoryOffset}. */
    public MemorySegment memory() {
        return memory;
    }

    /** For drivers: where the packet starts in {@link #memory}. */
    public long memoryOffset() {
        return base + offset;
    }

    /** {@code buffer 17 of default (owned, 60 bytes at 128, 1 reference)}. */
    @Override
    public String toString() {
        long s = (long) STATE.getOpaque(this);
        int n = references(s);
        String what = s >= 0 ? "owned, " + (int) s + " bytes at " + offset : s == FREE ? "free" : (int) ~s + " bytes, "
                + ((s & 1L << 62) == 0 ? "detached" : "with a device or free");
        return "buffer " + index + " of " + pool.name() + " (" + what + ", " + n + (n == 1 ? " reference)" : " references)");
    }

    /** The length, if the caller may change the view. */
    private int unshared() {
        long s = state;
        if (s >>> 32 != 0) {
            throw unchangeable(s);
        }
        return (int) s;
    }

    private DevException unchangeable(long s) {
        return s < 0 ? notOwned("changed") : new DevException(DevError.RESOURCE_BUSY,
                this + " is shared and cannot be changed: release the other references first");
    }

    private long at(int i, int width) {
        inside(i, width);
        return base + offset + i;
    }

    /** Long arithmetic: {@code width} may be the caller's, and int sums could wrap. */
    private void inside(int i, int width) {
        if (i < 0 || width < 0 || (long) i + width > (int) state) {
            throw outside(i, width);
        }
    }

    private RuntimeException outside(int i, int width) {
        int n = (int) state;
        return n < 0 ? notOwned("read or written") : new IndexOutOfBoundsException(
                width + " bytes at " + i + " are outside the packet of " + n + " bytes in " + this);
    }

    private DevException notOwned(String what) {
        return new DevException(DevError.BAD_STATE, this + " cannot be " + what + ": it was released or given away before");
    }

    private DevException invalid(String what, int value, int max) {
        return new DevException(DevError.INVALID_PARAM, what + " " + value + " is outside 0 to " + max + " in " + this);
    }
}
