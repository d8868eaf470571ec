package net.sim;

import net.api.DevError;
import net.api.DevException;
import net.api.host.PciAccess;

/** Where message signalled interrupts arrive: memory writes to addresses that were given out. PCI Local Bus 3.0, 6.8. Under the engine's lock. */
final class Messages {
    /** First address; the next message is 16 bytes further. */
    static final long BASE = 0xfee0_0000L;
    /** Most messages at once. */
    static final int LIMIT = 2048;

    private final Engine engine;
    private final Vector[] slots = new Vector[LIMIT];
    private int next;
    private long strays;

    Messages(Engine engine) {
        this.engine = engine;
    }

    PciAccess.Message open(String who) {
        for (int i = 0; i < LIMIT; i++) {
            int slot = (next + i) % LIMIT;
            if (slots[slot] == null) {
                next = slot + 1;
                slots[slot] = new Vector(slot);
                return new PciAccess.Message(BASE + 16L * slot, data(slot), slots[slot]);
            }
        }
        throw new DevException(DevError.NO_MEMORY, "all %d interrupt messages are in use; none left for %s".formatted(LIMIT, who));
    }

    /** A device writes. */
    void write(long address, int data) {
        long slot = address - BASE >> 4;
        if ((address & 15) == 0 && slot >= 0 && slot < LIMIT && slots[(int) slot] != null && data == data((int) slot)) {
            slots[(int) slot].signal();
        } else {
            strays++;
        }
    }

    /** Messages that went nowhere: to an address that was not given out, or with other data. */
    long strays() {
        return strays;
    }

    private static int data(int slot) {
        return 0x4000 | slot;
    }

    private final class Vector extends Signal {
        private final int slot;

        Vector(int slot) {
            this.slot = slot;
        }

        @Override
        public void close() {
            engine.lock();
            try {
                if (slots[slot] == this) {
                    slots[slot] = null;
                }
            } finally {
                engine.unlock();
            }
            super.close();
        }
    }
}
