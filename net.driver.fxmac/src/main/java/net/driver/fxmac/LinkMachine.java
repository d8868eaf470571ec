package net.driver.fxmac;

import net.api.DevError;
import net.api.DevException;
import net.api.LinkState;
import net.api.driver.FlowControl;
import net.api.driver.HandOver;
import net.hw.fxmac.ClockSelect;
import net.hw.fxmac.Fxmac;
import net.hw.fxmac.HighSpeed;
import net.hw.fxmac.NetworkConfig;
import net.hw.fxmac.NetworkControl;
import net.hw.fxmac.Pcs;
import net.hw.fxmac.PhyInterface;
import net.hw.fxmac.Usx;

/** Finds out how the link stands, from the PHY or the PCS, and sets the MAC up for it. The device manager's thread. */
final class LinkMachine {
    private final MacRegisters mac;
    private final Identity identity;
    private final FlowControl flow;
    private final PauseSender sender;
    /** Null if nothing on MDIO takes part: the PCS tells, or nobody. */
    private final PhyLink phy;

    private LinkMachine(Parts parts, PhyLink phy) {
        mac = parts.mac;
        identity = parts.identity;
        flow = parts.shape.pauses();
        sender = parts.pauses;
        this.phy = phy;
    }

    /**
     * Finds and starts what makes the link.
     *
     * @throws DevException UNSUPPORTED if there is no PHY where one is needed; IO if it does not answer as it should
     */
    static LinkMachine start(Parts parts) {
        PhyInterface between = parts.identity.phy();
        PhyLink phy = between.fixedSpeed() != 0 ? null : PhyLink.find(parts).orElse(null);
        if (phy != null) {
            phy.start(parts.limits.phyResetNanos());
        } else if (between.fixedSpeed() == 0 && !between.isPcs()) {
            throw new DevException(DevError.UNSUPPORTED, "%s: no PHY answers on MDIO, at none of the addresses 0 to 31, and %s has no other way to tell of its link"
                    .formatted(parts.name, between.mode()));
        }
        return new LinkMachine(parts, phy);
    }

    void save(HandOver.Writer to) {
        to.put("sendsPauses", sender.isAgreed() ? 1 : 0).put("phy", phy != null ? 1 : 0);
        if (phy != null) {
            phy.save(to);
        }
    }

    /** Of a link that was made; a PHY is not asked. */
    static LinkMachine restore(Parts parts, HandOver from) {
        parts.pauses.agreed(from.number("sendsPauses", 0, 1) == 1);
        return new LinkMachine(parts, from.number("phy", 0, 1) == 1 ? PhyLink.restore(parts, from) : null);
    }

    /** What makes the link, for the log. */
    String text() {
        if (phy != null) {
            return phy.text();
        }
        return identity.phy().isUsx() ? "64b/66b PCS" : identity.phy().isPcs() ? "PCS" : "a link that nothing tells of";
    }

    /** How the link stands. */
    LinkState look() {
        if (phy != null) {
            return phy.look();
        }
        int fixed = identity.phy().fixedSpeed();
        if (identity.phy().isUsx()) {
            return (mac.read(Fxmac.USXSR) & Usx.BLOCK_LOCK) != 0 ? new LinkState(true, fixed, true) : LinkState.DOWN;
        }
        if (!identity.phy().isPcs()) {
            return expected(); // XGMII has no signal for it, and what is behind is not on MDIO
        }
        if ((mac.read(Fxmac.PCSSR) & Pcs.LINK) == 0) {
            return LinkState.DOWN;
        }
        if (fixed != 0) {
            return new LinkState(true, fixed, true);
        }
        int partner = mac.read(Fxmac.PCSLPA);
        int speed = Pcs.speed(partner);
        return (partner & Pcs.PARTNER_LINK) == 0 || !identity.phy().carries(speed) ? LinkState.DOWN
                : new LinkState(true, speed, (partner & Pcs.PARTNER_FULL) != 0);
    }

    /** Whether the link was down since this was asked last, if only for a moment. */
    boolean brokeSince() {
        return phy != null && phy.brokeSince();
    }

    /** The link that the MAC is set up for before there is one: the fastest. */
    LinkState expected() {
        int fixed = identity.phy().fixedSpeed();
        return new LinkState(true, fixed != 0 ? fixed : identity.phy().carries(1000) ? 1000 : 100, true);
    }

    /**
     * Sets the MAC up for a link, with both directions off.
     *
     * @return the bits of NWCTRL that it needs while it works
     */
    int program(LinkState link) {
        int mbps = link.speedMbps();
        PhyInterface between = identity.phy();
        if (identity.phytium()) {
            for (ClockSelect.Write w : ClockSelect.of(between, mbps)) {
                mac.write(w.register(), w.value());
            }
            mac.write(Fxmac.HSMAC, HighSpeed.code(mbps));
        }
        Pauses pauses = !link.fullDuplex() ? Pauses.NONE : phy != null ? phy.pauses() : Pauses.of(flow);
        sender.agreed(pauses.sends());
        int bits = (mbps == 100 ? NetworkConfig.SPEED_100 : 0) | (mbps >= 1000 && mbps <= 2500 ? NetworkConfig.GIGABIT : 0)
                | (link.fullDuplex() ? NetworkConfig.FULL_DUPLEX : 0) | (pauses.obeys() ? NetworkConfig.PAUSE : 0)
                | (between.isPcs() || between.isUsx() ? NetworkConfig.PCS : 0) | (between.isPcs() ? NetworkConfig.SGMII : 0);
        mac.configure(NetworkConfig.SPEED_MASK | NetworkConfig.PAUSE | NetworkConfig.PCS | NetworkConfig.SGMII, bits);
        if (between == PhyInterface.SGMII) {
            mac.write(Fxmac.PCSCTRL, mac.read(Fxmac.PCSCTRL) | Pcs.AUTONEG);
        }
        if (between.isUsx() || between == PhyInterface.SGMII_2500 && identity.phytium()) {
            startUsx(mbps);
        }
        return between.isHighSpeed() ? NetworkControl.HIGH_SPEED : mbps == 2500 ? NetworkControl.SPEED_2500 : 0;
    }

    /**
     * Phytium's SerDes is behind it at 2.5 Gb/s too, with the other PCS. The receiver is reset with the new speed, then let go, then told that the SerDes has a
     * signal.
     */
    private void startUsx(int mbps) {
        int value = HighSpeed.code(mbps) << Usx.SPEED_SHIFT | (mbps == 10_000 ? Usx.SERDES_10G : 0) | Usx.TX;
        mac.write(Fxmac.USXCTRL, value | Usx.RX_RESET);
        mac.write(Fxmac.USXCTRL, value);
        mac.write(Fxmac.USXCTRL, value | Usx.SIGNAL_OK);
    }
}
