package net.linux.device;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import net.api.host.MmioWindow;
import net.linux.sys.Descriptors;
import net.linux.sys.SystemCallException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registers in a file, each access a call, of a little-endian machine. What the device took along when it vanished reads as all ones, and swallows writes.
 *
 * @param fds calls
 * @param fd the file, which somebody else closes
 * @param name of the device, in messages
 */
public record FileRegisters(Descriptors fds, int fd, String name) {
    private static final Logger LOG = LoggerFactory.getLogger(FileRegisters.class);

    /** So many bytes, 1, 2 or 4, at this place of the file. */
    public int read(long at, int width) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(JAVA_INT);
            long n = fds.read(fd, value.asSlice(0, width), at);
            return n < width ? MmioWindow.ones(width) : value.get(JAVA_INT, 0);
        } catch (SystemCallException e) {
            return MmioWindow.ones(width);
        }
    }

    /** Arguments as {@link #read}. */
    public void write(long at, int width, int value) {
        try (Arena arena = Arena.ofConfined()) {
            fds.write(fd, arena.allocateFrom(JAVA_INT, value).asSlice(0, width), at);
        } catch (SystemCallException e) {
            LOG.debug("{}: a write of {} bytes is lost: {}", name, width, e.getMessage());
        }
    }
}
