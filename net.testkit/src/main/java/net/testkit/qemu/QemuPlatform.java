package net.testkit.qemu;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import net.api.DevError;
import net.api.DevException;
import net.api.device.Interrupt;
import net.api.device.Mmio;
import net.api.host.PlatformAccess;

/** The Cadence GEMs of a board without PCI: one register window and one interrupt line each. */
final class QemuPlatform implements PlatformAccess {
    private static final long WINDOW = 0x1000;
    /** Network control of the GEM: 0 stops both directions. TRM of Zynq-7000 (UG585), B.18. */
    private static final int NETWORK_CONTROL = 0;
    private static final long FIRST_PAUSE_NANOS = 2_000;
    private static final long LONGEST_PAUSE_NANOS = 200_000;

    private final QemuOptions options;
    private final Qtest qtest;
    private final Map<String, List<QtestMmio>> held = new HashMap<>();
    private List<Node> nodes = new ArrayList<>();

    /** @param controller QEMU's path of the interrupt controller whose inputs are reported */
    QemuPlatform(QemuOptions options, Qtest qtest, String controller) {
        this.options = options;
        this.qtest = qtest;
        qtest.interceptInterrupts(controller);
        for (int i = 0; i < options.cards().size(); i++) {
            nodes.add(new Node("ethernet@%x".formatted(options.board().base(i)), options.board().compatible(), List.of(WINDOW), 1, true,
                    Map.of("phy-mode", Node.text("rgmii-id"))));
        }
    }

    @Override
    public synchronized List<Node> nodes() {
        return List.copyOf(nodes);
    }

    /** QEMU has ended: forgets every device, and gives their names. */
    synchronized List<String> forgetAll() {
        List<String> names = nodes.stream().map(Node::name).toList();
        nodes = new ArrayList<>();
        return names;
    }

    private int card(String name) {
        for (int i = 0; i < options.cards().size(); i++) {
            if (name.equals("ethernet@%x".formatted(options.board().base(i)))) {
                return i;
            }
        }
        throw new DevException(DevError.INVALID_PARAM, "host %s has no device %s".formatted(options.name(), name));
    }

    @Override
    public synchronized void acquire(String name) {
        card(name);
        if (held.putIfAbsent(name, new ArrayList<>()) != null) {
            throw new DevException(DevError.RESOURCE_BUSY, "%s/%s is acquired already: release it first".formatted(options.name(), name));
        }
    }

    /** Stops the device, as a reset would. */
    @Override
    public synchronized void release(String name) {
        List<QtestMmio> windows = held.remove(name);
        if (windows != null) {
            windows.forEach(QtestMmio::close);
            qtest.write(options.board().base(card(name)) + NETWORK_CONTROL, 4, 0);
        }
    }

    @Override
    public synchronized Mmio mapRegion(String name, int region) {
        List<QtestMmio> windows = held.get(name);
        if (windows == null || region != 0) {
            throw new DevException(windows == null ? DevError.BAD_STATE : DevError.INVALID_PARAM,
                    "%s/%s: window %d of 1 can be mapped after acquire".formatted(options.name(),
                    name, region));
        }
        QtestMmio mmio = new QtestMmio(qtest, "window of " + name, options.board().base(card(name)), WINDOW);
        windows.add(mmio);
        return mmio;
    }

    @Override
    public List<Interrupt> openInterrupts(String name, int count) {
        return count < 1 ? List.of() : List.of(new Line(options.board().line(card(name))));
    }

    /** A level-triggered line: a signal is that it went up. There is no processor to interrupt, so waiting is asking QEMU, with pauses that grow. */
    private final class Line implements Interrupt {
        private final int number;
        private long seen;
        private volatile boolean closed;

        Line(int number) {
            this.number = number;
            seen = qtest.raised(number);
        }

        @Override
        public boolean await(long timeoutNanos) throws InterruptedException {
            long deadline = System.nanoTime() + timeoutNanos;
            long pause = FIRST_PAUSE_NANOS;
            while (!closed) {
                qtest.sync();
                long now = qtest.raised(number);
                if (now != seen) {
                    seen = now;
                    return true;
                }
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                LockSupport.parkNanos(Math.min(pause, left));
                pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
            }
            return false;
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
