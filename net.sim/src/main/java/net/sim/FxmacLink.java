package net.sim;

import net.hw.fxmac.ClockSelect;
import net.hw.fxmac.Fxmac;
import net.hw.fxmac.HighSpeed;
import net.hw.fxmac.Mdio;
import net.hw.fxmac.NetworkConfig;
import net.hw.fxmac.NetworkControl;
import net.hw.fxmac.PhyInterface;
import net.hw.fxmac.Usx;

/** MDIO, the PHY or the PCS, and whether the MAC is set up for the link that they have. Under the engine's lock. */
final class FxmacLink {
    private final FxmacModel model;
    private final FxmacConfig settings;
    private final FxmacRegisterFile file;
    private final FxmacPhy phy;
    private boolean cable;

    FxmacLink(FxmacModel model, FxmacRegisterFile file) {
        this.model = model;
        this.file = file;
        settings = model.settings();
        phy = new FxmacPhy(settings.phy());
    }

    FxmacPhy phy() {
        return phy;
    }

    /** The cable is in, with power at both ends; or not. */
    void cable(boolean in) {
        cable = in;
        phy.cable(in);
    }

    int mdio() {
        int f = file.get(Fxmac.PHYMNTNC);
        boolean ours = Mdio.phy(f) == FxmacPhy.ADDRESS && file.has(Fxmac.NWCTRL, NetworkControl.MDIO);
        if ((f & Mdio.READ) == 0) {
            return f;
        }
        return f & 0xffff_0000 | (ours ? phy.read(Mdio.register(f)) : Mdio.NOBODY);
    }

    void mdioWrite(int f) {
        if ((f & Mdio.WRITE) != 0 && Mdio.phy(f) == FxmacPhy.ADDRESS && file.has(Fxmac.NWCTRL, NetworkControl.MDIO)) {
            phy.write(Mdio.register(f), Mdio.data(f), !model.has(FxmacFault.PHY_RESET_STICKS));
        }
    }

    boolean pcsLink() {
        return settings.between().isPcs() && cable && isPcsSetUp() && (settings.between() != PhyInterface.SGMII_2500 || isUsxStarted());
    }

    boolean usxLock() {
        return settings.between().isUsx() && cable && isUsxStarted();
    }

    private boolean isUsxStarted() {
        int usx = file.get(Fxmac.USXCTRL);
        int speed = settings.between().fixedSpeed();
        return (usx & (Usx.SIGNAL_OK | Usx.TX | Usx.RX_RESET)) == (Usx.SIGNAL_OK | Usx.TX) && (usx >>> Usx.SPEED_SHIFT & 7) == HighSpeed.code(speed)
                && (usx & Usx.SERDES_10G) != 0 == (speed == 10_000);
    }

    /** The PCS that the interface has is the one that is selected. */
    private boolean isPcsSetUp() {
        PhyInterface between = settings.between();
        return file.has(Fxmac.NWCFG, NetworkConfig.PCS) == (between.isPcs() || between.isUsx())
                && file.has(Fxmac.NWCFG, NetworkConfig.SGMII) == between.isPcs();
    }

    /** Mb/s of the link; 0 without one. */
    int speed() {
        PhyInterface between = settings.between();
        if (between.isUsx()) {
            return usxLock() ? between.fixedSpeed() : 0;
        }
        if (between.isHighSpeed()) {
            return between.fixedSpeed();
        }
        if (between.fixedSpeed() != 0 || settings.phy() == FxmacConfig.PhyKind.NONE) {
            return pcsLink() ? Math.max(1000, between.fixedSpeed()) : 0;
        }
        return phy.speed();
    }

    /** Frames pass: there is a link, and the MAC is set up for it. */
    boolean works() {
        return cable && speed() != 0 && isSetUp();
    }

    /** Registers that depend on the link are as it needs them. */
    private boolean isSetUp() {
        int mbps = speed();
        int config = file.get(Fxmac.NWCFG);
        boolean full = settings.between().isUsx() || settings.phy() == FxmacConfig.PhyKind.NONE || settings.between().fixedSpeed() != 0 || phy.fullDuplex();
        if (mbps == 0) {
            return true;
        }
        boolean speed = file.has(Fxmac.NWCTRL, NetworkControl.HIGH_SPEED) == settings.between().isHighSpeed()
                && file.has(Fxmac.NWCTRL, NetworkControl.SPEED_2500) == (mbps == 2500)
                && (settings.between().isHighSpeed() || (config & (NetworkConfig.SPEED_100 | NetworkConfig.GIGABIT))
                        == (mbps >= 1000 ? NetworkConfig.GIGABIT : mbps == 100 ? NetworkConfig.SPEED_100 : 0));
        return speed && isPcsSetUp() && (config & NetworkConfig.FULL_DUPLEX) != 0 == full && clocksFit(mbps);
    }

    private boolean clocksFit(int mbps) {
        if (!settings.phytium()) {
            return true;
        }
        for (ClockSelect.Write w : ClockSelect.of(settings.between(), mbps)) {
            if (file.get(w.register()) != w.value()) {
                return false;
            }
        }
        return file.get(Fxmac.HSMAC) == HighSpeed.code(mbps);
    }
}
