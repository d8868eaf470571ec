package net.driver.ixgbe;

import net.api.DevError;
import net.api.DevException;
import net.api.LinkState;
import net.api.driver.FlowControl;
import net.hw.ixgbe.ControlBits;
import net.hw.ixgbe.ControlBits.Esdp;
import net.hw.ixgbe.ControlBits.Status;
import net.hw.ixgbe.ControlBits.SwFwSync;
import net.hw.ixgbe.LinkBits.Autoc;
import net.hw.ixgbe.LinkBits.Autoc2;
import net.hw.ixgbe.LinkBits.Links;
import net.hw.ixgbe.Model;
import net.hw.ixgbe.Reg;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The port: how it is made ready for what is connected, and what it says. Nobody waits for a link; it comes when the far end is there. The EEPROM's settings of
 * AUTOC stay, but for what the module in the cage asks for: 3.7, 4.6.4.
 */
final class Link {
    private static final Logger LOG = LoggerFactory.getLogger(Link.class);
    private static final int END_OF_LIST = 0xffff;
    /** Most entries of the list of modules, and most words of a module's set-up. */
    private static final int MAX_ENTRIES = 256;
    /** The firmware does not want the link to be changed: MMNGC bit 0. */
    private static final int VETO = 1;

    private final Registers regs;
    private final Limits limits;
    private final Model model;

    Link(Registers regs, Limits limits, Model model) {
        this.regs = regs;
        this.limits = limits;
        this.model = model;
    }

    /** The firmware uses the link, and forbids resetting it: 8.2.3.22.30. */
    static boolean isVetoed(Registers regs) {
        return (regs.read(Reg.MMNGC) & VETO) != 0;
    }

    /** Starts the link, after a reset. */
    void start(FlowControl flow) {
        if (isVetoed(regs)) {
            return;
        }
        switch (model.media()) {
            case SFP -> startSfp(flow);
            case COPPER -> {
                Mdio phy = new Mdio(regs, limits);
                phy.write(Mdio.AN, Mdio.CONTROL, phy.read(Mdio.AN, Mdio.CONTROL) | Mdio.AN_RESTART);
                restart(regs.read(Reg.AUTOC), flow);
            }
            case BACKPLANE, CX4, QSFP -> restart(regs.read(Reg.AUTOC), flow);
        }
    }

    /** Takes settings over, and negotiates again; pause abilities are told where the far end is told anything: 3.7.4.2. */
    private void restart(int autoc, FlowControl flow) {
        int pause = switch (flow) {
            case NONE -> 0;
            case TX -> Autoc.ASM_PAUSE;
            case RX, FULL -> Autoc.SYM_PAUSE | Autoc.ASM_PAUSE;
        };
        try (Semaphore mac = new Semaphore(regs, limits, SwFwSync.MAC_CSR)) {
            regs.write(Reg.AUTOC, autoc & ~Autoc.PAUSE | pause | Autoc.RESTART_AN);
            regs.flush();
        }
    }

    private void startSfp(FlowControl flow) {
        SfpModule module = module();
        if (module == null) {
            // The cage is empty; the EEPROM's settings are as good as any.
            restart(regs.read(Reg.AUTOC), flow);
            return;
        }
        if (module.kind() == null) {
            throw new DevException(DevError.UNSUPPORTED, regs.device() + ": the module in its cage is none that the 82599 works with (" + module.text()
                    + "): use SFP+ SR, LR or a direct attached cable");
        }
        load(module.kind());
        boolean fast = module.kind().speed() == 10_000;
        regs.write(Reg.AUTOC2, regs.read(Reg.AUTOC2) & ~Autoc2.PMA_10G_SERIAL | Autoc2.PMA_SFI);
        restart(regs.read(Reg.AUTOC) & ~Autoc.LMS | (fast ? Autoc.LMS_10G_SERIAL : Autoc.LMS_1G_AN), flow);
        laser(true);
    }

    /** What is in the cage; null if nothing answers there. */
    private SfpModule module() {
        int port = (regs.read(Reg.STATUS) & Status.LAN_ID) >>> Status.LAN_ID_SHIFT;
        try (Semaphore phy = new Semaphore(regs, limits, port == 0 ? SwFwSync.PHY0 : SwFwSync.PHY1)) {
            return SfpModule.read(new I2c(regs));
        } catch (DevException e) {
            regs.alive("a look at the module in the cage");
            if (e.error() == DevError.IO) {
                LOG.info("{}: {}; the link comes when there is one and the card is attached again", regs.device(), e.getMessage());
                return null;
            }
            throw e;
        }
    }

    /** Sets the analog core up for a module, if the EEPROM has a list of modules: 6.3.5.6. */
    private void load(SfpModule.Kind kind) {
        Eeprom eeprom = new Eeprom(regs, limits);
        int list = eeprom.pointer(ControlBits.Eeprom.PHY_INIT_PTR);
        if (list < 0) {
            return;
        }
        int wanted = kind.setup((regs.read(Reg.STATUS) & Status.LAN_ID) >>> Status.LAN_ID_SHIFT);
        for (int i = 0; i < MAX_ENTRIES; i++) {
            int id = eeprom.word(list + 1 + 2 * i);
            if (id == END_OF_LIST) {
                return;
            }
            if (id == wanted) {
                writeCore(eeprom, eeprom.pointer(list + 2 + 2 * i));
                return;
            }
        }
    }

    private void writeCore(Eeprom eeprom, int data) {
        try (Semaphore mac = new Semaphore(regs, limits, SwFwSync.MAC_CSR)) {
            for (int i = 1; data >= 0 && i <= MAX_ENTRIES; i++) {
                int value = eeprom.word(data + i);
                if (value == END_OF_LIST) {
                    break;
                }
                regs.write(Reg.CORECTL, value);
                regs.flush();
            }
        }
    }

    /** SDP3 turns the laser of an optical module off: 3.7.8. */
    private void laser(boolean on) {
        int esdp = regs.read(Reg.ESDP) | Esdp.SDP3 << Esdp.DIRECTION_SHIFT;
        regs.write(Reg.ESDP, on ? esdp & ~Esdp.SDP3 : esdp | Esdp.SDP3);
    }

    /** At the end: light that nobody sends anything with goes out, so that the far end sees it. */
    void stop() {
        if (model.media() == Model.Media.SFP && !isVetoed(regs)) {
            laser(false);
        }
    }

    /** The link now. */
    LinkState state() {
        int links = regs.read(Reg.LINKS);
        if (links == -1 && regs.isGone() || (links & Links.LINK_UP) == 0) {
            return LinkState.DOWN;
        }
        int speed = switch (links & Links.SPEED) {
            case Links.SPEED_10G -> 10_000;
            case Links.SPEED_1G -> 1000;
            case Links.SPEED_100M -> 100;
            default -> 0;
        };
        return new LinkState(true, speed, true);
    }
}
