package net.testkit.qemu;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** QEMU for tests, or the reason why there is none. */
public final class Machines {
    private Machines() {
    }

    /** Starts it, or skips the test in words. */
    public static QemuHost start(QemuCard... cards) {
        QemuOptions options = QemuOptions.of(cards);
        assumeTrue(options.isInstalled(), () -> "skipped: there is no " + options.binary() + " on the PATH (Debian: apt-get install qemu-system-x86)");
        return new QemuHost(options);
    }
}
