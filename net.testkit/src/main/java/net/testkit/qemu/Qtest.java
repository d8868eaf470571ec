package net.testkit.qemu;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * QEMU's qtest protocol: one line asks, one line answers. QEMU, docs/devel/testing/qtest.rst. Any thread; a command is a round trip of some ten microseconds.
 *
 * <p>After the connection broke every read gives all ones and every write does nothing, as on a bus without a device.
 */
final class Qtest implements AutoCloseable {
    private static final long ANSWER_NANOS = 5_000_000_000L;
    private static final String IRQ = "IRQ raise ";
    private static final byte[] DIGITS = "0123456789abcdef".getBytes(ISO_8859_1);

    private final UnixConnection connection;
    private final Consumer<String> lost;
    private final ReentrantLock lock = new ReentrantLock();
    private final ByteBuffer out = ByteBuffer.allocateDirect(256);
    private final ByteBuffer in = ByteBuffer.allocateDirect(4096).flip();
    private final StringBuilder line = new StringBuilder();
    /** How often each interrupt line that is reported went up. */
    private final AtomicLongArray raised = new AtomicLongArray(256);
    private volatile boolean broken;

    /** @param lost is told once why the connection broke; called by whichever thread found out, with the connection locked */
    Qtest(UnixConnection connection, Consumer<String> lost) {
        this.connection = connection;
        this.lost = lost;
    }

    /** Reads guest memory or a register; width 1, 2 or 4. */
    int read(long address, int width) {
        return (int) exchange(width == 1 ? "readb" : width == 2 ? "readw" : "readl", address, 0, false, width);
    }

    /** Writes guest memory or a register; width 1, 2 or 4. When it returns, QEMU's device model has acted on it. */
    void write(long address, int width, int value) {
        exchange(width == 1 ? "writeb" : width == 2 ? "writew" : "writel", address, mask(width) & value, true, width);
    }

    /** Writes four bytes to an I/O port. */
    void out32(int port, int value) {
        exchange("outl", port, value & 0xffff_ffffL, true, 4);
    }

    /** Until it returns, QEMU has handled nothing that was written to memory before. */
    void sync() {
        exchange("endianness", -1, 0, false, 0);
    }

    /** From now on QEMU reports the inputs of an interrupt controller, with the answers to whatever is asked: {@link #raised}. */
    void interceptInterrupts(String controller) {
        exchange("irq_intercept_in " + controller, -1, 0, false, 0);
    }

    /** How often that input went up, as far as QEMU has told. */
    long raised(int line) {
        return raised.get(line);
    }

    /** Runs an action of several commands that no other thread's command may come between. */
    void atomically(Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }

    /** Breaks the connection without telling anybody. */
    @Override
    public void close() {
        broken = true;
        connection.close();
    }

    private long exchange(String command, long address, long value, boolean hasValue, int width) {
        long ones = mask(width);
        if (broken) {
            return ones;
        }
        lock.lock();
        try {
            if (broken) {
                return ones;
            }
            out.clear();
            for (int i = 0; i < command.length(); i++) {
                out.put((byte) command.charAt(i));
            }
            if (address >= 0) {
                number(address);
            }
            if (hasValue) {
                number(value);
            }
            out.put((byte) '\n').flip();
            if (!connection.write(out, ANSWER_NANOS)) {
                fail(command + " was not taken within 5 s");
                return ones;
            }
            return answer(command, ones);
        } catch (IOException e) {
            fail(command + ": " + e.getMessage());
            return ones;
        } finally {
            lock.unlock();
        }
    }

    private long answer(String command, long ones) throws IOException {
        line.setLength(0);
        while (true) {
            if (!in.hasRemaining()) {
                in.clear();
                boolean some = connection.read(in, ANSWER_NANOS);
                in.flip();
                if (!some) {
                    fail(command + " was not answered within 5 s");
                    return ones;
                }
            }
            char c = (char) (in.get() & 0xff);
            if (c != '\n') {
                line.append(c);
                continue;
            }
            if (line.length() > IRQ.length() && line.indexOf("IRQ ") == 0) {
                if (line.indexOf(IRQ) == 0) {
                    raised.incrementAndGet(Integer.parseInt(line, IRQ.length(), line.length(), 10) & raised.length() - 1);
                }
                line.setLength(0);
                continue;
            }
            if (line.length() >= 2 && line.charAt(0) == 'O' && line.charAt(1) == 'K') {
                int hex = line.indexOf("0x");
                return hex < 0 ? 0 : Long.parseUnsignedLong(line, hex + 2, line.length(), 16) & ones;
            }
            fail(command + " was answered with '" + line + "'");
            return ones;
        }
    }

    private void fail(String reason) {
        if (!broken) {
            broken = true;
            connection.close();
            lost.accept(reason);
        }
    }

    private void number(long value) {
        out.put((byte) ' ').put((byte) '0').put((byte) 'x');
        for (int shift = 60 - Long.numberOfLeadingZeros(value | 1) / 4 * 4; shift >= 0; shift -= 4) {
            out.put(DIGITS[(int) (value >>> shift) & 15]);
        }
    }

    private static long mask(int width) {
        return width == 0 ? -1 : -1L >>> 64 - 8 * width;
    }
}
