package net.sim;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import net.api.device.Interrupt;
import net.api.host.PlatformAccess.Node;

/**
 * A model of a device that a device tree describes: a register window, interrupt lines, and its way to memory. What is particular to a device is in subclasses;
 * they are called under the engine's lock, except {@link #doorbell}.
 */
public abstract class PlatformFunction {
    private final Line[] lines;
    private volatile SimHost host;
    private volatile String name = "";
    private volatile boolean dead;
    private volatile boolean dmaRefused;
    private DmaSpace dma;
    private long dmaFaults;
    private String lastDmaFault = "";

    /** @param lines how many interrupt lines it has */
    PlatformFunction(int lines) {
        this.lines = new Line[lines];
        for (int i = 0; i < lines; i++) {
            this.lines[i] = new Line();
        }
    }

    // ---- what a device is ----

    /** {@code compatible} strings of its node. */
    abstract List<String> compatible();

    /** Bytes of its register window. */
    abstract long windowSize();

    /** Its DMA is coherent with the caches, or so its node says. */
    abstract boolean coherent();

    /** Further properties of its node. */
    abstract Map<String, java.nio.ByteBuffer> properties();

    /** Answers a read of a register; the offset is a multiple of four, within. */
    abstract int read(int offset);

    /** Takes a write to a register. */
    abstract void write(int offset, int value);

    /** An access that is not 32 bits wide. */
    abstract void narrowAccess(long offset, int width);

    /**
     * A look at each write to a register without the lock, on the writer's thread.
     *
     * @return true if the write was a mere notification and is dealt with
     */
    boolean doorbell(int offset, int value) {
        return false;
    }

    /** The device goes to its state after power-on. */
    abstract void reset();

    /** It has come to a host. */
    void plugged() {
    }

    /** It leaves the host. */
    void unplugged() {
    }

    // ---- where it is ----

    /** The simulated host that it is plugged into; null without. */
    public final SimHost host() {
        return host;
    }

    /** It is plugged into a host. */
    public final boolean isPlugged() {
        return host != null;
    }

    /** Name of its node, such as {@code ethernet@3200c000}; "" if it was never plugged in. */
    public final String name() {
        return name;
    }

    final Node node() {
        return new Node(name, compatible(), List.of(windowSize()), lines.length, coherent(), properties());
    }

    final void plug(SimHost into, DmaSpace memory, String as) {
        host = into;
        dma = memory;
        name = as;
        reset();
        plugged();
    }

    final void unplug() {
        unplugged();
        host = null;
    }

    /** It answers at its registers. Any thread. */
    final boolean answers() {
        return host != null && !dead;
    }

    /** The device's registers read all ones from now on and it does nothing more; or it lives again, reset. */
    public final void setDead(boolean dead) {
        call(() -> {
            this.dead = dead;
            if (host != null) {
                reset();
            }
            return null;
        });
    }

    /** Runs with the lock of the host, if it is plugged in. */
    final <T> T call(Supplier<T> what) {
        SimHost h = host;
        if (h == null) {
            return what.get();
        }
        h.engine().lock();
        try {
            return what.get();
        } finally {
            h.engine().unlock();
        }
    }

    // ---- memory ----

    /** Memory for an access of the device, or null if it may not access it: counted, but for {@link #setDmaRefused}. */
    final DmaSpace.Window dma(long iova, long length, String what) {
        if (dmaRefused) {
            return null;
        }
        DmaSpace.Window w = answers() ? dma.find(iova, length) : null;
        if (w == null) {
            dmaFaults++;
            lastDmaFault = "%s: %d bytes at device address 0x%x: not all of that is memory lent by the host".formatted(what, length, iova);
        }
        return w;
    }

    /** From now on every access to memory that the device has not begun is refused, as by a bus that answers with an error; or they are judged again. */
    public final void setDmaRefused(boolean refused) {
        dmaRefused = refused;
    }

    /** Accesses to memory that was not lent by the host. */
    public final long dmaFaults() {
        return dmaFaults;
    }

    /** The last of them, in words; "" without one. */
    public final String lastDmaFault() {
        return lastDmaFault;
    }

    // ---- interrupts ----

    /** Level of a line. */
    final void line(int i, boolean up) {
        lines[i].set(up);
    }

    final Interrupt openLine(int i) {
        return lines[i].open();
    }

    /** A level-triggered line: who waits is told that it went up. */
    private static final class Line {
        private boolean up;
        private volatile Signal opened;

        void set(boolean level) {
            boolean rose = level && !up;
            up = level;
            Signal s = opened;
            if (rose && s != null) {
                s.signal();
            }
        }

        Signal open() {
            Signal s = new Signal();
            opened = s;
            return s;
        }
    }
}
