package net.sim;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import net.api.DevError;
import net.api.DevException;

/** A Java program at the end of a cable: it sends and receives frames as arrays of bytes. Any thread. */
public final class Endpoint implements AutoCloseable {
    /** Longest frame in bytes. */
    public static final int MAX_FRAME = 65_535;
    /** Shortest frame: an Ethernet header. */
    public static final int MIN_FRAME = 14;
    private static final int BURST = 64;

    private final Engine engine;
    private final Port port;
    private final ArrayBlockingQueue<byte[]> out;
    private final ArrayBlockingQueue<byte[]> in;
    // Arrays do not take part in the models' copies, which therefore see one kind of memory only. The engine's thread alone uses it.
    private final MemorySegment scratch = Arena.ofAuto().allocate(MAX_FRAME);
    private final SgList frame = new SgList();
    private final Engine.Task task = this::forward;
    private volatile boolean linkUp;

    Endpoint(Engine engine, String name, int capacity) {
        this.engine = engine;
        out = new ArrayBlockingQueue<>(capacity);
        in = new ArrayBlockingQueue<>(capacity);
        port = new Port(name, new Port.Receiver() {
            @Override
            public Verdict receive(SgList arrived) {
                return take(arrived);
            }

            @Override
            public void linkChanged(boolean up) {
                linkUp = up;
            }
        });
        port.setPowered(true);
        engine.add(task);
    }

    /** Where its cable goes in. */
    public Port port() {
        return port;
    }

    /** It sees a link. */
    public boolean linkUp() {
        return linkUp;
    }

    /**
     * Sends a copy of a frame, soon.
     *
     * @param bytes {@link #MIN_FRAME} to {@link #MAX_FRAME}, from the destination address on, without check sequence
     * @return false if as many frames as it has capacity for wait already; nothing is sent then
     * @throws DevException INVALID_PARAM for another length
     */
    public boolean send(byte[] bytes) {
        if (bytes.length < MIN_FRAME || bytes.length > MAX_FRAME) {
            throw new DevException(DevError.INVALID_PARAM, "a frame of %d bytes: %d to %d are possible".formatted(bytes.length, MIN_FRAME, MAX_FRAME));
        }
        boolean taken = out.offer(bytes.clone());
        engine.wake();
        return taken;
    }

    /** Frames that wait to be sent. */
    public int sending() {
        return out.size();
    }

    /**
     * The next frame that arrived.
     *
     * @param timeoutNanos longest wait in nanoseconds; 0 or less only looks
     * @return null if there is none
     */
    public byte[] receive(long timeoutNanos) throws InterruptedException {
        return in.poll(Math.max(0, timeoutNanos), TimeUnit.NANOSECONDS);
    }

    /** Frames that wait to be received. */
    public int received() {
        return in.size();
    }

    private boolean forward() {
        for (int i = 0; i < BURST; i++) {
            byte[] bytes = out.poll();
            if (bytes == null) {
                return false;
            }
            MemorySegment.copy(bytes, 0, scratch, ValueLayout.JAVA_BYTE, 0, bytes.length);
            frame.clear();
            frame.add(scratch, 0, bytes.length);
            port.send(frame);
        }
        return true;
    }

    private Verdict take(SgList arrived) {
        if (in.remainingCapacity() == 0) {
            return Verdict.NO_BUFFER;
        }
        byte[] bytes = new byte[(int) arrived.bytes()];
        arrived.copyTo(0, scratch, 0, bytes.length);
        MemorySegment.copy(scratch, ValueLayout.JAVA_BYTE, 0, bytes, 0, bytes.length);
        in.add(bytes);
        return Verdict.ACCEPTED;
    }

    /** Pulls its cable out. Frames that have arrived can still be received. */
    @Override
    public void close() {
        Cable c = port.cable();
        if (c != null) {
            c.disconnect();
        }
        engine.remove(task);
    }
}
