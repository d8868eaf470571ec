package net.sim;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
import net.api.DevError;
import net.api.DevException;
import net.api.host.MmioWindow;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Where a machine outside of this program has plugged in a function of a {@link SimHost}: what that machine's processors read and write comes in here, and
 * so does the memory that the function may access. The machine keeps the addresses of BARs and the table of MSI-X itself, as a virtual machine monitor does.
 * Any thread, but register accesses and changes of the configuration one at a time.
 */
public final class ForeignSlot implements AutoCloseable {
    private final SimHost host;
    private final PciFunction function;
    private final Listener listener;
    private final Machine machine = new Outside();
    // Under the engine's lock.
    private final ForeignMemory memory;
    private boolean closed;

    /** What the machine is told. */
    @ConsumerType
    public interface Listener {
        /**
         * The function interrupts. Called with the engine's lock held: it must not wait.
         *
         * @param vector of MSI-X, 0 to {@link ForeignSlot#vectors} - 1
         */
        void interrupt(int vector);

        /**
         * The function accesses in one what was mapped in several pieces, one behind the other: a second sight of all of them. Called with the engine's lock
         * held, once for the same pieces. A machine that maps what belongs together in one need not do it.
         *
         * @param pieces as they were given to {@link ForeignSlot#map}, in the order of their addresses
         * @param arena closed before one of the pieces is taken back
         * @return read-only if one of the pieces is; null if there is none, and the access is refused
         */
        default MemorySegment join(List<MemorySegment> pieces, Arena arena) {
            return null;
        }
    }

    /** What the function sees of the machine. */
    private final class Outside implements Machine {
        @Override
        public SimHost host() {
            return host;
        }

        @Override
        public DmaSpace.Window memory(long iova, long length) {
            return memory.find(iova, length);
        }

        @Override
        public boolean keepsVectors() {
            return true;
        }

        @Override
        public void message(int vector, long address, int data) {
            listener.interrupt(vector);
        }
    }

    ForeignSlot(SimHost host, PciFunction function, Listener listener) {
        this.host = host;
        this.function = function;
        this.listener = Objects.requireNonNull(listener);
        memory = new ForeignMemory(listener);
    }

    void plug() {
        function.expressType(0);
        function.plug(machine);
    }

    /** What is plugged in. */
    public PciFunction function() {
        return function;
    }

    // ---- configuration space ----

    /**
     * The processor reads configuration space.
     *
     * @param offset a multiple of the width, below 4096
     * @param width 1, 2 or 4 bytes
     * @return zero-extended; all ones once the slot is closed
     */
    public int configRead(int offset, int width) {
        check(offset, width, ConfigSpace.SIZE, "configuration space");
        host.engine().lock();
        try {
            return closed ? MmioWindow.ones(width) : function.configRead(offset, width);
        } finally {
            host.engine().unlock();
        }
    }

    /** The processor writes configuration space; arguments as {@link #configRead}, bits of the value above the width are ignored. */
    public void configWrite(int offset, int width, int value) {
        check(offset, width, ConfigSpace.SIZE, "configuration space");
        host.engine().lock();
        try {
            if (!closed) {
                function.configWrite(offset, width, value & MmioWindow.ones(width));
                function.route(true, null);
            }
        } finally {
            host.engine().unlock();
        }
    }

    /** The function's state after power-on: PCI Express Base 4.0, 6.6.2. Memory stays as it is mapped. */
    public void reset() {
        host.engine().lock();
        try {
            if (!closed) {
                function.resetFunction();
            }
        } finally {
            host.engine().unlock();
        }
    }

    // ---- registers ----

    /** Bytes of BAR 0 to 5; 0 if there is none. */
    public long barSize(int bar) {
        return function.barSize(Objects.checkIndex(bar, 6));
    }

    /** Vectors of MSI-X that the function has; 0 without. */
    public int vectors() {
        return function.vectors();
    }

    /**
     * The processor reads a register.
     *
     * @param offset in the BAR, a multiple of the width
     * @param width 1, 2 or 4 bytes
     * @return zero-extended; all ones when nothing answers: memory decoding is off, the device is dead, the slot is closed
     */
    public int readBar(int bar, long offset, int width) {
        check(offset, width, barSize(bar), "a BAR");
        host.engine().lock();
        try {
            return MmioWindow.ones(width) & (!closed && function.answers() ? function.readBar(bar, offset, width) : -1);
        } finally {
            host.engine().unlock();
        }
    }

    /** The processor writes a register; arguments as {@link #readBar}, bits of the value above the width are ignored. */
    public void writeBar(int bar, long offset, int width, int value) {
        check(offset, width, barSize(bar), "a BAR");
        int v = value & MmioWindow.ones(width);
        if (function.answers() && function.doorbell(bar, offset, width, v)) {
            return;
        }
        host.engine().lock();
        try {
            if (!closed && function.answers()) {
                function.writeBar(bar, offset, width, v);
            }
        } finally {
            host.engine().unlock();
        }
    }

    private static void check(long offset, int width, long size, String what) {
        if (width != 1 && width != 2 && width != 4 || offset < 0 || offset > size - width || (offset & width - 1) != 0) {
            throw new DevException(DevError.INVALID_PARAM, "%d bytes at 0x%x of %s of 0x%x bytes: 1, 2 or 4 bytes at a multiple of that".formatted(width, offset,
                    what, size));
        }
    }

    // ---- memory ----

    /**
     * Lets the function access memory: for reading and writing, or for reading if it is read-only. The memory must stay until {@link #unmap} or
     * {@link #close} is back.
     *
     * @param address where the function sees its first byte, 64 bits unsigned
     * @throws DevException ALREADY_EXISTS if other memory is there; INVALID_PARAM for no memory, or beyond the end of addresses; BAD_STATE once closed
     */
    public void map(long address, MemorySegment piece) {
        long size = piece.byteSize();
        if (size == 0 || Long.compareUnsigned(address + (size - 1), address) < 0) {
            throw new DevException(DevError.INVALID_PARAM, "%d bytes of memory at 0x%x: at least one byte, and below 2^64".formatted(size, address));
        }
        host.engine().lock();
        try {
            if (closed) {
                throw new DevException(DevError.BAD_STATE, "the slot is closed");
            }
            memory.map(address, piece);
        } finally {
            host.engine().unlock();
        }
    }

    /**
     * Takes memory back: when this is back, the function does not touch it any more.
     *
     * @param address as it was mapped
     * @return false if no memory begins there
     */
    public boolean unmap(long address) {
        host.engine().lock();
        try {
            return memory.unmap(address);
        } finally {
            host.engine().unlock();
        }
    }

    /** Pulls the function out and takes all memory back. The function can be plugged in or lent again. Again is no error. */
    @Override
    public void close() {
        host.engine().lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            function.unplug();
            memory.clear();
        } finally {
            host.engine().unlock();
        }
    }
}
