package net.pool.ring;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Puts one packet into a reserved place; it may find that there is none, and it may fail.
 *
 * @param <E> what it may throw
 */
@ConsumerType
@FunctionalInterface
public interface PacketReceiver<E extends Exception> {
    /**
     * Writes a packet.
     *
     * @param slot where to; valid until return
     * @return the packet's length in bytes, 1 to {@link PacketSlot#room}; 0 if there is no packet
     * @throws E it failed; the ring stays as it was
     */
    int receive(PacketSlot slot) throws E;
}
