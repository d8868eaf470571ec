package net.bench.forward;

/** A card that looks at its rings, on the cards' thread. */
interface PolledCard {
    /** Does what registers outside of the packet path ask for, such as a reset, and follows rings that are switched on and off. */
    void control();

    /** One look at every ring: fills receive rings, takes from transmit rings. */
    void poll();

    /** One look at the transmit rings: what was sent leaves also when nothing is measured. */
    void drain();

    /** What was done since the last call; begins at 0 again. */
    Tally tally();

    /**
     * What a card did.
     *
     * @param received frames put into receive rings
     * @param sent frames taken from transmit rings
     * @param looks at receive rings
     * @param free descriptors that these looks found free, together
     */
    record Tally(long received, long sent, long looks, long free) {
        Tally plus(Tally o) {
            return new Tally(received + o.received, sent + o.sent, looks + o.looks, free + o.free);
        }
    }
}
