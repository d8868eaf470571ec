package net.testkit.vfio;

import java.io.IOException;
import java.util.List;
import net.linux.sys.Descriptor;
import net.linux.sys.Descriptors;
import net.linux.sys.SystemCallException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The client's eventfds, one for each vector of MSI-X: the model's interrupts are written to them. Indices are those of Linux's vfio.h. Masks are the
 * client's: it does with the events what the guest has put into the table.
 */
final class Vectors {
    /** INTx, MSI, MSI-X, errors, requests. */
    static final int COUNT = 5;
    private static final int MSIX = 2;
    /** What the kernel calls such a file. */
    private static final String EVENT = "anon_inode:[eventfd]";
    private static final int INFO_SIZE = 16;
    private static final int EVENTFD = 0x1;
    private static final int DATA_NONE = 0x1;
    private static final int DATA_BOOL = 0x2;
    private static final int DATA_EVENTFD = 0x4;
    private static final int TRIGGER = 0x20;
    private static final int SET_SIZE = 20;
    private static final Logger LOG = LoggerFactory.getLogger(Vectors.class);

    private Descriptor[] events = {};

    /** So many vectors the function has. Before the first message. */
    synchronized void setCount(int count) {
        events = new Descriptor[count];
    }

    /** DEVICE_GET_IRQ_INFO. */
    synchronized int info(Message m) throws RuleBroken, Refused {
        m.expect(INFO_SIZE, true);
        long index = m.u32(8);
        if (index >= COUNT) {
            throw new Refused(Refused.EINVAL, "interrupt index %d: there are %d", index, COUNT);
        }
        int count = index == MSIX ? events.length : 0;
        m.set32(0, INFO_SIZE);
        // Not NORESIZE: a vector can come while others work.
        m.set32(4, count == 0 ? 0 : EVENTFD);
        m.set32(12, count);
        return INFO_SIZE;
    }

    /** DEVICE_SET_IRQS. */
    synchronized int set(Message m) throws RuleBroken, Refused {
        if (m.length() < SET_SIZE) {
            throw new RuleBroken("command %d with %d bytes of payload: it has %d and more", m.command(), m.length(), SET_SIZE);
        }
        int data = m.i32(4) & 0x7;
        long index = m.u32(8);
        long start = m.u32(12);
        long count = m.u32(16);
        int has = index == MSIX ? events.length : 0;
        if (m.length() != SET_SIZE + (data == DATA_BOOL ? count : 0) || m.u32(0) != m.length()) {
            throw new RuleBroken("command %d with argsz %d and %d bytes of payload, for %d interrupts", m.command(), m.u32(0), m.length(), count);
        }
        if (!m.descriptors().isEmpty() && (data != DATA_EVENTFD || m.descriptors().size() != count)) {
            throw new RuleBroken("command %d with %d descriptors, for %d interrupts", m.command(), m.descriptors().size(), count);
        }
        if ((m.i32(4) & ~0x7) != TRIGGER || Integer.bitCount(data) != 1 || index >= COUNT || start + count > has) {
            throw new Refused(Refused.EINVAL, "flags 0x%x for interrupts %d to %d of index %d, which has %d", m.i32(4), start, start + count, index, has);
        }
        switch (data) {
            case DATA_EVENTFD -> assign((int) start, (int) count, m.descriptors());
            case DATA_NONE -> {
                if (count == 0) {
                    assign(0, has, List.of());
                }
                trigger(m, (int) start, (int) count, false);
            }
            default -> trigger(m, (int) start, (int) count, true);
        }
        return 0;
    }

    /** Takes the descriptors; without any, the vectors get none. */
    private void assign(int start, int count, List<Descriptor> given) throws Refused {
        for (Descriptor d : given) {
            try {
                if (!d.target().equals(EVENT)) {
                    throw new Refused(Refused.EINVAL, "%s instead of an eventfd", d.target());
                }
                // A counter that is full must not stop the models.
                Descriptors.SYSTEM.stopWaiting(d.fd());
            } catch (IOException | SystemCallException e) {
                throw new Refused(Refused.EINVAL, "an eventfd: %s", e.getMessage());
            }
        }
        boolean none = given.isEmpty();
        for (int i = 0; i < count; i++) {
            if (events[start + i] != null) {
                events[start + i].close();
            }
            events[start + i] = none ? null : given.removeFirst();
        }
    }

    /** The client lets vectors interrupt, all of them or those with a true in front. */
    private void trigger(Message m, int start, int count, boolean chosen) {
        for (int i = 0; i < count; i++) {
            if (!chosen || m.u8(SET_SIZE + i) != 0) {
                interrupt(start + i);
            }
        }
    }

    /** The model interrupts. Does not wait. */
    synchronized void interrupt(int vector) {
        Descriptor event = vector < events.length ? events[vector] : null;
        if (event != null) {
            try {
                Descriptors.SYSTEM.signal(event.fd());
            } catch (SystemCallException e) {
                LOG.warn("Vector {} could not be signalled", vector, e);
            }
        }
    }

    synchronized void close() {
        for (int i = 0; i < events.length; i++) {
            if (events[i] != null) {
                events[i].close();
                events[i] = null;
            }
        }
    }
}
