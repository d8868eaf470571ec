package net.sim;

import java.util.concurrent.locks.LockSupport;
import net.api.DevError;
import net.api.DevException;
import net.api.device.Interrupt;
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

    private final class Vector implements Interrupt {
        private final int slot;
        private volatile boolean signalled;
        private volatile boolean closed;
        private volatile Thread waiter;

        Vector(int slot) {
            this.slot = slot;
        }

        void signal() {
            signalled = true;
            Thread w = waiter;
            if (w != null) {
                LockSupport.unpark(w);
            }
        }

        private boolean take() {
            if (signalled) {
                signalled = false;
                return true;
            }
            return false;
        }

        @Override
        public boolean await(long timeoutNanos) throws InterruptedException {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (closed || timeoutNanos <= 0) {
                return !closed && take();
            }
            long start = System.nanoTime();
            waiter = Thread.currentThread();
            try {
                while (!closed) {
                    if (take()) {
                        return true;
                    }
                    long left = timeoutNanos - (System.nanoTime() - start);
                    if (left <= 0) {
                        return false;
                    }
                    LockSupport.parkNanos(this, left);
                    if (Thread.interrupted()) {
                        throw new InterruptedException();
                    }
                }
                return false;
            } finally {
                waiter = null;
            }
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
            closed = true;
            Thread w = waiter;
            if (w != null) {
                LockSupport.unpark(w);
            }
        }
    }
}
