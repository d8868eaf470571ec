package net.driver.ixgbe;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import net.api.EthernetAddress;
import net.api.NetDriverOps;
import net.api.driver.ReceiveMode;
import net.hw.ixgbe.LinkBits.Hlreg0;
import net.hw.ixgbe.LinkBits.Maxfrs;
import net.hw.ixgbe.ReceiveBits.Fctrl;
import net.hw.ixgbe.ReceiveBits.Mcstctrl;
import net.hw.ixgbe.ReceiveBits.Rah;
import net.hw.ixgbe.ReceiveBits.Vlnctrl;
import net.hw.ixgbe.Reg;

/**
 * Which frames pass: 7.1.1. Address 0 of the table is the card's own, the others are further unicast addresses, exact; with more of them all unicast frames
 * pass. Multicast addresses are hashed to 12 bits, so that others may pass too.
 */
final class Filters {
    /** Unicast addresses besides the card's own. */
    static final int MAX_UNICAST = Reg.RAL.count() - 1;
    private static final int CRC = 4;
    private static final int TAG = 4;
    private static final int LONGEST_STANDARD = 1518;

    private final Registers regs;

    Filters(Registers regs) {
        this.regs = regs;
    }

    /** Nothing passes but broadcasts, and frames to addresses that are set from now on: 4.6.7. */
    void clear() {
        for (int i = 0; i < Reg.RAL.count(); i++) {
            regs.write(Reg.RAH, i, 0);
            regs.write(Reg.RAL, i, 0);
        }
        regs.fill(Reg.MPSAR, 0);
        regs.fill(Reg.MTA, 0);
        regs.fill(Reg.VFTA, 0);
        regs.fill(Reg.PFUTA, 0);
        regs.write(Reg.MCSTCTRL, 0);
        regs.clear(Reg.VLNCTRL, Vlnctrl.VFE | Vlnctrl.CFIEN);
    }

    /** The address that the EEPROM gave the card, as the device has it after a reset: 4.6.7. */
    EthernetAddress address() {
        byte[] bytes = new byte[EthernetAddress.BYTES];
        int low = regs.read(Reg.RAL, 0);
        int high = regs.read(Reg.RAH, 0);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i < 4 ? low >>> 8 * i : high >>> 8 * (i - 4));
        }
        return EthernetAddress.of(bytes);
    }

    /** Address number {@code i}: not valid while it changes. */
    void setAddress(int i, EthernetAddress address) {
        byte[] b = address.toBytes();
        regs.write(Reg.RAH, i, 0);
        regs.write(Reg.RAL, i, b[0] & 0xff | (b[1] & 0xff) << 8 | (b[2] & 0xff) << 16 | b[3] << 24);
        regs.write(Reg.RAH, i, b[4] & 0xff | (b[5] & 0xff) << 8 | Rah.AV);
    }

    /** While tables change, everything passes. */
    void apply(ReceiveMode mode) {
        regs.write(Reg.FCTRL, Fctrl.BAM | Fctrl.MPE | Fctrl.UPE);
        Set<EthernetAddress> sorted = new TreeSet<>(mode.filters());
        List<EthernetAddress> unicast = sorted.stream().filter(a -> !a.isMulticast()).toList();
        boolean all = unicast.size() > MAX_UNICAST;
        for (int i = 1; i <= MAX_UNICAST; i++) {
            if (!all && i <= unicast.size()) {
                setAddress(i, unicast.get(i - 1));
            } else {
                regs.write(Reg.RAH, i, 0);
            }
        }
        int[] table = new int[Reg.MTA.count()];
        boolean groups = false;
        for (EthernetAddress a : sorted) {
            if (a.isMulticast() && !a.isBroadcast()) {
                int bit = hash(a);
                table[bit >>> 5] |= 1 << bit;
                groups = true;
            }
        }
        for (int i = 0; i < table.length; i++) {
            regs.write(Reg.MTA, i, table[i]);
        }
        regs.write(Reg.MCSTCTRL, groups ? Mcstctrl.MFE : 0);
        regs.write(Reg.FCTRL, Fctrl.BAM | (mode.allMulticast() ? Fctrl.MPE : 0) | (mode.promiscuous() || all ? Fctrl.UPE : 0)
                | (mode.promiscuous() ? Fctrl.MPE : 0));
        regs.flush();
    }

    /** Bits 47 to 36 of the address as it is sent, the last two bytes: MCSTCTRL.MO 0. 7.1.1.4. */
    static int hash(EthernetAddress a) {
        byte[] b = a.toBytes();
        return (b[4] & 0xff) >>> 4 | (b[5] & 0xff) << 4;
    }

    /** Of tagged frames, only those of this id pass: 7.1.1.5. */
    void firstVlan(int id) {
        for (int i = 0; i < Reg.VFTA.count(); i++) {
            regs.write(Reg.VFTA, i, i == id >>> 5 ? 1 << id : 0);
        }
        regs.set(Reg.VLNCTRL, Vlnctrl.VFE);
        regs.flush();
    }

    void vlan(int id, boolean on) {
        if (on) {
            regs.set(Reg.VFTA, id >>> 5, 1 << id);
        } else {
            regs.clear(Reg.VFTA, id >>> 5, 1 << id);
        }
        regs.flush();
    }

    /** Longer frames are dropped; one VLAN tag is not counted: 8.2.3.22.13. */
    void mtu(int mtu) {
        int frame = mtu + NetDriverOps.FRAME_OVERHEAD - TAG + CRC;
        if (frame > LONGEST_STANDARD) {
            regs.set(Reg.HLREG0, Hlreg0.JUMBOEN);
        } else {
            regs.clear(Reg.HLREG0, Hlreg0.JUMBOEN);
        }
        regs.write(Reg.MAXFRS, frame << Maxfrs.MFS_SHIFT);
        regs.flush();
    }
}
