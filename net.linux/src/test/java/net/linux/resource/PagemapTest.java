package net.linux.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import net.api.DevError;
import net.api.DevException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PagemapTest {
    private static final long PRESENT = 1L << 63;

    private static Pagemap of(Path directory, long... entries) throws Exception {
        ByteBuffer bytes = ByteBuffer.allocate(entries.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(entries);
        return new Pagemap(Files.write(directory.resolve("pagemap"), bytes.array()));
    }

    @Test
    void aFrameAndThePlaceInItAreTheAddress(@TempDir Path directory) throws Exception {
        // Bits 55 to 62 are about other things: soft-dirty, exclusively mapped.
        Pagemap map = of(directory, 0, PRESENT | 3L << 55 | 0x12_3456_789aL);
        assertThat(map.physical(0x1234)).isEqualTo(0x1234_5678_9a23_4L);
    }

    @Test
    void whatIsNotToldIsAnError(@TempDir Path directory) throws Exception {
        Pagemap map = of(directory, PRESENT, 5);
        assertThatThrownBy(() -> map.physical(0x10)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.UNSUPPORTED))
                .hasMessageContaining("CAP_SYS_ADMIN");
        assertThatThrownBy(() -> map.physical(0x1000)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.IO))
                .hasMessageContaining("0x1000 is not in memory");
        assertThatThrownBy(() -> map.physical(0x2000)).as("beyond the end").isInstanceOf(DevException.class);
    }

    @Test
    void thisMachineTellsRoot() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(8192, 4096).fill((byte) 1);
            Pagemap map = new Pagemap(Path.of("/proc/self/pagemap"));
            long first;
            try {
                first = map.physical(memory.address());
            } catch (DevException e) {
                assumeTrue(e.error() != DevError.UNSUPPORTED, e.getMessage());
                throw e;
            }
            assertThat(first % 4096).isZero();
            assertThat(map.physical(memory.address() + 4095)).isEqualTo(first + 4095);
            assertThat(map.physical(memory.address() + 4096)).isNotEqualTo(first);
        }
    }
}
