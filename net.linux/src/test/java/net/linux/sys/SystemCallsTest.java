package net.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the C library does when it is called from here. */
class SystemCallsTest {
    private final Descriptors fds = Descriptors.SYSTEM;

    @Test
    void anEventCountsAndWakes() {
        int event = fds.eventfd();
        int other = fds.eventfd();
        assertThat(fds.drain(event)).isZero();
        assertThat(fds.poll(new int[] {other, event}, 0)).isZero();
        fds.signal(event);
        fds.signal(event);
        assertThat(fds.poll(new int[] {other, event}, 10_000)).isEqualTo(2);
        assertThat(fds.drain(event)).isEqualTo(2);
        assertThat(fds.drain(event)).isZero();
        fds.close(event);
        fds.close(other);
        assertThatThrownBy(() -> fds.signal(event)).isInstanceOf(SystemCallException.class);
    }

    @Test
    void aFailureNamesCallAndError() {
        assertThatThrownBy(() -> fds.open("/nowhere/at/all")).isInstanceOfSatisfying(SystemCallException.class,
                e -> assertThat(e.errno()).isEqualTo(SystemCallException.ENOENT)).hasMessage("open(/nowhere/at/all): no such file or directory (ENOENT)");
        int event = fds.eventfd();
        assertThatThrownBy(() -> fds.ioctl(event, 0x3b64, "VFIO_GET_API_VERSION", MemorySegment.NULL))
                .hasMessage("VFIO_GET_API_VERSION: not known to this file (ENOTTY)");
        fds.close(event);
    }

