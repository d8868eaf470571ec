package net.pool.ring;

import org.osgi.annotation.versioning.ConsumerType;

/** Takes packets out of an {@link UnorderedBuffer}. */
@ConsumerType
@FunctionalInterface
public interface PacketHandler {
    /**
     * Looks at the oldest packet.
     *
     * @param packet valid until return
     * @return true if it was dealt with and is to be removed; false if it is to stay the oldest
     */
    boolean packet(PacketView packet);
}
