package net.bench.pool;

import java.util.Locale;

/**
 * What one window of one process gave.
 *
 * @param nanosPerBuffer nanoseconds for taking, touching and giving back one buffer, mean of the threads
 * @param buffers how many, by all threads
 * @param empty how often a pool said that it was empty; never true here
 * @param full how often a pool had no room for a buffer of its own
 * @param bytes allocated on the Java heap by the threads
 */
record Window(double nanosPerBuffer, long buffers, long empty, long full, long bytes) {
    /** The line that a process answers. */
    String line() {
        return String.format(Locale.ROOT, "%.5f %d %d %d %d", nanosPerBuffer, buffers, empty, full, bytes);
    }

    static Window parse(String line) {
        String[] words = line.split(" ");
        return new Window(Double.parseDouble(words[0]), Long.parseLong(words[1]), Long.parseLong(words[2]), Long.parseLong(words[3]), Long.parseLong(words[4]));
    }
}