    @Test
    void aFileIsReadWrittenAndMapped(@TempDir Path directory) throws Exception {
        Path file = Files.write(directory.resolve("f"), new byte[8192]);
        int fd = fds.open(file.toString());
        Arena arena = Arena.ofShared();
        MemorySegment mapped = Mappings.SYSTEM.map(fd, 4096, 4096, arena);
        try (Arena own = Arena.ofConfined()) {
            MemorySegment value = own.allocateFrom(JAVA_LONG, 0x1122334455667788L);
            assertThat(fds.write(fd, value, 4096)).isEqualTo(8);
            assertThat(mapped.get(JAVA_LONG, 0)).isEqualTo(0x1122334455667788L);
            mapped.set(JAVA_LONG, 0, 7);
            assertThat(fds.read(fd, value, 4096)).isEqualTo(8);
            assertThat(value.get(JAVA_LONG, 0)).isEqualTo(7);
        }
        arena.close();
        assertThatThrownBy(() -> mapped.get(JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
        fds.close(fd);
    }

    @Test
    void aLockIsThatOfAnOpening(@TempDir Path directory) throws Exception {
        Path file = Files.createFile(directory.resolve("lock"));
        int first = fds.open(file.toString());
        int second = fds.open(file.toString());
        assertThat(Locks.SYSTEM.tryLock(first)).isTrue();
        assertThat(Locks.SYSTEM.tryLock(second)).isFalse();
        assertThat(Files.readString(file)).as("opened, read, closed").isEmpty();
        assertThat(Locks.SYSTEM.tryLock(second)).isFalse();
        fds.close(first);
        assertThat(Locks.SYSTEM.tryLock(second)).isTrue();
        fds.close(second);
        assertThatThrownBy(() -> Locks.SYSTEM.tryLock(second)).isInstanceOf(SystemCallException.class).hasMessageStartingWith("flock");
    }

    @Test
    void piecesOfFilesAreSeenInOne(@TempDir Path directory) throws Exception {
        Path file = Files.write(directory.resolve("pieces"), new byte[4 * 4096]);
        int fd = fds.open(file.toString());
        Arena arena = Arena.ofShared();
        MemorySegment all = Mappings.SYSTEM.map(fd, 0, 4 * 4096, arena);
        // The third page, the first, and half of the last.
        List<MemorySegment> pieces = List.of(all.asSlice(2 * 4096, 4096), all.asSlice(0, 4096), all.asSlice(3 * 4096, 2048));
        Arena own = Arena.ofShared();
        MemorySegment joined = Views.SYSTEM.join(pieces, own);
        assertThat(joined.byteSize()).isEqualTo(4096 + 4096 + 2048);
        joined.fill((byte) 1);
        joined.set(JAVA_LONG_UNALIGNED, 4092, 0x1122334455667788L);
        assertThat(all.get(JAVA_INT, 2 * 4096 + 4092)).isEqualTo(0x55667788);
        assertThat(all.get(JAVA_INT, 0)).isEqualTo(0x11223344);
        assertThat(all.get(JAVA_INT, 4096)).isZero();
        all.set(JAVA_INT, 3 * 4096, 7);
        assertThat(joined.get(JAVA_INT, 2 * 4096)).isEqualTo(7);
        String range = Long.toHexString(joined.address()) + "-";
        assertThat(Files.readString(Path.of("/proc/self/maps"))).contains(range);
        own.close();
        assertThat(Files.readString(Path.of("/proc/self/maps"))).doesNotContain(range);
        assertThat(all.get(JAVA_INT, 3 * 4096)).isEqualTo(7);
        arena.close();
        fds.close(fd);
    }

    @Test
    void whatCannotBeJoinedIsRefusedAndLeavesNothing() throws Exception {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment all = Mappings.SYSTEM.allocate(3 * 4096, 4096, -1, arena);
            Arena own = Arena.ofShared();
            long before = mappings();
            assertThatThrownBy(() -> Views.SYSTEM.join(List.of(all.asSlice(0, 2048), all.asSlice(4096, 4096)), own)).isInstanceOf(SystemCallException.class)
                    .hasMessageContaining("mremap of 2 pieces");
            own.close();
            assertThat(mappings()).isEqualTo(before);
        }
    }

    private static long mappings() throws IOException {
        // Those of this kind only: the virtual machine's own come and go.
        return Files.readString(Path.of("/proc/self/maps")).lines().filter(l -> l.contains("/dev/zero")).count();
    }

    @Test
    void whatIsMappedForReadingIsNotWritten(@TempDir Path directory) throws Exception {
        Path file = Files.write(directory.resolve("f"), new byte[8192]);
        int fd = fds.open(file.toString());
        try (Arena arena = Arena.ofShared()) {
            MemorySegment all = Mappings.SYSTEM.map(fd, 0, 8192, arena);
            MemorySegment view = Views.SYSTEM.read(fd, 4096, 4096, arena);
            all.set(JAVA_INT, 4096, 9);
            assertThat(view.get(JAVA_INT, 0)).isEqualTo(9);
            assertThat(view.isReadOnly()).isTrue();
            assertThat(Views.SYSTEM.join(List.of(all.asSlice(0, 4096), view), arena).isReadOnly()).isTrue();
        }
        fds.close(fd);
    }

    @Test
    void memoryIsZeroedLockedAndUnmapped() throws Exception {
        Arena arena = Arena.ofShared();
        MemorySegment memory = Mappings.SYSTEM.allocate(1 << 20, 4096, -1, arena);
        assertThat(memory.byteSize()).isEqualTo(1 << 20);
        assertThat(memory.get(JAVA_LONG, 8)).isZero();
        Mappings.SYSTEM.lock(memory.asSlice(0, 4096));
        String range = Long.toHexString(memory.address()) + "-";
        assertThat(Files.readString(Path.of("/proc/self/maps"))).contains(range);
        arena.close();
        assertThat(Files.readString(Path.of("/proc/self/maps"))).doesNotContain(range);
    }

    @Test
    void memoryOfANodeThatIsNotThereIsRefused() {
        try (Arena arena = Arena.ofShared()) {
            assertThatThrownBy(() -> Mappings.SYSTEM.allocate(4096, 4096, 63, arena)).isInstanceOf(SystemCallException.class).hasMessageContaining("node 63");
        }
    }
}
