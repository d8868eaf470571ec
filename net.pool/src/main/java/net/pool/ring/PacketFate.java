package net.pool.ring;

/** What became of a packet that was inserted into an {@link OrderedBuffer}. */
public enum PacketFate {
    /** Stored; no packet with a later number came before it. */
    IN_ORDER,
    /** Stored; packets with later numbers had come before it (RFC 4737, section 3). */
    REORDERED,
    /** Not stored: it waits in the window already, or was drained. */
    DUPLICATE,
    /** Not stored: its number was given up before, or lies further back than is remembered. */
    LATE,
    /**
     * Not stored: its number is {@link OrderedSpec#maxJump} or more from the one expected. If the packet inserted next follows on it, the source is taken to
     * have restarted.
     */
    FAR,
    /** Not stored: longer than {@link OrderedSpec#maxPacket}. */
    TOO_LONG,
    /**
     * Not stored, not counted: the window has to move up for it, and packets that wait would be lost. What they wait for is given up now: drain until nothing
     * comes, and insert it again.
     */
    DRAIN_FIRST
}
