package net.sim;

import net.hw.ixgbe.ControlBits.SwFwSync;
import net.hw.ixgbe.ControlBits.Swsm;
import net.hw.ixgbe.Reg;

/**
 * The semaphores between drivers and firmware: SWSM and SW_FW_SYNC, 10.5.4. SMBI is taken by the read that finds it free; SWESMBI by writing it while the
 * firmware does not hold its own; and SW_FW_SYNC is written by who holds both. Under the engine's lock.
 */
final class IxgbeSemaphores {
    private static final int FIRMWARE = 0x1f << SwFwSync.FIRMWARE_SHIFT;

    private final IxgbeModel device;
    private final IxgbeRegisterFile file;

    IxgbeSemaphores(IxgbeModel device, IxgbeRegisterFile file) {
        this.device = device;
        this.file = file;
    }

    int readSwsm() {
        int value = file.get(Reg.SWSM);
        if (device.has(IxgbeFault.SEMAPHORE_HELD)) {
            return value | Swsm.SMBI;
        }
        file.set(Reg.SWSM, value | Swsm.SMBI);
        return value;
    }

    void writeSwsm(int value) {
        int old = file.get(Reg.SWSM);
        if ((value & ~old & Swsm.SMBI) != 0) {
            device.complain("SWSM.SMBI written as 1: it is taken by reading (10.5.4)");
        }
        if ((value & ~old & Swsm.SWESMBI) != 0 && (old & Swsm.SMBI) == 0) {
            device.complain("SWSM.SWESMBI set without SMBI (10.5.4)");
        }
        file.set(Reg.SWSM, value & (old & Swsm.SMBI | Swsm.SWESMBI));
    }

    void writeSync(int value) {
        if ((file.get(Reg.SWSM) & Swsm.SWESMBI) == 0) {
            device.complain("SW_FW_SYNC written as 0x%08x without SWSM.SWESMBI (10.5.4)", value);
        }
        int firmware = file.get(Reg.SW_FW_SYNC) & FIRMWARE;
        file.set(Reg.SW_FW_SYNC, value & ~FIRMWARE | firmware);
    }

    /** Software holds the right to a shared thing. */
    boolean holds(int bit) {
        return (file.get(Reg.SW_FW_SYNC) & bit) != 0;
    }
}
