package net.api;

/**
 * A snapshot of a card's link.
 *
 * @param up frames can pass
 * @param speedMbps in 10^6 bits a second; 0 if the link is down or the device does not tell
 * @param fullDuplex both directions at once; false while down
 */
public record LinkState(boolean up, int speedMbps, boolean fullDuplex) {
    /** No link. */
    public static final LinkState DOWN = new LinkState(false, 0, false);
    /** A link whose speed the device does not tell, as virtio-net without SPEED_DUPLEX. */
    public static final LinkState UP = new LinkState(true, 0, true);

    /** {@code down}, {@code up} or {@code up 10000 Mb/s full duplex}. */
    @Override
    public String toString() {
        if (!up) {
            return "down";
        }
        return speedMbps == 0 ? "up" : "up " + speedMbps + " Mb/s " + (fullDuplex ? "full" : "half") + " duplex";
    }
}
