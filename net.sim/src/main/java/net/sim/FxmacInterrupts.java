package net.sim;

import net.hw.fxmac.Fxmac;

/**
 * Status, masks and lines of the interrupts: a line for each queue, queue 0's for everything else too. A cause whose bit is masked is not noted. TRM
 * 16.3.9.
 */
final class FxmacInterrupts {
    /** Bits of queue 0's registers. */
    static final int CAUSES = 0x07ff_ffff;
    /** Bits of the further queues' registers: UG1087, int_q1_mask. */
    static final int QUEUE_CAUSES = 0x0ce6;

    private final PlatformFunction function;
    private final FxmacRegisterFile file;
    private final FxmacConfig config;

    FxmacInterrupts(PlatformFunction function, FxmacRegisterFile file, FxmacConfig config) {
        this.function = function;
        this.file = file;
        this.config = config;
    }

    private static int at(Fxmac first, Fxmac further, int q) {
        return q == 0 ? first.offset() : further.at(q - 1);
    }

    /** Something happened on a queue. */
    void cause(int q, int bits) {
        int status = at(Fxmac.ISR, Fxmac.QISR, q);
        file.set(status, file.get(status) | bits & ~file.get(at(Fxmac.IMR, Fxmac.QIMR, q)));
        line(q);
    }

    private void line(int q) {
        function.line(q, file.get(at(Fxmac.ISR, Fxmac.QISR, q)) != 0);
    }

    /** Software reads a status register. */
    int read(int q) {
        int offset = at(Fxmac.ISR, Fxmac.QISR, q);
        int value = file.get(offset);
        if (config.clearOnRead()) {
            file.set(offset, 0);
            line(q);
        }
        return value;
    }

    /** Software writes a status register. */
    void clear(int q, int bits) {
        if (!config.clearOnRead()) {
            int offset = at(Fxmac.ISR, Fxmac.QISR, q);
            file.set(offset, file.get(offset) & ~bits);
            line(q);
        }
    }

    void enable(int q, int bits) {
        int mask = at(Fxmac.IMR, Fxmac.QIMR, q);
        file.set(mask, file.get(mask) & ~bits);
    }

    void disable(int q, int bits) {
        int mask = at(Fxmac.IMR, Fxmac.QIMR, q);
        file.set(mask, file.get(mask) | bits & (q == 0 ? CAUSES : QUEUE_CAUSES));
    }

    void reset() {
        for (int q = 0; q < config.queues(); q++) {
            function.line(q, false);
        }
    }
}
