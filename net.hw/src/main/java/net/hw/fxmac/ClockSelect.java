package net.hw.fxmac;

import static net.hw.fxmac.Fxmac.CLK250DIV;
import static net.hw.fxmac.Fxmac.DIVSEL0;
import static net.hw.fxmac.Fxmac.DIVSEL1;
import static net.hw.fxmac.Fxmac.MIIONRGMII;
import static net.hw.fxmac.Fxmac.MIISELECT;
import static net.hw.fxmac.Fxmac.PMAPOWER;
import static net.hw.fxmac.Fxmac.RGMIITXCLKSEL0;
import static net.hw.fxmac.Fxmac.RGMIITXCLKSEL1;
import static net.hw.fxmac.Fxmac.RXCLKSEL0;
import static net.hw.fxmac.Fxmac.RXCLKSEL1;
import static net.hw.fxmac.Fxmac.RXCLKSEL30;
import static net.hw.fxmac.Fxmac.RXCLKSEL40;
import static net.hw.fxmac.Fxmac.RXCLKSEL5;
import static net.hw.fxmac.Fxmac.SRCSEL;
import static net.hw.fxmac.Fxmac.TXCLKSEL0;
import static net.hw.fxmac.Fxmac.TXCLKSEL1;
import static net.hw.fxmac.Fxmac.TXCLKSEL2;
import static net.hw.fxmac.Fxmac.TXCLKSEL3;
import static net.hw.fxmac.Fxmac.TXCLKSEL30;
import static net.hw.fxmac.Fxmac.TXCLKSEL40;

import java.util.List;

/**
 * Clock and SerDes multiplexers of Phytium's MAC for each interface and speed, in the order in which they are written. Source: Phytium's drivers for
 * Linux and bare metal.
 */
public final class ClockSelect {
    /** A register, and what it gets. */
    public record Write(Fxmac register, int value) {
    }

    private ClockSelect() {
    }

    /**
     * The writes for a link.
     *
     * @param mbps a speed that the interface carries
     */
    public static List<Write> of(PhyInterface phy, int mbps) {
        return switch (phy) {
            case SGMII -> sgmii(mbps == 1000 ? 0 : 1);
            case SGMII_2500 -> List.of(w(SRCSEL, 0), w(DIVSEL0, 1), w(DIVSEL1, 2), w(PMAPOWER, 1), w(TXCLKSEL0, 0), w(TXCLKSEL1, 1), w(TXCLKSEL2, 1),
                    w(TXCLKSEL3, 1),
                    w(RXCLKSEL0, 1), w(RXCLKSEL1, 0), w(TXCLKSEL30, 0), w(TXCLKSEL40, 0), w(RXCLKSEL30, 0), w(RXCLKSEL40, 0));
            case RGMII -> List.of(w(MIISELECT, 1), w(MIIONRGMII, 0), w(TXCLKSEL0, 0), w(TXCLKSEL1, 1), w(TXCLKSEL2, 0), w(TXCLKSEL3, 0), w(RXCLKSEL0, 0),
                    w(RXCLKSEL1, 1),
                    w(CLK250DIV, mbps == 10 ? 1 : 0), w(RXCLKSEL5, 1), w(RGMIITXCLKSEL0, mbps == 1000 ? 1 : 0), w(RGMIITXCLKSEL1, 0));
            case RMII -> List.of(w(RXCLKSEL5, 1));
            case XGMII, USXGMII, BASE_R_10G -> List.of(w(SRCSEL, 1), w(DIVSEL0, 4), w(DIVSEL1, 1), w(PMAPOWER, 1));
            case BASE_R_5G -> List.of(w(SRCSEL, 1), w(DIVSEL0, 8), w(DIVSEL1, 2), w(PMAPOWER, 0));
        };
    }

    private static List<Write> sgmii(int slow) {
        return List.of(w(SRCSEL, 1), w(DIVSEL0, 4), w(DIVSEL1, 8), w(PMAPOWER, 1), w(TXCLKSEL0, 0), w(TXCLKSEL1, 0), w(TXCLKSEL2, slow), w(TXCLKSEL3, 1),
                w(RXCLKSEL0, 1),
                w(RXCLKSEL1, 0), w(TXCLKSEL30, slow), w(TXCLKSEL40, 0), w(RXCLKSEL30, 0), w(RXCLKSEL40, slow));
    }

    private static Write w(Fxmac register, int value) {
        return new Write(register, value);
    }
}
