package net.testkit.qemu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.BitSet;
import java.util.concurrent.locks.LockSupport;
import net.api.DevError;
import net.api.DevException;
import net.api.device.Interrupt;
import net.api.host.PciAccess;

/**
 * Message signalled interrupts into a page of guest RAM: a vector is a dword there, to which the device writes 1 and which the waiter sets back to 0. There is
 * no processor to interrupt, so waiting is looking, with pauses that grow.
 */
final class RamInterrupts {
    private static final VarHandle DWORD = ValueLayout.JAVA_INT.varHandle();
    private static final int SIGNALLED = 1;
    private static final long FIRST_PAUSE_NANOS = 2_000;
    private static final long LONGEST_PAUSE_NANOS = 200_000;

    private final MemorySegment page;
    private final long iova;
    private final BitSet used = new BitSet();

    RamInterrupts(GuestRam ram) {
        long[] address = new long[1];
        page = ram.page(address);
        iova = address[0];
    }

    /** @throws DevException NO_MEMORY if all of the page's 1024 dwords are in use */
    synchronized PciAccess.Message open() {
        int i = used.nextClearBit(0);
        if ((i + 1L) * Integer.BYTES > page.byteSize()) {
            throw new DevException(DevError.NO_MEMORY, "all " + i + " interrupt messages of QEMU's host are in use");
        }
        used.set(i);
        DWORD.setVolatile(page, (long) i * Integer.BYTES, 0);
        return new PciAccess.Message(iova + (long) i * Integer.BYTES, SIGNALLED, new Vector(i));
    }

    private synchronized void free(int i) {
        used.clear(i);
    }

    /** A dword. */
    private final class Vector implements Interrupt {
        private final int number;
        private volatile boolean closed;

        Vector(int number) {
            this.number = number;
        }

        @Override
        public boolean await(long timeoutNanos) throws InterruptedException {
            long deadline = System.nanoTime() + timeoutNanos;
            long pause = FIRST_PAUSE_NANOS;
            while (!closed) {
                long at = (long) number * Integer.BYTES;
                // The device may write between the two: an exchange loses nothing.
                if ((int) DWORD.getAcquire(page, at) != 0 && (int) DWORD.getAndSet(page, at, 0) != 0) {
                    return true;
                }
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                LockSupport.parkNanos(Math.min(pause, left));
                pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
            }
            return false;
        }

        @Override
        public synchronized void close() {
            if (!closed) {
                closed = true;
                free(number);
            }
        }
    }
}
