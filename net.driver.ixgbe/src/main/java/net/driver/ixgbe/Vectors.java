package net.driver.ixgbe;

import java.util.List;
import net.api.DevError;
import net.api.DevException;
import net.api.device.Interrupt;
import net.api.driver.Attachment;
import net.hw.ixgbe.InterruptBits.Cause;
import net.hw.ixgbe.InterruptBits.Eitr;
import net.hw.ixgbe.InterruptBits.Gpie;
import net.hw.ixgbe.InterruptBits.Ivar;
import net.hw.ixgbe.Reg;

/**
 * MSI-X: a vector for each receive queue, and behind them one for all other causes: 7.3. With too few vectors there are none, and who waits looks now and then:
 * a queue without would sleep in vain. Transmit queues interrupt nobody.
 */
final class Vectors {
    /** There are none. */
    static final Vectors NONE = new Vectors(List.of(), null);
    /** Between two messages of a vector, in 2 microseconds. */
    private static final int INTERVAL = 4;

    private final List<Interrupt> queues;
    private final Interrupt other;

    private Vectors(List<Interrupt> queues, Interrupt other) {
        this.queues = queues;
        this.other = other;
    }

    /** Opens the vectors if the configuration wants any, and connects them: after the reset, which disconnects all. */
    static Vectors open(Attachment attachment, Registers regs, int rxQueues) {
        if (!attachment.config().interrupts()) {
            return NONE;
        }
        List<Interrupt> opened = attachment.interrupts(rxQueues + 1);
        if (opened.size() <= rxQueues) {
            return NONE;
        }
        regs.write(Reg.GPIE, Gpie.MULTIPLE_MSIX | Gpie.OCD | Gpie.EIAME | Gpie.PBA_SUPPORT);
        // A message clears its cause, and disables its vector until somebody waits again.
        regs.write(Reg.EIAC, Cause.QUEUES);
        regs.fill(Reg.EIAM_EX, -1);
        for (int i = 0; i < (rxQueues + 1) / 2; i++) {
            int entries = (Ivar.VALID | 2 * i) << Ivar.rxShift(0);
            if (2 * i + 1 < rxQueues) {
                entries |= (Ivar.VALID | 2 * i + 1) << Ivar.rxShift(1);
            }
            regs.write(Reg.IVAR, i, entries);
        }
        regs.write(Reg.IVAR_MISC, (Ivar.VALID | rxQueues) << Ivar.OTHER_SHIFT);
        for (int i = 0; i <= rxQueues; i++) {
            regs.write(Reg.EITR, i, INTERVAL << Eitr.INTERVAL_SHIFT | Eitr.CNT_WDIS);
        }
        return new Vectors(opened.subList(0, rxQueues), opened.get(rxQueues));
    }

    /**
     * Those of a device that runs.
     *
     * @throws DevException UNSUPPORTED if they are not to be used any more
     */
    static Vectors running(Attachment attachment, int rxQueues) {
        List<Interrupt> opened = attachment.interrupts(rxQueues + 1);
        if (opened.size() <= rxQueues) {
            throw new DevException(DevError.UNSUPPORTED, "%s runs with %d vectors, %d are there now".formatted(attachment.device().address(), rxQueues + 1,
                    opened.size()));
        }
        return new Vectors(opened.subList(0, rxQueues), opened.get(rxQueues));
    }

    /** The vector of a receive queue, or null. */
    Interrupt ofQueue(int i) {
        return queues.isEmpty() ? null : queues.get(i);
    }

    /** There is one for each receive queue. */
    boolean areThere() {
        return other != null;
    }

    /** Messages about the link come from now on: 7.3.1.2. */
    void enableOther(Registers regs) {
        if (other != null) {
            regs.write(Reg.EIMS, Cause.LSC);
            regs.write(Reg.EIMS_EX, queues.size() / 32, 1 << queues.size());
        }
    }
}
