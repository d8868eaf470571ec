package net.hw.fxmac;

import java.util.Arrays;
import java.util.Optional;

/** What is between the MAC and its PHY: {@code phy-mode} of the device tree (ethernet-controller.yaml). */
public enum PhyInterface {
    SGMII("sgmii", 10, 100, 1000),
    SGMII_2500("2500base-x", 2500),
    RGMII("rgmii", 10, 100, 1000),
    RMII("rmii", 10, 100),
    XGMII("xgmii", 10_000),
    USXGMII("usxgmii", 10_000),
    BASE_R_10G("10gbase-r", 10_000),
    BASE_R_5G("5gbase-r", 5000);

    private final String mode;
    private final int[] speeds;

    PhyInterface(String mode, int... speeds) {
        this.mode = mode;
        this.speeds = speeds;
    }

    /** As the device tree writes it. */
    public String mode() {
        return mode;
    }

    /** The interface of a {@code phy-mode}; those of RGMII differ only in delays that the PHY makes. Empty if the MAC does not have it. */
    public static Optional<PhyInterface> of(String phyMode) {
        return switch (phyMode) {
            case "rgmii-id", "rgmii-rxid", "rgmii-txid" -> Optional.of(RGMII);
            default -> Arrays.stream(values()).filter(i -> i.mode.equals(phyMode)).findFirst();
        };
    }

    /** Can carry this speed, in Mb/s. */
    public boolean carries(int mbps) {
        return Arrays.stream(speeds).anyMatch(s -> s == mbps);
    }

    /** The only speed, in Mb/s; 0 if the PHY negotiates one. */
    public int fixedSpeed() {
        return speeds.length == 1 ? speeds[0] : 0;
    }

    /** The 64b/66b PCS with {@link Fxmac#USXCTRL} is in use, and tells of the link; else a PHY on MDIO does. */
    public boolean isUsx() {
        return this == USXGMII || this == BASE_R_10G || this == BASE_R_5G;
    }

    /** The high-speed MAC is in use: with the 64b/66b PCS, or without any. */
    public boolean isHighSpeed() {
        return isUsx() || this == XGMII;
    }

    /** The 8b/10b PCS is in use. */
    public boolean isPcs() {
        return this == SGMII || this == SGMII_2500;
    }
}
