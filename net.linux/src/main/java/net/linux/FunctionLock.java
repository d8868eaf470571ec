package net.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import net.api.DevError;
import net.api.DevException;
import net.linux.device.ProcessId;
import net.linux.device.Sysfs;

/**
 * Keeps other processes from a device, and remembers which driver the kernel had bound to it. The lock ends with the process, however that ends; the note
 * stays, so that the next process can still restore that driver, and knows whose memory the device may still reach.
 */
final class FunctionLock {
    private static final String PROCESS = "process ";
    private static final String LEFT = "left ";
    private static final String DRIVER = "driver ";
    private static final int LONGEST = 4096;

    private final Path file;
    private final FileChannel channel;
    private final FileLock lock;
    /** The process that left the device running; empty if it is at rest, or this one's. */
    private Optional<String> left;

    private FunctionLock(Path file, FileChannel channel, FileLock lock) {
        this.file = file;
        this.channel = channel;
        this.lock = lock;
        String text = text(channel);
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
        try {
            Files.createDirectories(directory);
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            FileLock lock = null;
            try {
                lock = channel.tryLock();
            } catch (OverlappingFileLockException e) {
                // Of this process; said below.
            }
            if (lock == null) {
                String holder = line(text(channel), PROCESS).map(p -> "process " + ProcessId.number(p)).orElse("another process");
                channel.close();
                throw new DevException(DevError.RESOURCE_BUSY, "%s is driven by %s, which holds %s: stop that one, or take the device out of one configuration"
                        .formatted(device, holder, file));
            }
            FunctionLock taken = new FunctionLock(file, channel, lock);
            taken.note(taken.formerDriver());
            return taken;
        } catch (IOException e) {
            throw new DevException(DevError.IO, "%s cannot be locked: %s. The directory and what is in it must be this user's: mkdir -p %s && chown -R %s %s"
                    .formatted(device, e, directory, System.getProperty("user.name"), directory), e);
        }
    }

    /** The driver that was bound when a process took the device and has not given it back; "" if there was none. */
    Optional<String> formerDriver() {
        return line(text(channel), DRIVER);
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
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)), 0);
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
        try (channel) {
            write("", formerDriver);
            lock.release();
        } catch (IOException e) {
            throw new DevException(DevError.IO, file + " cannot be unlocked: " + e, e);
        }
    }

    /** The processes that have devices, or were killed with some that nobody has taken since, by {@link ProcessId}. */
    static Set<String> processes(Path directory) {
        Set<String> processes = new TreeSet<>();
        for (String device : Sysfs.names(directory)) {
            String text = Sysfs.text(directory.resolve(device)).orElse("");
            line(text, PROCESS).ifPresent(processes::add);
            line(text, LEFT).ifPresent(processes::add);
        }
        return processes;
    }

    private static String text(FileChannel channel) {
        ByteBuffer bytes = ByteBuffer.allocate(LONGEST);
        try {
            channel.read(bytes, 0);
        } catch (IOException e) {
            return "";
        }
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII);
    }

    private static Optional<String> line(String text, String prefix) {
        return text.lines().filter(l -> l.startsWith(prefix)).map(l -> l.substring(prefix.length())).findFirst();
    }
}
