package net.pool.ring;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import net.api.DevError;
import net.api.DevException;

/**
 * A reserved place for one packet, and what is to be noted about it. One object a producer, valid from {@link PacketProducer#reserve} to commit or abort, or
 * for as long as a {@link PacketReceiver} runs; it begins without sender and with time 0 each time.
 */
public final class PacketSlot {
    /** {@link #family} of a packet without sender. */
    public static final int NONE = 0;
    /** {@link #family} of a sender with an IPv4 address. */
    public static final int IPV4 = 4;
    /** {@link #family} of a sender with an IPv6 address. */
    public static final int IPV6 = 6;

    int family;
    int port;
    int scope;
    long addressHigh;
    long addressLow;
    long time;
    private final MemorySegment memory;
    private final ByteBuffer buffer;
    private int offset;
    private int room;
    private InetSocketAddress known;
    private int knownFamily;
    private int knownScope;
    private long knownHigh;
    private long knownLow;

    PacketSlot(MemorySegment memory) {
        this.memory = memory;
        this.buffer = memory.asByteBuffer().order(ByteOrder.BIG_ENDIAN);
    }

    void open(int at, int size) {
        offset = at;
        room = size;
        family = NONE;
        port = 0;
        scope = 0;
        time = 0;
    }

    void close() {
        room = 0;
    }

    /** The ring's whole memory: write nowhere but from {@link #offset}, at most {@link #room} bytes. */
    public MemorySegment memory() {
        return memory;
    }

    /** Where the place begins in {@link #memory}, in bytes. */
    public int offset() {
        return offset;
    }

    /** Size of the place in bytes. */
    public int room() {
        return room;
    }

    /** The place as position to limit of a buffer, for channels; always the same object, big-endian. */
    public ByteBuffer buffer() {
        return buffer.limit(offset + room).position(offset);
    }

    /**
     * Copies bytes to the beginning of the place.
     *
     * @throws DevException INVALID_PARAM if they are more than {@link #room}, or not there
     */
    public void copyFrom(MemorySegment source, long from, int length) {
        checkRoom(length, from, source.byteSize());
        MemorySegment.copy(source, from, memory, offset, length);
    }

    /** As {@link #copyFrom(MemorySegment, long, int)}. */
    public void copyFrom(byte[] source, int from, int length) {
        checkRoom(length, from, source.length);
        MemorySegment.copy(source, from, memory, ValueLayout.JAVA_BYTE, offset, length);
    }

    /** Notes when the packet came, in nanoseconds of whatever clock the application uses. */
    public void time(long nanos) {
        time = nanos;
    }

    /**
     * Notes an IPv4 sender.
     *
     * @param address in network order: 127.0.0.1 is 0x7f000001
     * @param senderPort 0 to 65 535
     */
    public void sender(int address, int senderPort) {
        sender(IPV4, 0, address & 0xffff_ffffL, 0, senderPort);
    }

    /**
     * Notes an IPv6 sender.
     *
     * @param high the first eight bytes of the address in network order
     * @param low the last eight
     * @param scopeId of a link-local address, else 0
     * @param senderPort 0 to 65 535
     */
    public void sender(long high, long low, int scopeId, int senderPort) {
        sender(IPV6, high, low, scopeId, senderPort);
    }

    /** Notes the sender; if it is the object that was noted last, its bytes are not asked for again, since that makes a copy. */
    public void sender(InetSocketAddress sender) {
        if (sender != known) {
            know(sender);
        }
        sender(knownFamily, knownHigh, knownLow, knownScope, sender.getPort());
    }

    private void know(InetSocketAddress sender) {
        InetAddress address = sender.getAddress();
        if (address == null) {
            throw new DevException(DevError.INVALID_PARAM, "sender " + sender + " has a name but no address");
        }
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        knownFamily = bytes.remaining() == 4 ? IPV4 : IPV6;
        knownHigh = knownFamily == IPV4 ? 0 : bytes.getLong();
        knownLow = knownFamily == IPV4 ? bytes.getInt() & 0xffff_ffffL : bytes.getLong();
        knownScope = address instanceof Inet6Address six ? six.getScopeId() : 0;
        known = sender;
    }

    private void sender(int fam, long high, long low, int scopeId, int senderPort) {
        if (senderPort < 0 || senderPort > 0xffff) {
            throw new DevException(DevError.INVALID_PARAM, "port " + senderPort + " is not from 0 to 65535");
        }
        family = fam;
        addressHigh = high;
        addressLow = low;
        scope = scopeId;
        port = senderPort;
    }

    private void checkRoom(int length, long from, long size) {
        if (length < 0 || length > room) {
            throw new DevException(DevError.INVALID_PARAM, length + " bytes for a place of " + room);
        }
        try {
            Objects.checkFromIndexSize(from, length, size);
        } catch (IndexOutOfBoundsException e) {
            throw new DevException(DevError.INVALID_PARAM, length + " bytes from " + from + " of " + size + " bytes", e);
        }
    }
}
