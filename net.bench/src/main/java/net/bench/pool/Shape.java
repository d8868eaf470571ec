package net.bench.pool;

/** How buffers are taken and given back. The word is that of the line that asks a process for a window. */
enum Shape {
    SINGLE("single", "single"),
    BATCH("batch", "batch of 32"),
    HOLD("hold", "512 held"),
    PASS_SINGLE("pass-single", "single"),
    PASS_BATCH("pass-batch", "batch of 32");

    static final int BATCH_SIZE = 32;
    static final int HELD = 512;

    final String word;
    final String title;

    Shape(String word, String title) {
        this.word = word;
        this.title = title;
    }

    /** Buffers are taken on one thread and given back on the other. */
    boolean isPassing() {
        return this == PASS_SINGLE || this == PASS_BATCH;
    }

    static Shape of(String word) {
        for (Shape s : values()) {
            if (s.word.equals(word)) {
                return s;
            }
        }
        throw new IllegalArgumentException("no shape is called '" + word + "'");
    }
}
