package net.testkit.contract;

import java.util.Set;
import net.api.DevException;
import net.api.NetBufPool;
import net.api.NetDriverOps;
import net.api.NetPort;
import net.api.device.DeviceStatus;
import net.api.driver.DeviceConfig;
import net.testkit.CableEnd;
import org.opentest4j.TestAbortedException;

/** A card with a driver, and both hands on it: one attaches and detaches, the other holds the far end of the cable. One thread. */
public interface CardUnderTest extends AutoCloseable {
    /**
     * What a test wants of a card that is about to be made.
     *
     * @param buffers capacity of the pool
     * @param dataRoom bytes of a buffer behind the headroom
     * @param mtu what the device advises as its largest MTU, in bytes; 0 for its choice
     * @param queues receive and transmit queues of the device, if it can have as many
     */
    record Wish(int buffers, int dataRoom, int mtu, int queues) {
        /** 2048 buffers of 2048 bytes, the device's own MTU, a queue each way. */
        public static final Wish DEFAULT = new Wish(2048, 2048, 0, 1);
    }

    /** What the suite can do to a device; a fault that a device cannot have is skipped in words. */
    enum Fault {
        /** {@link #setLink}. */
        LINK,
        /** {@link #pull} and {@link #putBack}. */
        REMOVAL,
        /** {@link #attachAndLose} and {@link #putBack}. */
        LOSS
    }

    /** How registers answer when the device is gone. */
    enum Loss {
        /** All ones, as PCI does. */
        ONES,
        /** The access ends with an {@link InternalError}, as that to memory that an operating system has unmapped. */
        BUS_ERROR
    }

    /** The faults that this card can have. */
    Set<Fault> faults();

    /**
     * Attaches the driver through the device manager.
     *
     * @throws DevException what attaching failed with
     */
    NetDriverOps attach(DeviceConfig config);

    /** Detaches the driver through the device manager; returns when that is done. Nothing if it is not attached. */
    void detach();

    /**
     * Swaps the driver for another version of itself, under whatever goes on; again swaps back.
     *
     * @return true if the device ran on: the driver handed over
     * @throws org.opentest4j.TestAbortedException if drivers cannot be swapped here
     */
    default boolean swap() {
        throw new TestAbortedException("skipped: there is no other version of the driver here");
    }

    /**
     * The port of the device.
     *
     * @throws org.opentest4j.TestAbortedException as {@link #swap}
     */
    default NetPort port() {
        throw new TestAbortedException("skipped: there is no port here");
    }

    /** Where the device stands; after a {@link #pull}, where it stood last. */
    DeviceStatus status();

    /** The pool that the card receives into; it has shells. */
    NetBufPool pool();

    /** Another pool in memory that the device reaches. */
    NetBufPool otherPool();

    /** The far end of the cable. */
    CableEnd cable();

    /** Takes the link down or up. */
    void setLink(boolean up);

    /** Takes the device away while it works; returns when it is away, whether the device manager has noticed or not. */
    void pull();

    /** Brings the device back after {@link #pull} or {@link #attachAndLose}. */
    void putBack();

    /**
     * Attaches the driver, and takes the device away at an access to its registers; when that is before the driver has attached, {@link #putBack} is due.
     *
     * @param access the number of the access, from 1; {@link Integer#MAX_VALUE} for none: then the driver is attached when the call returns
     * @return how many accesses there were
     * @throws org.opentest4j.TestAbortedException if the device cannot have the fault {@link Fault#LOSS}
     */
    default int attachAndLose(int access, Loss loss) {
        throw new TestAbortedException("skipped: this device does not go while it is attached");
    }

    /**
     * Takes everything down.
     *
     * @throws AssertionError if memory that was lent to the device was not given back
     */
    @Override
    void close();
}
