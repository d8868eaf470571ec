package net.driver.fxmac;

import net.api.driver.FlowControl;
import net.hw.fxmac.Phy;

/**
 * Pause frames of a link: what both ends agreed on, as far as the user wants it.
 *
 * @param obeys transmission waits when the partner says so
 * @param sends the partner is told to wait while receive rings run full
 */
record Pauses(boolean obeys, boolean sends) {
    static final Pauses NONE = new Pauses(false, false);
    private static final int BITS = Phy.PAUSE | Phy.ASYMMETRIC;

    /** What the user wants, where nobody negotiates. */
    static Pauses of(FlowControl wanted) {
        return new Pauses(wanted.obeys(), wanted.sends());
    }

    /** What is offered to the partner, in place of what was offered: IEEE 802.3, table 28B-2. */
    static int offer(FlowControl wanted, int before) {
        return before & ~BITS | switch (wanted) {
            case NONE -> 0;
            case RX -> Phy.PAUSE | Phy.ASYMMETRIC;
            case TX -> Phy.ASYMMETRIC;
            case FULL -> Phy.PAUSE;
        };
    }

    /** What comes of it: IEEE 802.3, table 28B-3. */
    static Pauses resolve(FlowControl wanted, int ours, int partners) {
        int both = ours & partners;
        boolean symmetric = (both & Phy.PAUSE) != 0;
        boolean oneWay = !symmetric && (both & Phy.ASYMMETRIC) != 0;
        return new Pauses(wanted.obeys() && (symmetric || oneWay && (ours & Phy.PAUSE) != 0),
                wanted.sends() && (symmetric || oneWay && (partners & Phy.PAUSE) != 0));
    }
}
