package net.sim;

import java.util.SplittableRandom;

/** Takes the chances of a {@link Hostility}. Under the engine's lock. */
final class Liar {
    private final Hostility how;
    private final SplittableRandom random;

    Liar(Hostility how) {
        this.how = how;
        random = new SplittableRandom(how.seed());
    }

    private boolean lies(Hostility.Kind kind) {
        return how.kinds().contains(kind) && random.nextInt(how.every()) == 0;
    }

    int id(int id, int size) {
        if (lies(Hostility.Kind.ID_OUT_OF_RANGE)) {
            return random.nextInt(2) == 0 ? size + random.nextInt(1 << 16) : random.nextInt() | Integer.MIN_VALUE;
        }
        return lies(Hostility.Kind.ID_OF_ANOTHER) ? random.nextInt(size) : id;
    }

    int length(int length) {
        if (lies(Hostility.Kind.LENGTH_TOO_LONG)) {
            return random.nextInt(2) == 0 ? length + 65_536 + random.nextInt(1 << 20) : -1 - random.nextInt(1 << 20);
        }
        return lies(Hostility.Kind.LENGTH_TOO_SHORT) ? random.nextInt(12) : length;
    }

    int index(int index, int size) {
        return lies(Hostility.Kind.INDEX_AHEAD) ? index + size + 1 + random.nextInt(0x4000) & 0xffff : index;
    }

    int numBuffers(int n) {
        return !lies(Hostility.Kind.WRONG_NUM_BUFFERS) ? n : random.nextInt(2) == 0 ? 0 : n + 1 + random.nextInt(0x1000);
    }
}
