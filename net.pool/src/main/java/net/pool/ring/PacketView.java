package net.pool.ring;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Objects;
import net.api.DevError;
import net.api.DevException;

/** The oldest packet of a ring, to be read. One object a consumer, valid until the handler returns, or until remove or leave after a peek. */
public final class PacketView {
    private final MemorySegment memory;
    private final ByteBuffer buffer;
    private final Records records;
    private final int mask;
    private long record;
    private int offset;
    private int length = -1;

    PacketView(MemorySegment memory, Records records, int capacity) {
        this.memory = memory.asReadOnly();
        this.buffer = this.memory.asByteBuffer();
        this.records = records;
        this.mask = capacity - 1;
    }

    void open(long r) {
        record = r;
        offset = (int) records.position(r) & mask;
        length = records.length(r);
    }

    void close() {
        length = -1;
    }

    /** The ring's whole memory, read-only: the packet is {@link #length} bytes from {@link #offset}. */
    public MemorySegment memory() {
        return memory;
    }

    /** Where the packet begins in {@link #memory}, in bytes. */
    public int offset() {
        return offset;
    }

    /** Length of the packet in bytes, 1 or more; negative when the view is no longer valid. */
    public int length() {
        return length;
    }

    /** The packet as position to limit of a read-only buffer; always the same object. */
    public ByteBuffer buffer() {
        check(0, length);
        return buffer.limit(offset + length).position(offset);
    }

    /**
     * A byte of the packet.
     *
     * @param index 0 to length - 1
     * @throws DevException INVALID_PARAM beyond the packet; BAD_STATE if the view is no longer valid
     */
    public byte getByte(int index) {
        check(index, 1);
        return memory.get(ValueLayout.JAVA_BYTE, offset + index);
    }

    /**
     * Copies the packet.
     *
     * @param target where to
     * @param at where in the target, in bytes
     * @throws DevException INVALID_PARAM if it does not fit there; BAD_STATE if the view is no longer valid
     */
    public void copyTo(MemorySegment target, long at) {
        check(0, length);
        checkTarget(at, target.byteSize());
        MemorySegment.copy(memory, offset, target, at, length);
    }

    /** As {@link #copyTo(MemorySegment, long)}. */
    public void copyTo(byte[] target, int at) {
        check(0, length);
        checkTarget(at, target.length);
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, offset, target, at, length);
    }

    /** The time that was noted, 0 if none was. */
    public long time() {
        check(0, length);
        return records.time(record);
    }

    /** {@link PacketSlot#NONE}, {@link PacketSlot#IPV4} or {@link PacketSlot#IPV6}. */
    public int senderFamily() {
        check(0, length);
        return records.family(record);
    }

    /** The sender's port; 0 without sender. */
    public int senderPort() {
        check(0, length);
        return records.port(record);
    }

    /** Scope of a link-local IPv6 sender, else 0. */
    public int senderScope() {
        check(0, length);
        return records.scope(record);
    }

    /** The first eight bytes of an IPv6 sender's address, in network order; 0 else. */
    public long senderHigh() {
        return senderFamily() == PacketSlot.IPV6 ? records.addressHigh(record) : 0;
    }

    /** The last eight bytes of an IPv6 sender's address, or an IPv4 address in the low four; in network order; 0 without sender. */
    public long senderLow() {
        return senderFamily() == PacketSlot.NONE ? 0 : records.addressLow(record);
    }

    /** The sender as an object, made anew: not for every packet. Null without sender. */
    public InetSocketAddress sender() {
        int family = senderFamily();
        if (family == PacketSlot.NONE) {
            return null;
        }
        try {
            byte[] bytes = family == PacketSlot.IPV4
                    ? ByteBuffer.allocate(4).putInt((int) senderLow()).array()
                    : ByteBuffer.allocate(16).putLong(senderHigh()).putLong(senderLow()).array();
            InetAddress address = senderScope() == 0 ? InetAddress.getByAddress(bytes) : Inet6Address.getByAddress(null, bytes, senderScope());
            return new InetSocketAddress(address, senderPort());
        } catch (UnknownHostException e) {
            throw new AssertionError("an address has 4 or 16 bytes", e);
        }
    }

    private void check(int index, int n) {
        if (length < 0) {
            throw new DevException(DevError.BAD_STATE, "the packet was removed, or its view has ended: copy what is needed while it is valid");
        }
        if (index < 0 || n > length - index) {
            throw new DevException(DevError.INVALID_PARAM, "byte " + index + " of a packet of " + length);
        }
    }

    private void checkTarget(long at, long size) {
        try {
            Objects.checkFromIndexSize(at, length, size);
        } catch (IndexOutOfBoundsException e) {
            throw new DevException(DevError.INVALID_PARAM, "packet of " + length + " bytes to byte " + at + " of a target of " + size, e);
        }
    }
}
