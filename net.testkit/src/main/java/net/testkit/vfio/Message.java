package net.testkit.vfio;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.linux.sys.Descriptor;

/**
 * A message, as it came and, written over it, as it is answered. In the byte order of the machine. vfio-user protocol specification, "Header".
 *
 * <pre>
 *   0         2         4         8         12        16
 *   | id      | command | size    | flags   | errno   | payload ...
 * </pre>
 *
 * Offsets of its methods count from the start of the payload.
 */
final class Message {
    static final int HEADER = 16;
    static final int VERSION = 1;
    static final int DMA_MAP = 2;
    static final int DMA_UNMAP = 3;
    static final int DEVICE_GET_INFO = 4;
    static final int DEVICE_GET_REGION_INFO = 5;
    static final int DEVICE_GET_IRQ_INFO = 7;
    static final int DEVICE_SET_IRQS = 8;
    static final int REGION_READ = 9;
    static final int REGION_WRITE = 10;
    static final int DEVICE_RESET = 13;
    static final int REGION_WRITE_MULTI = 15;
    /** Most bytes that one read or write of a region has. */
    static final int MAX_DATA = 1 << 16;
    /** Most bytes of a payload: offset, region and count stand before the data. */
    static final int MAX_PAYLOAD = 16 + MAX_DATA;

    private static final int REPLY = 0x1;
    private static final int NO_REPLY = 0x10;
    private static final int ERROR = 0x20;
    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED;

    private final MemorySegment bytes;
    private int length;
    private List<Descriptor> descriptors = List.of();

    Message(Arena arena) {
        bytes = arena.allocate(HEADER + MAX_PAYLOAD, 8);
    }

    /** All of its memory: the header goes to the start. */
    MemorySegment bytes() {
        return bytes;
    }

    /**
     * A header has come: looks whether it can be one of a command.
     *
     * @return bytes of the payload that follow
     */
    int begin() throws RuleBroken {
        int size = bytes.get(U32, 4);
        int flags = bytes.get(U32, 8);
        if (size < HEADER || size > HEADER + MAX_PAYLOAD) {
            throw new RuleBroken("a message of %d bytes, command %d: %d to %d are possible", size & 0xffff_ffffL, command(), HEADER, HEADER + MAX_PAYLOAD);
        }
        if ((flags & ~NO_REPLY) != 0) {
            throw new RuleBroken("flags 0x%x of a message, command %d: only commands come here, with 0x%x or without", flags, command(), NO_REPLY);
        }
        length = size - HEADER;
        return length;
    }

    void setDescriptors(List<Descriptor> all) {
        descriptors = all;
    }

    /** What came with it; who takes one out closes it. */
    List<Descriptor> descriptors() {
        return descriptors;
    }

    int command() {
        return bytes.get(U16, 2) & 0xffff;
    }

    boolean wantsReply() {
        return (bytes.get(U32, 8) & NO_REPLY) == 0;
    }

    /** Bytes of its payload. */
    int length() {
        return length;
    }

    /** Its payload has this length, and, if it begins with {@code argsz}, that is no less. */
    void expect(int payload, boolean argsz) throws RuleBroken {
        if (length != payload) {
            throw new RuleBroken("command %d with %d bytes of payload: it has %d", command(), length, payload);
        }
        if (argsz && u32(0) < payload) {
            throw new RuleBroken("command %d with argsz %d: the structure has %d bytes", command(), u32(0), payload);
        }
    }

    /** Four bytes, unsigned. */
    long u32(int offset) {
        return i32(offset) & 0xffff_ffffL;
    }

    int i32(int offset) {
        return bytes.get(U32, HEADER + offset);
    }

    long u64(int offset) {
        return bytes.get(U64, HEADER + offset);
    }

    int u16(int offset) {
        return bytes.get(U16, HEADER + offset) & 0xffff;
    }

    int u8(int offset) {
        return bytes.get(ValueLayout.JAVA_BYTE, HEADER + offset) & 0xff;
    }

    /** The payload from an offset to its end, which has to be a zero, as text. */
    String text(int from) throws RuleBroken {
        if (from == length) {
            return "";
        }
        if (u8(length - 1) != 0) {
            throw new RuleBroken("the text of command %d does not end with a zero", command());
        }
        return bytes.getString(HEADER + from, StandardCharsets.UTF_8);
    }

    void set32(int offset, int value) {
        bytes.set(U32, HEADER + offset, value);
    }

    void set64(int offset, long value) {
        bytes.set(U64, HEADER + offset, value);
    }

    void set16(int offset, int value) {
        bytes.set(U16, HEADER + offset, (short) value);
    }

    void set8(int offset, int value) {
        bytes.set(ValueLayout.JAVA_BYTE, HEADER + offset, (byte) value);
    }

    /** Text and a zero; the number of bytes. */
    int setText(int offset, String text) {
        bytes.setString(HEADER + offset, text, StandardCharsets.UTF_8);
        return text.getBytes(StandardCharsets.UTF_8).length + 1;
    }

    /** The answer, whose payload is in place. */
    MemorySegment reply(int payload) {
        return answer(payload, REPLY, 0);
    }

    /** The answer that it could not be done. */
    MemorySegment error(int errno) {
        return answer(0, REPLY | ERROR, errno);
    }

    private MemorySegment answer(int payload, int flags, int errno) {
        bytes.set(U32, 4, HEADER + payload);
        bytes.set(U32, 8, flags);
        bytes.set(U32, 12, errno);
        return bytes.asSlice(0, HEADER + payload);
    }
}
