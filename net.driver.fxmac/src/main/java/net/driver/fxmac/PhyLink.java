package net.driver.fxmac;

import java.util.Optional;
import net.api.DevError;
import net.api.DevException;
import net.api.LinkState;
import net.api.driver.FlowControl;
import net.api.driver.HandOver;
import net.hw.fxmac.Mdio;
import net.hw.fxmac.Phy;
import net.hw.fxmac.PhyInterface;

/** A PHY on MDIO: finds it, has it negotiate, and says what came of that. The device manager's thread. */
final class PhyLink {
    /** Names of values that are handed over. */
    private static final String ADDRESS = "phy.address";
    private static final String ID = "phy.id";
    private static final String BROKE = "phy.broke";
    /** In {@link Phy#CONTROL}: no link, or none with the MAC. */
    private static final int ASLEEP = Phy.POWER_DOWN | Phy.ISOLATE;
    /** Modes of 10BASE-T and 100BASE-TX, the best first. */
    private static final int[][] MODES = {{Phy.FULL_100, 100, 1}, {Phy.HALF_100, 100, 0}, {Phy.FULL_10, 10, 1}, {Phy.HALF_10, 10, 0}};

    private final String name;
    private final MdioBus mdio;
    private final int address;
    private final int id;
    private final PhyInterface phy;
    private final FlowControl flow;
    /** The link has been down since the last look, if only for a moment. */
    private boolean broke;

    private PhyLink(Parts parts, int address, int id) {
        this.name = parts.name;
        this.mdio = parts.mdio;
        this.address = address;
        this.id = id;
        this.phy = parts.identity.phy();
        this.flow = parts.shape.pauses();
    }

    /**
     * Looks for a PHY at all addresses.
     *
     * @return empty if none answers
     */
    static Optional<PhyLink> find(Parts parts) {
        MdioBus mdio = parts.mdio;
        for (int address = 0; address <= Mdio.MAX; address++) {
            if (mdio.read(address, Phy.STATUS) == Mdio.NOBODY) {
                continue;
            }
            int id1 = mdio.read(address, Phy.ID1);
            int id2 = mdio.read(address, Phy.ID2);
            if (id1 != Mdio.NOBODY && id2 != 0 && id2 != Mdio.NOBODY) {
                return Optional.of(new PhyLink(parts, address, id1 << 16 | id2));
            }
        }
        return Optional.empty();
    }

    void save(HandOver.Writer to) {
        to.put(ADDRESS, address).put(ID, id).put(BROKE, broke ? 1 : 0);
    }

    /** One that was found and started. */
    static PhyLink restore(Parts parts, HandOver from) {
        PhyLink phy = new PhyLink(parts, from.number(ADDRESS, 0, Mdio.MAX), from.number(ID, Integer.MIN_VALUE, Integer.MAX_VALUE));
        phy.broke = from.number(BROKE, 0, 1) == 1;
        return phy;
    }

    /**
     * Has it negotiate what MAC and user want. A PHY that does so already is left alone, so that its link stays.
     *
     * @throws DevException IO if its reset does not end
     */
    void start(long resetNanos) {
        int control = read(Phy.CONTROL);
        if ((control & (ASLEEP | Phy.RESET)) != 0) {
            write(Phy.CONTROL, Phy.RESET);
            if (!MacRegisters.await(resetNanos, () -> (read(Phy.CONTROL) & Phy.RESET) == 0)) {
                throw new DevException(DevError.IO, "%s: PHY %d (id 0x%08x) does not finish its reset within %d ms; its control register is 0x%04x"
                        .formatted(name, address, id, resetNanos / 1_000_000, read(Phy.CONTROL)));
            }
            control = read(Phy.CONTROL);
        }
        boolean changed = offer(Phy.ADVERTISE, Pauses.offer(flow, read(Phy.ADVERTISE)));
        if (!phy.carries(1000) && (read(Phy.STATUS) & Phy.EXTENDED) != 0) {
            changed |= offer(Phy.GIGABIT_CONTROL, read(Phy.GIGABIT_CONTROL) & ~(Phy.FULL_1000 | Phy.HALF_1000));
        }
        // A PHY at address 0 is isolated after a reset, too: 22.2.4.1.6.
        if (changed || (control & ASLEEP) != 0 || (control & Phy.AUTONEG) == 0) {
            write(Phy.CONTROL, control & ~ASLEEP | Phy.AUTONEG | Phy.RESTART);
        }
    }

    /** True if the register was to be changed for that. */
    private boolean offer(int register, int wanted) {
        boolean changes = read(register) != wanted;
        if (changes) {
            write(register, wanted);
        }
        return changes;
    }

    /** {@code PHY 7 (id 0x01410cc2)}. */
    String text() {
        return "PHY %d (id 0x%08x)".formatted(address, id);
    }

    /** The link now; down while it is negotiated. */
    LinkState look() {
        // Once down it reads as down until it was read: the first look tells what was, the second what is. 22.2.4.2.13.
        broke |= (read(Phy.STATUS) & Phy.LINK) == 0;
        int status = read(Phy.STATUS);
        if (status == Mdio.NOBODY || (status & Phy.LINK) == 0 || (status & Phy.AUTONEG_DONE) == 0) {
            broke = true;
            return LinkState.DOWN;
        }
        LinkState link = id == Phy.YT8521 ? specific() : common(status);
        return phy.carries(link.speedMbps()) ? link : LinkState.DOWN;
    }

    /** Whether the link was down since this was asked last. */
    boolean brokeSince() {
        boolean b = broke;
        broke = false;
        return b;
    }

    /** Pause frames, as both ends offered them. */
    Pauses pauses() {
        return Pauses.resolve(flow, read(Phy.ADVERTISE), read(Phy.PARTNER));
    }

    private LinkState specific() {
        int status = read(Phy.YT8521_STATUS);
        return new LinkState(true, Phy.yt8521Speed(status), Phy.yt8521FullDuplex(status));
    }

    /** The best that both ends offered: IEEE 802.3, 28.2.3.3 and annex 28B.3. */
    private LinkState common(int status) {
        if ((status & Phy.EXTENDED) != 0) {
            int both = read(Phy.GIGABIT_CONTROL) & read(Phy.GIGABIT_STATUS) >>> 2;
            if ((both & (Phy.FULL_1000 | Phy.HALF_1000)) != 0) {
                return new LinkState(true, 1000, (both & Phy.FULL_1000) != 0);
            }
        }
        int both = read(Phy.ADVERTISE) & read(Phy.PARTNER);
        for (int[] mode : MODES) {
            if ((both & mode[0]) != 0) {
                return new LinkState(true, mode[1], mode[2] == 1);
            }
        }
        return LinkState.DOWN;
    }

    private int read(int register) {
        return mdio.read(address, register);
    }

    private void write(int register, int value) {
        mdio.write(address, register, value);
    }
}
