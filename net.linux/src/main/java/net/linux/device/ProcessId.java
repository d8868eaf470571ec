package net.linux.device;

import java.time.Instant;
import java.util.Optional;

/** Names of processes that tell a process from a later one with its number: {@code 1234-1700000000000}, number and start. */
public final class ProcessId {
    /** This process. */
    public static final String OWN = ProcessHandle.current().pid() + "-" + ProcessHandle.current().info().startInstant().map(Instant::toEpochMilli).orElse(0L);

    private ProcessId() {
    }

    /** The process's number. */
    public static String number(String id) {
        return id.split("-", 2)[0];
    }

    /** It runs, or another one has its number now. */
    public static boolean mayRun(String id) {
        if (number(id).equals(number(OWN))) {
            return id.equals(OWN);
        }
        try {
            return Optional.of(Long.parseLong(number(id))).flatMap(ProcessHandle::of).isPresent();
        } catch (NumberFormatException e) {
            return false;
        }
    }
}
