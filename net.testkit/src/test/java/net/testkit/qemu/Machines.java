package net.testkit.qemu;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** QEMU for tests, or the reason why there is none. */
public final class Machines {
    private Machines() {
    }

    /** Starts it, or skips the test in words. */
    public static QemuHost start(QemuCard... cards) {
        return start(QemuBoard.Q35, cards);
    }

    /** Starts a board, or skips the test in words. */
    public static QemuHost start(QemuBoard board, QemuCard... cards) {
        QemuOptions options = QemuOptions.of(board, cards);
        assumeTrue(options.isInstalled(), () -> "skipped: there is no " + options.binary() + " on the PATH (Debian: apt-get install " + board.packageName()
                + ")");
        return new QemuHost(options);
    }
}
