package net.driver.virtio;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.PrimitiveIterator;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import net.api.DevError;
import net.api.DevException;
import net.api.driver.DeviceWatch;
import net.hw.virtio.NetControl;
import net.hw.virtio.VirtqAvail;
import net.hw.virtio.VirtqDesc;
import net.hw.virtio.VirtqUsed;

/**
 * The control queue: 5.1.6.5. A command is three descriptors: class and command, data, answer. Its callers see to it that only one is inside.
 *
 * <p>A command that is not answered in time ends the queue: an answer that came later could be taken for that of another command.
 */
final class ControlQueue {
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final int DESCRIPTORS = 3;
    private static final int MAX_SLOTS = 32;
    /** Class and command at 0, a short command's data at 2, the answer at 15. */
    private static final int SLOT_BYTES = 16;
    private static final int DATA = 2;
    private static final int ANSWER = 15;
    private static final byte NO_ANSWER = (byte) 0xff;
    private static final long SPIN_NANOS = 50_000;
    private static final long STEP_NANOS = 20_000;

    private final String name;
    private final SplitRing queue;
    private final VirtioPci pci;
    private final DeviceWatch watch;
    private final long timeoutNanos;
    private final int slots;
    private final long large;
    private final int largeBytes;
    private String broken;

    /** Bytes behind the rings that this needs, with data of up to {@code maxData} bytes. */
    static long memoryFor(int maxData) {
        return MAX_SLOTS * SLOT_BYTES + maxData;
    }

    ControlQueue(String device, SplitRing queue, VirtioPci pci, DeviceWatch watch, long timeoutNanos, int maxData) {
        this.name = "control queue of " + device;
        this.queue = queue;
        this.pci = pci;
        this.watch = watch;
        this.timeoutNanos = timeoutNanos;
        slots = Math.min(MAX_SLOTS, queue.size / DESCRIPTORS);
        large = queue.extra + MAX_SLOTS * SLOT_BYTES;
        largeBytes = maxData;
        if (slots == 0) {
            throw new DevException(DevError.IO, "%s has %d descriptors, a command takes %d".formatted(name, queue.size, DESCRIPTORS));
        }
    }

    SplitRing queue() {
        return queue;
    }

    /** A command was not answered. */
    boolean isBroken() {
        return broken != null;
    }

    /**
     * One command.
     *
     * @param what for messages, such as {@code set the MAC address}
     * @param data at most as many bytes as the queue was made for
     * @throws DevException IO if the device refuses or does not answer
     */
    void command(String what, int clazz, int command, byte[] data) {
        if (data.length > largeBytes) {
            throw new DevException(DevError.INVALID_PARAM, "%s: %d bytes of data, %d is the most".formatted(name, data.length, largeBytes));
        }
        MemorySegment.copy(data, 0, queue.memory, BYTE, large, data.length);
        prepare(0, clazz, command, large, data.length);
        run(what, 1);
    }

    /**
     * The same command for each of many 16-bit values, as few notifications as possible.
     *
     * @throws DevException IO as {@link #command}; the values before it were done, in groups
     */
    void commands(String what, int clazz, int command, IntStream values) {
        PrimitiveIterator.OfInt i = values.iterator();
        while (i.hasNext()) {
            int n = 0;
            for (; n < slots && i.hasNext(); n++) {
                int value = i.nextInt();
                long data = slot(n) + DATA;
                queue.memory.set(BYTE, data, (byte) value);
                queue.memory.set(BYTE, data + 1, (byte) (value >>> 8));
                prepare(n, clazz, command, data, 2);
            }
            run(what, n);
        }
    }

    private long slot(int i) {
        return queue.extra + (long) i * SLOT_BYTES;
    }

    private void prepare(int slot, int clazz, int command, long data, int dataBytes) {
        MemorySegment m = queue.memory;
        long at = slot(slot);
        m.set(BYTE, at, (byte) clazz);
        m.set(BYTE, at + 1, (byte) command);
        m.set(BYTE, at + ANSWER, NO_ANSWER);
        int d = slot * DESCRIPTORS;
        VirtqDesc.set(m, VirtqDesc.at(0, d), queue.iova(at), NetControl.HEADER_SIZE, VirtqDesc.NEXT, d + 1);
        VirtqDesc.set(m, VirtqDesc.at(0, d + 1), queue.iova(data), dataBytes, VirtqDesc.NEXT, d + 2);
        VirtqDesc.set(m, VirtqDesc.at(0, d + 2), queue.iova(at + ANSWER), 1, VirtqDesc.WRITE, 0);
    }

    private void run(String what, int count) {
        if (broken != null) {
            throw new DevException(DevError.IO, "%s: cannot %s: %s".formatted(name, what, broken));
        }
        for (int i = 0; i < count; i++) {
            VirtqAvail.setEntry(queue.memory, queue.avail, queue.published + i & queue.mask, i * DESCRIPTORS);
        }
        queue.publish(count);
        await(what, count);
        long answered = 0;
        for (int i = 0; i < count; i++) {
            int id = VirtqUsed.id(VirtqUsed.element(queue.memory, queue.used, queue.lastUsed & queue.mask));
            queue.lastUsed = queue.lastUsed + 1 & 0xffff;
            if (Integer.compareUnsigned(id, count * DESCRIPTORS) >= 0 || id % DESCRIPTORS != 0 || (answered >>> id / DESCRIPTORS & 1) != 0) {
                watch.violation(name, Violation.USED_ID.counter(), id & 0xffff_ffffL, queue.size);
                throw broken(what, "the device answered descriptor " + Integer.toUnsignedString(id) + ", which it was not given");
            }
            answered |= 1L << id / DESCRIPTORS;
        }
        for (int i = 0; i < count; i++) {
            int answer = queue.memory.get(BYTE, slot(i) + ANSWER) & 0xff;
            if (answer != NetControl.OK) {
                throw new DevException(DevError.IO, "%s: the device refused to %s: it answered %d".formatted(name, what, answer));
            }
        }
    }

    private void await(String what, int count) {
        long start = System.nanoTime();
        for (;;) {
            int n = queue.usedCount();
            if (n == count) {
                return;
            }
            if (n > count) {
                watch.violation(name, Violation.USED_IDX.counter(), n, count);
                throw broken(what, "the device answered %d commands of %d".formatted(n, count));
            }
            long waited = System.nanoTime() - start;
            if (waited > timeoutNanos) {
                if (pci.status() == VirtioPci.GONE) {
                    watch.gone(name + " reads as all ones");
                }
                throw broken(what, "the device did not answer within %d ms".formatted(timeoutNanos / 1_000_000));
            }
            if (waited < SPIN_NANOS) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(STEP_NANOS);
            }
        }
    }

    private DevException broken(String what, String why) {
        broken = why;
        watch.needsReset(name + ": " + why);
        return new DevException(DevError.IO, "%s: cannot %s: %s".formatted(name, what, why));
    }
}
