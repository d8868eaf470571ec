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
 * @param lost nanoseconds that a thread did not run although it could; of several threads, those of the one that lost most
 */
record Window(double nanosPerBuffer, long buffers, long empty, long full, long bytes, long lost) {
    private static final int NUMBERS = 6;

    /** The same window of all threads. */
    static Window of(Window[] threads) {
        double each = 0;
        long buffers = 0;
        long empty = 0;
        long full = 0;
        long bytes = 0;
        long lost = 0;
        for (Window w : threads) {
            each += w.nanosPerBuffer / threads.length;
            buffers += w.buffers;
            empty += w.empty;
            full += w.full;
            bytes += w.bytes;
            lost = Math.max(lost, w.lost);
        }
        return new Window(each, buffers, empty, full, bytes, lost);
    }

    /** What a process answers: the numbers of one window behind those of another. */
    static String line(Window[] windows) {
        StringBuilder line = new StringBuilder();
        for (Window w : windows) {
            line.append(String.format(Locale.ROOT, "%.5f %d %d %d %d %d ", w.nanosPerBuffer, w.buffers, w.empty, w.full, w.bytes, w.lost));
        }
        return line.toString().trim();
    }

    static Window[] parse(String line) {
        String[] words = line.split(" ");
        Window[] windows = new Window[words.length / NUMBERS];
        for (int i = 0; i < windows.length; i++) {
            int at = i * NUMBERS;
            windows[i] = new Window(Double.parseDouble(words[at]), Long.parseLong(words[at + 1]), Long.parseLong(words[at + 2]), Long.parseLong(words[at + 3]),
                    Long.parseLong(words[at + 4]), Long.parseLong(words[at + 5]));
        }
        return windows;
    }
}
