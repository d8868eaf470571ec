package net.bench.forward.inside;

/**
 * What a window gave.
 *
 * @param packets received, or sent where nothing is received
 * @param nanos in which that was
 * @param lost of those, nanoseconds in which the thread did not run
 * @param bytes allocated on the Java heap by the thread
 * @param collections of garbage, in the process
 */
public record Ran(long packets, long nanos, long lost, long bytes, long collections) {
    /** The line that a peer answers. */
    public String line() {
        return packets + " " + nanos + " " + lost + " " + bytes + " " + collections;
    }

    /** What such a line says. */
    public static Ran parse(String line) {
        String[] words = line.split(" ");
        return new Ran(Long.parseLong(words[0]), Long.parseLong(words[1]), Long.parseLong(words[2]), Long.parseLong(words[3]), Long.parseLong(words[4]));
    }
}
