package net.api.host;

import java.util.List;
import java.util.Optional;
import net.api.device.Interrupt;
import net.api.device.Mmio;
import net.api.device.PciAddress;
import net.api.device.PciBar;
import org.osgi.annotation.versioning.ConsumerType;

/** A host's PCI functions. The device manager parses configuration space itself; a host only gives access. */
@ConsumerType
public interface PciAccess {
    /**
     * A hierarchy of buses.
     *
     * @param segment PCI segment group
     * @param firstBus the root bus
     * @param lastBus highest bus number below it; bridges that nobody set up get numbers up to it
     */
    record Root(int segment, int firstBus, int lastBus) {
    }

    /**
     * A range of bus addresses for BARs.
     *
     * @param kind what may be put there
     * @param start first address
     * @param size bytes
     */
    record Window(Kind kind, long start, long size) {
        /** What may be put in a window. */
        public enum Kind {
            /** I/O ports. */
            IO,
            /** Memory below 4 GiB. */
            MEMORY_32,
            /** Memory above 4 GiB. */
            MEMORY_64
        }
    }

    /** The hierarchies to enumerate. */
    List<Root> roots();

    /** Where unassigned BARs may be put; empty if firmware or kernel has assigned all of them and nothing may be moved. */
    List<Window> windows();

    /**
     * Reads configuration space.
     *
     * @param offset 0 to 4095, a multiple of the width
     * @param width 1, 2 or 4 bytes
     * @return zero-extended; all ones if there is no such function or it does not have that much
     */
    int read(PciAddress function, int offset, int width);

    /** Writes configuration space; ignored if there is no such function. Arguments as {@link #read}. */
    void write(PciAddress function, int offset, int width, int value);

    /**
     * The BARs, if the host knows them: nobody has to write to the function to find out. Absent: the device manager sizes them.
     */
    default Optional<List<PciBar>> bars(PciAddress function) {
        return Optional.empty();
    }

    /**
     * Why drivers may not be attached to this function, in a sentence; "" if they may.
     */
    default String restriction(PciAddress function) {
        return "";
    }

    /**
     * Takes the function for this process, before anything below is called.
     *
     * @throws net.api.DevException RESOURCE_BUSY or UNSUPPORTED, with who holds it and what to do
     */
    default void acquire(PciAddress function) {
    }

    /** Lets the function go; its mappings and interrupts are closed before. Nothing if it was not acquired. */
    default void release(PciAddress function) {
    }

    /**
     * Maps a memory BAR; valid until {@link #release}.
     *
     * @param bar 0 to 5
     * @param address what the BAR contains
     * @param size its bytes
     */
    Mmio mapBar(PciAddress function, int bar, long address, long size);

    /**
     * The host sets up MSI-X itself ({@link #openInterrupts}), as VFIO does. Otherwise the device manager writes the table with what
     * {@link #openMessage} gives.
     */
    boolean managesInterrupts();

    /**
     * Enables MSI-X.
     *
     * @param count vectors, from the first
     * @return the vectors, perhaps fewer
     * @throws net.api.DevException UNSUPPORTED if the host does not do this
     */
    List<Interrupt> openInterrupts(PciAddress function, int count);

    /**
     * An address and a value that interrupt the processor when a device writes the one to the other.
     *
     * @throws net.api.DevException UNSUPPORTED if the host does not do this; NO_MEMORY if there is none left
     */
    Message openMessage(PciAddress function);

    /**
     * What a vector's table entry gets.
     *
     * @param address bus address to write to
     * @param data what to write
     * @param interrupt is signalled then
     */
    record Message(long address, int data, Interrupt interrupt) {
    }
}
