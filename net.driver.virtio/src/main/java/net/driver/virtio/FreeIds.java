package net.driver.virtio;

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

    int take() {
        return ids[head++ & mask];
    }

    void give(int id) {
        ids[tail++ & mask] = (char) id;
    }
}
