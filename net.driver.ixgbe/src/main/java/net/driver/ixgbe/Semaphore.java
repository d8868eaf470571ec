package net.driver.ixgbe;

import net.api.DevError;
import net.api.DevException;
import net.hw.ixgbe.ControlBits.Swsm;
import net.hw.ixgbe.ControlBits.SwFwSync;
import net.hw.ixgbe.Reg;

/** What the ports of a device and its firmware share, one at a time: 10.5.4. */
final class Semaphore implements AutoCloseable {
    private final Registers regs;
    private final Limits limits;
    private final int resource;

    /**
     * Takes a resource.
     *
     * @param resource a bit of {@link SwFwSync}
     * @throws DevException RESOURCE_BUSY if somebody else does not let it go
     */
    Semaphore(Registers regs, Limits limits, int resource) {
        this.regs = regs;
        this.limits = limits;
        this.resource = resource;
        long start = limits.clock().nanoTime();
        int taken = resource | resource << SwFwSync.FIRMWARE_SHIFT;
        for (;;) {
            lock();
            int sync = regs.read(Reg.SW_FW_SYNC);
            if ((sync & taken) == 0) {
                regs.write(Reg.SW_FW_SYNC, sync | resource);
                unlock();
                return;
            }
            unlock();
            if (limits.clock().nanoTime() - start > limits.stepNanos()) {
                throw new DevException(DevError.RESOURCE_BUSY, "%s: firmware or the other port holds 0x%x of SW_FW_SYNC, which is 0x%x: power the card off and on"
                        .formatted(regs.device(), resource, sync));
            }
            regs.delay(limits.stepNanos() / 20);
        }
    }

    /** SMBI among drivers, then SWESMBI against the firmware. A driver that died with SMBI set must not keep all others out: 10.5.4. */
    private void lock() {
        if (!regs.poll(Reg.SWSM, 0, Swsm.SMBI, 0, limits.stepNanos() / 2, "taking its semaphore")) {
            regs.clear(Reg.SWSM, Swsm.SMBI | Swsm.SWESMBI);
            regs.await(Reg.SWSM, 0, Swsm.SMBI, 0, limits.stepNanos() / 2, "taking its semaphore");
        }
        long start = limits.clock().nanoTime();
        do {
            regs.set(Reg.SWSM, Swsm.SWESMBI);
            if ((regs.read(Reg.SWSM) & Swsm.SWESMBI) != 0) {
                return;
            }
        } while (limits.clock().nanoTime() - start < limits.stepNanos());
        regs.clear(Reg.SWSM, Swsm.SMBI);
        throw new DevException(DevError.RESOURCE_BUSY, regs.device() + ": its firmware holds the semaphore SWESMBI: power the card off and on");
    }

    private void unlock() {
        regs.clear(Reg.SWSM, Swsm.SMBI | Swsm.SWESMBI);
        regs.flush();
    }

    @Override
    public void close() {
        lock();
        regs.clear(Reg.SW_FW_SYNC, resource);
        unlock();
    }
}
