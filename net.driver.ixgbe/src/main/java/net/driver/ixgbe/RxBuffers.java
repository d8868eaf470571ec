package net.driver.ixgbe;

import net.api.DevError;
import net.api.DevException;
import net.api.NetBufPool;
import net.api.NetDriverOps;
import net.api.driver.HandOver;
import net.hw.ixgbe.ReceiveBits.Srrctl;

/**
 * How the buffers of a pool are used for receiving. The device knows packet buffers of 1 to 16 KiB only (8.2.3.8.7); those of a pool may have any size.
 *
 * <p>Where the longest frame fits in a buffer, but not in its whole KiB, the device is told the next larger size: it drops what is longer than the MTU allows
 * (8.2.3.22.13), so it writes no more than there is, and the MTU cannot be raised beyond that. Else it is told the next smaller size, and longer frames are
 * scattered over several buffers.
 *
 * @param packetAt where a packet begins in its buffer; even, because bit 0 of a descriptor's address is something else
 * @param room bytes of a buffer that a frame can be in
 * @param written bytes that the device is told, a multiple of 1024
 * @param longest most buffers of a frame
 * @param maxMtu largest MTU in bytes
 */
record RxBuffers(int packetAt, int room, int written, int longest, int maxMtu) {
    /** Longest frame of the device, with CRC: 15.5 KiB. 1.3. */
    static final int MAX_FRAME = 15_872;
    private static final int CRC = 4;
    private static final int UNIT = Srrctl.BSIZEPACKET_UNIT;
    private static final int MAX_WRITTEN = 16 * UNIT;

    /** @param mtu the one to begin with */
    static RxBuffers of(NetBufPool pool, int mtu) {
        int packetAt = pool.headroom() + 1 & -2;
        int room = pool.headroom() + pool.dataRoom() - packetAt;
        int units = Math.min(room & -UNIT, MAX_WRITTEN);
        int frame = mtu + NetDriverOps.FRAME_OVERHEAD;
        if (frame > units && frame <= room) {
            return new RxBuffers(packetAt, room, units + UNIT, 1, room - NetDriverOps.FRAME_OVERHEAD);
        }
        return new RxBuffers(packetAt, units, units, longest(units), MAX_FRAME - NetDriverOps.FRAME_OVERHEAD - CRC);
    }

    /** Buffers of the longest frame, with so many bytes in each. */
    private static int longest(int bytes) {
        return (MAX_FRAME + bytes - 1) / bytes;
    }

    void save(HandOver.Writer to) {
        to.put("buffers.packetAt", packetAt).put("buffers.room", room).put("buffers.written", written).put("buffers.longest", longest)
                .put("buffers.maxMtu", maxMtu);
    }

    /**
     * As another version of the driver uses them.
     *
     * @throws DevException INVALID_PARAM if a buffer of the pool is not so large
     */
    static RxBuffers of(NetBufPool pool, HandOver from) {
        int size = pool.headroom() + pool.dataRoom();
        int packetAt = from.number("buffers.packetAt", 0, size - UNIT);
        int room = from.number("buffers.room", UNIT, size - packetAt);
        int written = from.number("buffers.written", UNIT, MAX_WRITTEN);
        int longest = from.number("buffers.longest", 1, longest(written));
        // What is written beyond the room is what no frame of that MTU reaches.
        int most = longest > 1 ? MAX_FRAME - CRC : room;
        int maxMtu = from.number("buffers.maxMtu", Parts.MIN_MTU, most - NetDriverOps.FRAME_OVERHEAD);
        if ((packetAt & 1) != 0 || written % UNIT != 0 || longest > 1 && (written > room || longest < longest(written))) {
            throw new DevException(DevError.INVALID_PARAM, "%s: the device cannot have been told to write %d bytes at %d of %d, up to %d for a frame"
                    .formatted(from, written, packetAt, size, longest));
        }
        return new RxBuffers(packetAt, room, written, longest, maxMtu);
    }
}
