package net.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;

/** Two connected UDP channels on loopback. */
final class UdpLoopback implements AutoCloseable {
    /** Ethernet, IPv4 and UDP headers, so that the frame would have the size asked for. */
    private static final int HEADERS = 14 + 20 + 8;

    private final DatagramChannel from = DatagramChannel.open();
    private final DatagramChannel to = DatagramChannel.open();
    private final ByteBuffer out;
    private final ByteBuffer in;

    UdpLoopback(int frame) throws IOException {
        out = ByteBuffer.allocateDirect(frame - HEADERS);
        in = ByteBuffer.allocateDirect(2048);
        to.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        from.connect(to.getLocalAddress());
        to.connect(from.getLocalAddress());
    }

    /** Nanoseconds a packet: send and receive of one datagram. */
    double window(long nanos) throws IOException {
        long packets = 0;
        long start = System.nanoTime();
        long now;
        do {
            for (int i = 0; i < 64; i++) {
                out.clear();
                from.write(out);
                in.clear();
                to.read(in);
            }
            packets += 64;
            now = System.nanoTime();
        } while (now - start < nanos);
        return (double) (now - start) / packets;
    }

    @Override
    public void close() throws IOException {
        from.close();
        to.close();
    }
}
