package net.linux.vfio;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import net.linux.sys.Limits;
import net.linux.sys.SystemCallException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much memory this process may lock, which is what devices can reach of it. proc(5): {@code limits} and {@code status}.
 *
 * @param limit soft limit in bytes, {@link Long#MAX_VALUE} without one
 * @param used bytes that are locked
 * @param exempt the process has CAP_IPC_LOCK, and the limit is not its
 */
public record Memlock(long limit, long used, boolean exempt) {
    private static final Logger LOG = LoggerFactory.getLogger(Memlock.class);
    private static final int CAP_IPC_LOCK = 14;

    /** What holds now. */
    public static Memlock now() {
        return of(Path.of("/proc/self"));
    }

    /** What holds after the soft limit was raised to the hard one, as every process may. */
    public static Memlock raised() {
        Memlock before = now();
        try {
            Limits.SYSTEM.lockedMemory(Long.MAX_VALUE);
        } catch (SystemCallException e) {
            LOG.debug("The limit of locked memory stays: {}", e.getMessage());
        }
        Memlock now = now();
        if (now.limit > before.limit) {
            LOG.info("This process may lock {} now, and not only {} KiB: its soft limit was raised to the hard one", now.amount(), before.limit / 1024);
        }
        return now;
    }

    private String amount() {
        return limit == Long.MAX_VALUE ? "any amount" : limit / 1024 + " KiB";
    }

    static Memlock of(Path proc) {
        String soft = field(proc.resolve("limits"), "Max locked memory");
        String capabilities = field(proc.resolve("status"), "CapEff:");
        boolean exempt = !capabilities.isEmpty() && (Long.parseUnsignedLong(capabilities, 16) >>> CAP_IPC_LOCK & 1) != 0;
        String locked = field(proc.resolve("status"), "VmLck:");
        return new Memlock(soft.isEmpty() || soft.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(soft),
                locked.isEmpty() ? 0 : Long.parseLong(locked) << 10, exempt);
    }

    /** The limit does not allow that many bytes more. */
    public boolean forbids(long bytes) {
        return !exempt && bytes > limit - used;
    }

    /** What to do when it is too little. */
    public String advice() {
        return exempt ? "the process may lock all memory (CAP_IPC_LOCK), so the machine itself has not enough of it: make the pools smaller"
                : "this process may lock %s, and has locked %d KiB: raise the limit with LimitMEMLOCK=infinity in the service, with 'ulimit -l unlimited' before the"
                        .formatted(amount(), used / 1024) + " start, or give it the capability CAP_IPC_LOCK";
    }

    /** First word behind a field's name, "" if there is none. */
    private static String field(Path file, String name) {
        try {
            return Files.readAllLines(file).stream().filter(l -> l.startsWith(name)).map(l -> l.substring(name.length()).strip().split("\\s+")[0]).findFirst()
                    .orElse("");
        } catch (IOException e) {
            return "";
        }
    }
}
