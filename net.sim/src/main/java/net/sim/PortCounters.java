package net.sim;

/**
 * What passed a port since it was made, in frames except where said.
 *
 * @param sent frames that left
 * @param sentBytes bytes of them
 * @param unconnected frames that left while the link was down, and are lost; not in {@code sent}
 * @param received frames that the receiver took
 * @param receivedBytes bytes of them
 * @param dropped frames that arrived when the receiver had no buffer
 * @param filtered frames that the receiver's filters refused
 * @param tooLong frames that are longer than the receiver takes
 * @param notReady frames that arrived when the receiver was not set up
 */
public record PortCounters(long sent, long sentBytes, long unconnected, long received, long receivedBytes, long dropped, long filtered, long tooLong,
        long notReady) {
}
