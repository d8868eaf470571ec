package net.app.echo;

/** What became of a received frame. */
enum Outcome {
    /** It is now an ARP reply. */
    ARP_REPLY("arp_replies", true),
    /** It is now an ICMP echo reply. */
    ICMP_REPLY("icmp_replies", true),
    /** It is now a neighbour advertisement. */
    NEIGHBOUR_ADVERTISEMENT("neighbour_advertisements", true),
    /** It is now an ICMPv6 echo reply. */
    ICMPV6_REPLY("icmpv6_replies", true),
    /** Not for us, or nothing that we answer. */
    IGNORED("ignored", false),
    /** A fragment: only whole packets are answered. */
    FRAGMENT("fragments", false),
    /** Lengths or fields that contradict each other or the protocol. */
    MALFORMED("malformed", false),
    /** A checksum is wrong. */
    BAD_CHECKSUM("bad_checksum", false),
    /** The answer would be longer, or of more buffers, than the card sends. */
    TOO_LONG("too_long", false);

    private final String counter;
    private final boolean reply;

    Outcome(String counter, boolean reply) {
        this.counter = counter;
        this.reply = reply;
    }

    /** Name of the counter of such frames. */
    String counter() {
        return counter;
    }

    /** The frame is to be sent. */
    boolean isReply() {
        return reply;
    }
}
