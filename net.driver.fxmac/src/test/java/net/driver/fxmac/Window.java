package net.driver.fxmac;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntConsumer;
import net.api.driver.Register;
import net.api.host.MmioWindow;
import net.hw.fxmac.Fxmac;
import net.hw.fxmac.Mdio;
import net.hw.fxmac.Phy;

/** Registers that keep what is written, and note it, two of them cleared by writing ones; and a PHY whose registers the test fills. */
final class Window extends MmioWindow {
    /** What is read of a frame on MDIO that has not ended: no link, no PHY's identifier. */
    private static final int UNDER_WAY = 0;

    /** A write, as it came. */
    record Write(int offset, int value) {
    }

    final List<Write> writes = new ArrayList<>();
    final Map<Integer, int[]> phys = new TreeMap<>();
    /** What registers of a PHY read once, before they read as they are: latched. */
    final Map<Integer, Integer> latched = new TreeMap<>();
    /** Told of each access, by its offset, before it is made. */
    IntConsumer before = offset -> { };
    int reads;
    /** What the control register of a PHY holds when a reset is over; without, none ever ends. */
    Optional<Integer> afterReset = Optional.empty();
    boolean mdioHangs;
    private int looksUntilIdle;
    /** Registers that are cleared by reading them. */
    final Set<Integer> clearedByReading = new TreeSet<>();
    private final int[] values = new int[Fxmac.WINDOW / 4];

    Window() {
        super("window of a MAC", Fxmac.WINDOW);
    }

    void put(Register r, int value) {
        values[r.offset() / 4] = value;
    }

    /** What was written to a register so far. */
    List<Integer> written(Register r) {
        return writes.stream().filter(w -> w.offset == r.offset()).map(Write::value).toList();
    }

    @Override
    protected int read(long offset, int width) {
        before.accept((int) offset);
        reads++;
        if (offset == Fxmac.NWSR.offset()) {
            looksUntilIdle = Math.max(0, looksUntilIdle - 1);
            return mdioHangs || looksUntilIdle > 0 ? 0 : Fxmac.NWSR_MDIO_IDLE;
        }
        int value = values[(int) offset / 4];
        if (clearedByReading.contains((int) offset)) {
            values[(int) offset / 4] = 0;
        }
        if (offset != Fxmac.PHYMNTNC.offset() || (value & Mdio.READ) == 0) {
            return value;
        }
        int register = Mdio.register(value);
        if (looksUntilIdle > 0) {
            return value & 0xffff_0000 | UNDER_WAY;
        }
        Integer once = latched.remove(register);
        int[] phy = phys.get(Mdio.phy(value));
        return once != null ? once : phy == null ? Mdio.NOBODY : phy[register];
    }

    @Override
    protected void write(long offset, int width, int value) {
        before.accept((int) offset);
        if (offset == Fxmac.PHYMNTNC.offset()) {
            assertThat(looksUntilIdle).as("an MDIO frame while one is under way").isZero();
            looksUntilIdle = 3;
        }
        boolean clears = offset == Fxmac.TXSR.offset() || offset == Fxmac.RXSR.offset();
        values[(int) offset / 4] = clears ? values[(int) offset / 4] & ~value : value;
        writes.add(new Write((int) offset, value));
        if (offset == Fxmac.PHYMNTNC.offset() && (value & Mdio.WRITE) != 0 && phys.containsKey(Mdio.phy(value))) {
            boolean resets = Mdio.register(value) == Phy.CONTROL && (value & Phy.RESET) != 0;
            phys.get(Mdio.phy(value))[Mdio.register(value)] = resets ? afterReset.orElse(Mdio.data(value)) : Mdio.data(value);
        }
    }
}
