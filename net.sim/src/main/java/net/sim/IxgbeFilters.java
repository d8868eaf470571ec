package net.sim;

import java.lang.foreign.MemorySegment;
import net.hw.ixgbe.Reg;
import net.hw.ixgbe.ReceiveBits.Fctrl;
import net.hw.ixgbe.ReceiveBits.Mcstctrl;
import net.hw.ixgbe.ReceiveBits.Rah;
import net.hw.ixgbe.ReceiveBits.Vlnctrl;

/** What an 82599 without virtualisation lets in: 7.1.1. Under the engine's lock. */
final class IxgbeFilters {
    private static final int MULTICAST = 1;
    private static final long BROADCAST = 0xffff_ffff_ffffL;
    /** Lowest bit of the address that MCSTCTRL.MO chooses, counted from the last byte sent: 8.2.3.7.3. */
    private static final int[] OFFSETS = {4, 3, 2, 0};

    /** How a frame came through. */
    enum Pass {
        /** It did not. */
        NO,
        /** Its address is one of the card's. */
        EXACT,
        /** By a hash, as broadcast, or because everything does: software looks again. */
        INEXACT
    }

    private final IxgbeRegisterFile file;

    IxgbeFilters(IxgbeRegisterFile file) {
        this.file = file;
    }

    Pass judge(MemorySegment frame, PacketHeaders headers) {
        return vlanPasses(headers) ? address(frame) : Pass.NO;
    }

    private Pass address(MemorySegment frame) {
        // As RAL and RAH hold it: the first byte lowest.
        int low = PacketHeaders.u8(frame, 0) | PacketHeaders.u8(frame, 1) << 8 | PacketHeaders.u8(frame, 2) << 16 | PacketHeaders.u8(frame, 3) << 24;
        int high = PacketHeaders.u8(frame, 4) | PacketHeaders.u8(frame, 5) << 8;
        for (int i = 0; i < Reg.RAH.count(); i++) {
            if (file.get(Reg.RAH, i) == (Rah.AV | high) && file.get(Reg.RAL, i) == low) {
                return Pass.EXACT;
            }
        }
        boolean passes;
        if ((low & MULTICAST) == 0) {
            passes = file.has(Reg.FCTRL, Fctrl.UPE);
        } else if ((low & 0xffff_ffffL | (long) high << 32) == BROADCAST) {
            passes = file.has(Reg.FCTRL, Fctrl.BAM);
        } else {
            passes = file.has(Reg.FCTRL, Fctrl.MPE) || file.has(Reg.MCSTCTRL, Mcstctrl.MFE) && hashed(high);
        }
        return passes ? Pass.INEXACT : Pass.NO;
    }

    /** 12 bits of the last two bytes, of which 11:5 choose the register and 4:0 the bit: 7.1.1.1.3. */
    private boolean hashed(int high) {
        int vector = high >>> OFFSETS[file.get(Reg.MCSTCTRL) & Mcstctrl.MO] & 0xfff;
        return (file.get(Reg.MTA, vector >>> 5) >>> (vector & 31) & 1) == 1;
    }

    /** 7.1.1.2. */
    private boolean vlanPasses(PacketHeaders h) {
        int control = file.get(Reg.VLNCTRL);
        if (!h.tagged || (control & Vlnctrl.VFE) == 0) {
            return true;
        }
        boolean cfi = (h.vlan & 1 << 12) != 0;
        if ((control & Vlnctrl.CFIEN) != 0 && cfi != ((control & Vlnctrl.CFI) != 0)) {
            return false;
        }
        int id = h.vlan & 0xfff;
        return (file.get(Reg.VFTA, id >>> 5) >>> (id & 31) & 1) == 1;
    }
}
