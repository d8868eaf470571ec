package net.driver.ixgbe;

import java.util.ArrayList;
import java.util.List;
import net.api.host.MmioWindow;
import net.hw.ixgbe.IxgbeRegister;

/** Registers that keep what is written, and note it. */
final class PlainRegisters extends MmioWindow {
    static final int SIZE = 0x2_0000;

    /** A write, as it came. */
    record Write(long offset, int value) {
    }

    final List<Write> writes = new ArrayList<>();
    private final int[] values = new int[SIZE / 4];

    PlainRegisters() {
        super("plain registers", SIZE);
    }

    int get(IxgbeRegister r, int i) {
        return values[r.at(i) / 4];
    }

    void put(IxgbeRegister r, int i, int value) {
        values[r.at(i) / 4] = value;
    }

    /** What was written to a register since the last call. */
    List<Integer> takeWrites(IxgbeRegister r, int i) {
        List<Integer> to = writes.stream().filter(w -> w.offset == r.at(i)).map(Write::value).toList();
        writes.removeIf(w -> w.offset == r.at(i));
        return to;
    }

    @Override
    protected int read(long offset, int width) {
        return values[(int) offset / 4];
    }

    @Override
    protected void write(long offset, int width, int value) {
        values[(int) offset / 4] = value;
        writes.add(new Write(offset, value));
    }
}
