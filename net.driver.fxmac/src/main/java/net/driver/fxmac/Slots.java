package net.driver.fxmac;

import net.api.DevError;
import net.api.DevException;
import net.api.NetBuf;

/** The buffers of a ring as a driver that takes over finds them. */
final class Slots {
    private Slots() {
    }

    /**
     * There is a buffer in each of so many slots from the first on, around the ring's end, and nowhere else.
     *
     * @throws DevException INVALID_PARAM if it is otherwise
     */
    static void check(String queue, NetBuf[] ring, int first, int count) {
        for (int i = 0; i < ring.length; i++) {
            if (ring[first + i & ring.length - 1] != null != i < count) {
                throw new DevException(DevError.INVALID_PARAM, "%s: slot %d %s, with %d from slot %d on in use".formatted(queue, first + i & ring.length - 1,
                        i < count ? "has no buffer" : "has a buffer", count, first));
            }
        }
    }
}
