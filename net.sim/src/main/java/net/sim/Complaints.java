package net.sim;

import java.util.ArrayDeque;
import java.util.List;

/** What a model has to say about its driver: the last of it. Under the engine's lock. */
final class Complaints {
    private static final int LIMIT = 64;

    private final ArrayDeque<String> last = new ArrayDeque<>();

    void add(String format, Object... values) {
        if (last.size() == LIMIT) {
            last.removeFirst();
        }
        last.addLast(format.formatted(values));
    }

    /** Oldest first. */
    List<String> list() {
        return List.copyOf(last);
    }
}
