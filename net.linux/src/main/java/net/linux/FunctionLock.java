package net.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import net.api.DevError;
import net.api.DevException;
import net.linux.device.ProcessId;
import net.linux.device.Sysfs;
import net.linux.sys.Descriptor;
import net.linux.sys.Descriptors;
import net.linux.sys.Locks;
import net.linux.sys.SystemCallException;

/**
 * Keeps other processes from a device, and remembers which driver the kernel had bound to it. The lock ends with the process, however that ends; the note
 * stays, so that the next process can still restore that driver, and knows whose memory the device may still reach.
 */
final class FunctionLock {
    private static final String PROCESS = "process ";
    private static final String LEFT = "left ";
    private static final String DRIVER = "driver ";

    private final Path file;
    private final Descriptor opened;
    /** The process that left the device running; empty if it is at rest, or this one's. */
    private Optional<String> left;

    private FunctionLock(Path file, Descriptor opened) {
        this.file = file;
        this.opened = opened;
        String text = text(file);
        left = line(text, LEFT).or(() -> line(text, PROCESS));
    }

    /**
     * Locks a device.
     *
     * @param directory where locks are; it is made if it is not there
     * @throws DevException RESOURCE_BUSY with the process that has it; IO if there can be no lock
     */
    static FunctionLock take(Path directory, String device) {
        Path file = directory.resolve(device);
        Descriptor opened = null;
        try {
            Files.createDirectories(directory);
            try {
                Files.createFile(file);
            } catch (FileAlreadyExistsException e) {
                // Of an earlier process, or of one that runs.
            }
            opened = new Descriptor(Descriptors.SYSTEM.open(file.toString()));
            if (!Locks.SYSTEM.tryLock(opened.fd())) {
                String holder = line(text(file), PROCESS).map(p -> "process " + ProcessId.number(p)).orElse("another process");
                throw new DevException(DevError.RESOURCE_BUSY, "%s is driven by %s, which holds %s: stop that one, or take the device out of one configuration"
                        .formatted(device, holder, file));
            }
            FunctionLock taken = new FunctionLock(file, opened);
            taken.note(taken.formerDriver());
            opened = null;
            return taken;
        } catch (IOException | SystemCallException e) {
            throw new DevException(DevError.IO, "%s cannot be locked: %s. The directory and what is in it must be this user's: mkdir -p %s && chown -R %s %s"
                    .formatted(device, e, directory, System.getProperty("user.name"), directory), e);
        } finally {
            if (opened != null) {
                opened.close(); // and with it the lock
            }
        }
    }

    /** The driver that was bound when a process took the device and has not given it back; "" if there was none. */
    Optional<String> formerDriver() {
        return line(text(file), DRIVER);
    }

    /** Notes the driver for whoever takes the device next; empty if there is nothing to restore. */
    void note(Optional<String> formerDriver) {
        write(PROCESS + ProcessId.OWN + "\n", formerDriver);
    }

    /** The device is at rest now, whoever left it. */
    void quiet() {
        left = Optional.empty();
        note(formerDriver());
    }

    private void write(String process, Optional<String> formerDriver) {
        String text = process + left.map(p -> LEFT + p + "\n").orElse("") + formerDriver.map(d -> DRIVER + d + "\n").orElse("");
        try {
            Files.writeString(file, text, StandardCharsets.US_ASCII, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
        } catch (IOException e) {
            throw new DevException(DevError.IO, file + " cannot be written: " + e, e);
        }
    }

    /**
     * Lets others in.
     *
     * @param formerDriver what is still to be restored
     */
    void release(Optional<String> formerDriver) {
        try (opened) {
            write("", formerDriver);
        }
    }

    /** The processes that have devices, or were killed with some that nobody has taken since, by {@link ProcessId}. */
    static Set<String> processes(Path directory) {
        Set<String> processes = new TreeSet<>();
        for (String device : Sysfs.names(directory)) {
            String text = text(directory.resolve(device));
            line(text, PROCESS).ifPresent(processes::add);
            line(text, LEFT).ifPresent(processes::add);
        }
        return processes;
    }

    /** The devices that killed processes had, and nobody has taken since. */
    static List<String> abandoned(Path directory) {
        return Sysfs.names(directory).stream().filter(device -> {
            String text = text(directory.resolve(device));
            return Stream.of(PROCESS, LEFT).flatMap(p -> line(text, p).stream()).anyMatch(process -> !ProcessId.mayRun(process));
        }).toList();
    }

    private static String text(Path file) {
        return new String(Sysfs.bytes(file), StandardCharsets.US_ASCII);
    }

    private static Optional<String> line(String text, String prefix) {
        return text.lines().filter(l -> l.startsWith(prefix)).map(l -> l.substring(prefix.length())).findFirst();
    }
}
