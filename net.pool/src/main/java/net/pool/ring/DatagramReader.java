package net.pool.ring;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import net.api.DevError;
import net.api.DevException;

/**
 * Reads datagrams from a non-blocking channel straight into the ring. It belongs to the producer's thread.
 *
 * <p>On a connected channel it uses {@code read}: nothing is allocated, and no sender is noted, for there is only one. On others it uses {@code receive}, and
 * notes sender and port: there the JDK makes an {@code InetSocketAddress}, about 200 bytes of garbage, whenever the sender is another one than that of the
 * datagram before; for datagrams from one sender in a row it returns the same object again, and nothing is allocated.
 *
 * <p>The time stamp is {@code System.nanoTime()} after the datagram was read. Empty datagrams are counted and not stored; on a connected channel they cannot be
 * told from "nothing there" and end the batch.
 */
public final class DatagramReader {
    private final DatagramChannel channel;
    private final PacketProducer producer;
    private final int maxDatagram;
    private final PacketReceiver<IOException> read = this::read;
    private final PacketReceiver<IOException> receive = this::receive;
    private boolean nothing;
    private long tooLong;
    private long empty;

    /**
     * @param channel non-blocking
     * @param buffer where to
     * @param maxDatagram bytes of the longest datagram to be stored, 1 to maxPacket - 1: the byte more shows which are longer, and those are counted and
     *        dropped
     * @throws DevException INVALID_PARAM if that is out of range
     */
    public DatagramReader(DatagramChannel channel, UnorderedBuffer buffer, int maxDatagram) {
        if (maxDatagram < 1 || maxDatagram >= buffer.spec().maxPacket()) {
            throw new DevException(DevError.INVALID_PARAM, "datagrams of at most " + maxDatagram + " bytes, not from 1 to one less than maxPacket, "
                    + buffer.spec().maxPacket());
        }
        this.channel = channel;
        this.producer = buffer.producer();
        this.maxDatagram = maxDatagram;
    }

    /**
     * Reads until the channel has no more, or the ring no room.
     *
     * @param max most datagrams to be taken from the channel, stored or not
     * @return how many were stored
     * @throws IOException of the channel, such as PortUnreachableException on a connected one; what was read before is stored, and the reader can go on
     * @throws DevException BAD_STATE if the channel is blocking, and as {@link PacketProducer#push}
     */
    public int read(int max) throws IOException {
        if (channel.isBlocking()) {
            throw new DevException(DevError.BAD_STATE, "the channel of a datagram reader is blocking: call configureBlocking(false)");
        }
        PacketReceiver<IOException> receiver = channel.isConnected() ? read : receive;
        int stored = 0;
        for (int taken = 0; taken < max; taken++) {
            nothing = false;
            int length = producer.push(maxDatagram + 1, receiver);
            if (length == PacketProducer.NO_ROOM || length == 0 && nothing) {
                break;
            }
            stored += length > 0 ? 1 : 0;
        }
        return stored;
    }

    /** Datagrams that were dropped because they were longer than {@code maxDatagram}. Producer's thread. */
    public long tooLong() {
        return tooLong;
    }

    /** Empty datagrams that were passed over. Producer's thread. */
    public long empty() {
        return empty;
    }

    private int read(PacketSlot slot) throws IOException {
        int length = channel.read(slot.buffer());
        nothing = length <= 0;
        return nothing ? 0 : stamp(slot, length);
    }

    private int receive(PacketSlot slot) throws IOException {
        ByteBuffer to = slot.buffer();
        SocketAddress sender = channel.receive(to);
        if (sender == null) {
            nothing = true;
            return 0;
        }
        int length = to.position() - slot.offset();
        if (length == 0) {
            empty++;
            return 0;
        }
        if (sender instanceof InetSocketAddress inet) {
            slot.sender(inet);
        }
        return stamp(slot, length);
    }

    private int stamp(PacketSlot slot, int length) {
        if (length > maxDatagram) {
            tooLong++;
            return 0;
        }
        slot.time(System.nanoTime());
        return length;
    }
}
