package net.driver.virtio;

import net.api.DevError;
import net.api.DevException;

/** Free descriptors, first in, first out: as long as a device completes in order, they come out in order too. */
final class FreeIds {
    private final char[] ids;
    private final int mask;
    private int head;
    private int tail;

    /** @param size a power of two, at most 32768; all are taken */
    FreeIds(int size) {
        ids = new char[size];
        mask = size - 1;
    }

    int count() {
        return tail - head;
    }

    /** All, the next first. */
    char[] all() {
        char[] all = new char[count()];
        for (int i = 0; i < all.length; i++) {
            all[i] = ids[head + i & mask];
        }
        return all;
    }

    /**
     * Free descriptors of a queue that runs.
     *
     * @param all as {@link #all} gave them
     */
    static FreeIds of(int size, char[] all) {
        FreeIds free = new FreeIds(size);
        for (char id : all) {
            if (id >= size || free.count() == size) {
                throw new DevException(DevError.INVALID_PARAM, "descriptor %d cannot be free in a ring of %d".formatted((int) id, size));
            }
            free.give(id);
        }
        return free;
    }

    int take() {
        return ids[head++ & mask];
    }

    void give(int id) {
        ids[tail++ & mask] = (char) id;
    }
}
