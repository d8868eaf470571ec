package net.driver.fxmac;

import net.api.DevError;
import net.api.DevException;
import net.api.driver.FlowControl;
import net.api.driver.HandOver;
import net.hw.fxmac.DmaConfig;

/**
 * How a card is set up: what does not change while it is attached, whoever drives it.
 *
 * @param rxRing descriptors of each receive ring, a power of two
 * @param txRing likewise
 * @param vectors interrupts: one for each receive queue, or none
 * @param room bytes of a buffer that the device fills, a multiple of 64
 * @param longest bytes of the longest frame that it takes, with its check sequence
 * @param jumbo it can be told how long frames may be
 * @param rxChecksums it compares checksums
 * @param txChecksums it fills in checksums
 * @param tailPointers it is told how far it may look into a transmit ring
 * @param pauses which pause frames the user wants
 */
record Shape(int rxQueues, int rxRing, int txQueues, int txRing, int vectors, int room, int longest, boolean jumbo, boolean rxChecksums, boolean txChecksums,
        boolean tailPointers, FlowControl pauses) {
    static final int MIN_RING = 16;
    static final int MAX_RING = 4096;

    /** The smallest ring must hold the longest frame. */
    static int longest(boolean jumbo, int room) {
        return Math.min(jumbo ? FrameLimits.JUMBO : FrameLimits.PLAIN, MIN_RING * room);
    }

    void save(HandOver.Writer to) {
        to.put("rxQueues", rxQueues).put("rxRing", rxRing).put("txQueues", txQueues).put("txRing", txRing).put("vectors", vectors).put("room", room)
                .put("jumbo", jumbo ? 1 : 0).put("rxChecksums", rxChecksums ? 1 : 0).put("txChecksums", txChecksums ? 1 : 0)
                .put("tailPointers", tailPointers ? 1 : 0).put("pauses", pauses.ordinal());
    }

    /**
     * @param dataRoom of the pool's buffers, in bytes
     * @throws DevException INVALID_PARAM if the numbers are none that this device could be set up with
     */
    static Shape restore(HandOver from, Identity identity, int dataRoom) {
        int rxQueues = from.number("rxQueues", 1, identity.rxQueues());
        int vectors = from.number("vectors", 0, rxQueues);
        int room = from.number("room", DmaConfig.SIZE_UNIT, Math.min(dataRoom, DmaConfig.MAX_SIZE_UNITS * DmaConfig.SIZE_UNIT));
        if (vectors != 0 && vectors != rxQueues || room % DmaConfig.SIZE_UNIT != 0) {
            throw new DevException(DevError.INVALID_PARAM, "%s: %d interrupts for %d receive queues, buffers of %d bytes".formatted(from, vectors, rxQueues, room));
        }
        boolean jumbo = from.number("jumbo", 0, 1) == 1;
        return new Shape(rxQueues, ring(from, "rxRing"), from.number("txQueues", 1, identity.queues()), ring(from, "txRing"), vectors, room, longest(jumbo, room),
                jumbo, from.number("rxChecksums", 0, 1) == 1, from.number("txChecksums", 0, 1) == 1, from.number("tailPointers", 0, 1) == 1,
                FlowControl.values()[from.number("pauses", 0, FlowControl.values().length - 1)]);
    }

    private static int ring(HandOver from, String name) {
        int size = from.number(name, MIN_RING, MAX_RING);
        if (Integer.bitCount(size) != 1) {
            throw new DevException(DevError.INVALID_PARAM, "%s: '%s' is %d, no power of two".formatted(from, name, size));
        }
        return size;
    }
}
