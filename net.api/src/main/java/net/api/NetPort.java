package net.api;

import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A network device to hold on to while drivers come and go: an application that has a port need not follow the {@link NetDriverOps} services of the device.
 * The device manager registers it as a service, with the device's address as {@link NetDriverOps#DEVICE}, from the first attach of a driver until the device
 * is gone. A device that comes back has the same port again.
 *
 * <p>Its queues are those of the driver that is attached at the moment. While there is none they are empty and full: {@code receive} and {@code transmit}
 * return 0, {@code canReceive} and {@code canTransmit} false, {@code reclaim} 0, and {@code await} sleeps; it also returns false when a driver leaves while it
 * sleeps. They never report that a card was detached. For everything else their contract is that of {@link RxQueue} and {@link TxQueue}, and so is their price,
 * but for one read of a field each batch.
 */
@ProviderType
public interface NetPort {
    /** The address of the device. Any thread. */
    String device();

    /** What the driver of the moment offers; empty while there is none. Any thread. */
    Optional<NetDriverOps> card();

    /**
     * The receive queue of that number, the same object each time, also where the driver of the moment has fewer: then it stays empty.
     *
     * @param index 0 to 127
     * @throws DevException INVALID_PARAM if outside
     */
    RxQueue rxQueue(int index);

    /**
     * The transmit queue of that number, the same object each time, also where the driver of the moment has fewer: then it stays full.
     *
     * @param index 0 to 127
     * @throws DevException INVALID_PARAM if outside
     */
    TxQueue txQueue(int index);
}
