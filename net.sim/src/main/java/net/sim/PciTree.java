package net.sim;

import java.util.ArrayList;
import java.util.List;
import net.api.DevError;
import net.api.DevException;
import net.api.device.PciAddress;

/** The PCI functions of a host: a root bus, and root ports with a bus behind each. Under the engine's lock. */
final class PciTree {
    /** Devices that there is room for: numbers 1 to 31; 0 is left to a host bridge that nobody needs. */
    static final int SLOTS = 31;

    private final PciFunction[][] root = new PciFunction[SLOTS + 1][8];

    /** The function at an address, or null. */
    PciFunction at(PciAddress a) {
        if (a.segment() != 0) {
            return null;
        }
        if (a.bus() == 0) {
            return root[a.device()][a.function()];
        }
        for (PciFunction[] slot : root) {
            if (slot[0] instanceof RootPort port && port.secondaryBus() == a.bus()) {
                return a.device() == 0 ? port.behind[a.function()] : null;
            }
        }
        return null;
    }

    /** Where a function is now; null if it is not plugged in, or behind a bridge without bus number. */
    PciAddress address(PciFunction function) {
        for (int device = 0; device <= SLOTS; device++) {
            for (int f = 0; f < 8; f++) {
                PciFunction here = root[device][f];
                if (here == function && here != null) {
                    return new PciAddress(0, 0, device, f);
                }
                if (here instanceof RootPort port && port.secondaryBus() != 0) {
                    for (int b = 0; b < 8; b++) {
                        if (port.behind[b] == function) {
                            return new PciAddress(0, port.secondaryBus(), 0, b);
                        }
                    }
                }
            }
        }
        return null;
    }

    /** Every function but the root ports, by slot. */
    List<PciFunction> functions() {
        List<PciFunction> all = new ArrayList<>();
        for (PciFunction[] slot : root) {
            for (PciFunction f : slot) {
                if (f instanceof RootPort port) {
                    for (PciFunction b : port.behind) {
                        if (b != null) {
                            all.add(b);
                        }
                    }
                } else if (f != null) {
                    all.add(f);
                }
            }
        }
        return all;
    }

    /**
     * Puts a function into a slot.
     *
     * @param slot device number on the root bus, 1 to {@link #SLOTS}
     * @param behindPort behind a root port there
     * @param function its number
     */
    void put(PciFunction f, int slot, boolean behindPort, int function) {
        if (slot < 1 || slot > SLOTS || function < 0 || function > 7) {
            throw new DevException(DevError.INVALID_PARAM, "slot %d, function %d: slots are 1 to %d, functions 0 to 7".formatted(slot, function, SLOTS));
        }
        if (behindPort && root[slot][0] == null) {
            RootPort port = new RootPort();
            port.resetFunction();
            root[slot][0] = port;
        }
        boolean port = root[slot][0] instanceof RootPort;
        PciFunction[] device = port ? ((RootPort) root[slot][0]).behind : root[slot];
        if (device[function] != null || port != behindPort) {
            throw new DevException(DevError.ALREADY_EXISTS, "slot %d, function %d is taken%s".formatted(slot, function, port ? " by a root port" : ""));
        }
        device[function] = f;
        f.expressType(port ? 0 : 9);
        markMultifunction(device);
    }

    /** The first slot where the function can go as number 0; -1 if there is none. A root port without device is a slot for those behind a port. */
    int freeSlot(boolean behindPort) {
        for (int slot = 1; slot <= SLOTS; slot++) {
            if (behindPort && root[slot][0] instanceof RootPort port && port.behind[0] == null) {
                return slot;
            }
        }
        for (int slot = 1; slot <= SLOTS; slot++) {
            if (root[slot][0] == null) {
                return slot;
            }
        }
        return -1;
    }

    /** Takes a function out; its root port stays. */
    void remove(PciFunction function) {
        for (PciFunction[] slot : root) {
            removeFrom(slot, function);
            if (slot[0] instanceof RootPort port) {
                removeFrom(port.behind, function);
            }
        }
    }

    private static void removeFrom(PciFunction[] device, PciFunction function) {
        for (int i = 0; i < 8; i++) {
            if (device[i] == function) {
                device[i] = null;
                markMultifunction(device);
            }
        }
    }

    private static void markMultifunction(PciFunction[] device) {
        boolean several = false;
        for (int i = 1; i < 8; i++) {
            several |= device[i] != null;
        }
        if (device[0] != null) {
            device[0].multifunction(several);
        }
    }

    /** Configuration has changed somewhere: computes what reaches which function. */
    void route() {
        for (PciFunction[] slot : root) {
            for (PciFunction f : slot) {
                if (f != null) {
                    f.route(true, null);
                }
                if (f instanceof RootPort port) {
                    for (PciFunction b : port.behind) {
                        if (b != null) {
                            b.route(port.masters(), port);
                        }
                    }
                }
            }
        }
    }
}
