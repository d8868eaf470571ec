package net.sim;

import net.hw.ixgbe.ControlBits.Esdp;
import net.hw.ixgbe.ControlBits.Status;
import net.hw.ixgbe.InterruptBits.Cause;
import net.hw.ixgbe.InterruptBits.Gpie;
import net.hw.ixgbe.LinkBits.Anlp1;
import net.hw.ixgbe.LinkBits.Autoc;
import net.hw.ixgbe.LinkBits.Autoc2;
import net.hw.ixgbe.LinkBits.Links;
import net.hw.ixgbe.Model.Media;
import net.hw.ixgbe.Reg;

/**
 * The link of an 82599: AUTOC and what follows from it in LINKS, ANLP1 and STATUS, the module in the cage, and the interrupts of both. 3.7.4, 8.2.3.22. The
 * link is up when the cable is, a module is there, and AUTOC says what the other end can do: here, everything. Under the engine's lock.
 */
final class IxgbeLink {
    private static final int AN_COMPLETE_STATE = 9 << 16;
    private static final int AN_STARTED_STATE = 1 << 16;
    /** LINKS: 10 GbE serial signal, lanes and PCS in order; 1 GbE likewise. 8.2.3.22.20. */
    private static final int ORDER_10G = 0x0102_1011;
    private static final int ORDER_1G = 0x0024_0001;

    private final IxgbeModel device;
    private final IxgbeRegisterFile file;
    private final Media media;
    private final I2cSlave i2c;
    private boolean cable;
    private boolean up;
    private boolean wentDown;
    private boolean restarted;

    IxgbeLink(IxgbeModel device, IxgbeRegisterFile file, Media media, SfpModule module) {
        this.device = device;
        this.file = file;
        this.media = media;
        i2c = new I2cSlave(module);
    }

    /** AUTOC and AUTOC2 come from the EEPROM: 10 GbE serial with SFI for a cage, backplane negotiation without. 6.3.5. */
    void reset() {
        if (media == Media.SFP || media == Media.QSFP) {
            file.set(Reg.AUTOC, 0xc09c_0004 | Autoc.LMS_10G_SERIAL | Autoc.PMA_1G);
            file.set(Reg.AUTOC2, Autoc2.PMA_SFI);
        } else if (media == Media.CX4 || media == Media.COPPER) {
            file.set(Reg.AUTOC, 0xc09c_0004 | Autoc.LMS_10G_PARALLEL);
        }
        wentDown = !up;
        restarted = false;
        update();
    }

    void cable(boolean connected) {
        cable = connected;
        update();
    }

    /** Frames can pass. */
    boolean up() {
        return up;
    }

    void writeAutoc(int value) {
        file.set(Reg.AUTOC, value & ~Autoc.RESTART_AN);
        restarted |= (value & Autoc.RESTART_AN) != 0;
        if ((value & Autoc.RESTART_AN) != 0 && up) {
            // Applied: the link goes and comes back. LINKS keeps the low for a read. 8.2.3.22.19.
            wentDown = true;
        }
        update();
    }

    /** Something that the link depends on has changed. */
    void update() {
        boolean wasUp = up;
        up = device.powered() && (cable || (file.get(Reg.AUTOC) & Autoc.FLU) != 0 || device.looped()) && (media != Media.SFP || i2c.module() != SfpModule.NONE);
        wentDown |= !up;
        if (up != wasUp) {
            device.interrupts().cause(Cause.LSC);
            device.linkChanged();
        }
    }

    private boolean negotiates() {
        int lms = file.get(Reg.AUTOC) & Autoc.LMS;
        return Integer.compareUnsigned(lms, Autoc.LMS_KX4_KX_KR) >= 0 && lms != Autoc.LMS_SGMII;
    }

    private boolean gigabit() {
        int lms = file.get(Reg.AUTOC) & Autoc.LMS;
        return lms == Autoc.LMS_1G || lms == Autoc.LMS_1G_AN || lms == Autoc.LMS_SGMII;
    }

    int readLinks() {
        int value = 0;
        if (up) {
            value = Links.LINK_UP | (gigabit() ? Links.SPEED_1G | ORDER_1G : Links.SPEED_10G | ORDER_10G);
            value |= negotiates() ? Links.KX_AN_COMP : 0;
            // The low that was kept is read once. 8.2.3.22.20.
            value |= wentDown ? 0 : Links.LINK_STATUS;
            wentDown = false;
        }
        return value;
    }

    int readStatus() {
        return file.get(Reg.STATUS) & ~Status.LINK_UP | (up ? Status.LINK_UP : 0);
    }

    int readAnlp1() {
        // A restart takes the state machine out of its first state whatever the mode: drivers that change the mode wait for that.
        return up && negotiates() ? AN_COMPLETE_STATE | Anlp1.SYM_PAUSE | Anlp1.ASM_PAUSE : restarted ? AN_STARTED_STATE : 0;
    }

    // ---- the module: 3.5, 8.2.3.1 ----

    int readI2c() {
        int out = file.get(Reg.I2CCTL);
        return out & 0xa | (out >>> 1 & 1) | (i2c.data() ? 1 << 2 : 0);
    }

    void writeI2c(int value) {
        file.write(Reg.I2CCTL, 0, value);
        i2c.drive((value & 1 << 1) != 0, (value & 1 << 3) != 0);
    }

    /** Pins that are inputs show what is wired to them: SDP2 that a module is there. */
    int readEsdp() {
        int value = file.get(Reg.ESDP);
        boolean input = (value & Esdp.SDP2 << Esdp.DIRECTION_SHIFT) == 0;
        boolean present = media == Media.SFP && i2c.module() != SfpModule.NONE;
        return input ? value & ~Esdp.SDP2 | (present ? Esdp.SDP2 : 0) : value;
    }

    void setModule(SfpModule module) {
        boolean was = i2c.module() != SfpModule.NONE;
        i2c.setModule(module);
        if (media == Media.SFP && was != (module != SfpModule.NONE) && file.has(Reg.GPIE, Gpie.SDP0_GPIEN << 2)) {
            device.interrupts().cause(Cause.SDP2);
        }
        update();
    }
}
