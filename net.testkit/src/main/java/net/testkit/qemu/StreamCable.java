package net.testkit.qemu;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import net.testkit.CableEnd;

/** The far end of {@code -netdev stream}: each frame has its length in front of it, four bytes, big-endian. */
final class StreamCable implements CableEnd {
    private static final int LONGEST = 128 << 10;

    private final UnixConnection connection;
    private final ByteBuffer in = ByteBuffer.allocateDirect(LONGEST).flip();
    private final ByteBuffer out = ByteBuffer.allocateDirect(LONGEST);
    private final ReentrantLock sending = new ReentrantLock();
    private final ReentrantLock receiving = new ReentrantLock();

    StreamCable(UnixConnection connection) {
        this.connection = connection;
    }

    @Override
    public boolean send(byte[] frame, long timeoutNanos) {
        sending.lock();
        try {
            out.clear();
            out.putInt(frame.length).put(frame).flip();
            return connection.write(out, timeoutNanos);
        } catch (IOException e) {
            return false;
        } finally {
            sending.unlock();
        }
    }

    @Override
    public Optional<byte[]> receive(long timeoutNanos) {
        long deadline = System.nanoTime() + timeoutNanos;
        receiving.lock();
        try {
            while (true) {
                if (in.remaining() >= Integer.BYTES) {
                    int length = in.getInt(in.position());
                    if (length < 0 || length > LONGEST - Integer.BYTES) {
                        throw new IOException("QEMU sent a frame of " + length + " bytes");
                    }
                    if (in.remaining() >= Integer.BYTES + length) {
                        byte[] frame = new byte[length];
                        in.getInt();
                        in.get(frame);
                        return Optional.of(frame);
                    }
                }
                in.compact();
                boolean some;
                try {
                    some = connection.read(in, deadline - System.nanoTime());
                } finally {
                    in.flip();
                }
                if (!some) {
                    return Optional.empty();
                }
            }
        } catch (IOException e) {
            return Optional.empty();
        } finally {
            receiving.unlock();
        }
    }

    @Override
    public void close() {
        connection.close();
    }
}
