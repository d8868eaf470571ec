package net.linux.device;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import net.linux.sys.Descriptors;
import net.linux.sys.Mappings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappedMmioTest {
    @Test
    void everyWidthIsLittleEndianAndWithinItsBounds() {
        MemorySegment[] memory = new MemorySegment[1];
        MappedMmio mmio = new MappedMmio("BAR 0 of x", arena -> memory[0] = arena.allocate(4096, 4096));
        mmio.write32(8, 0x89abcdef);
        mmio.write16(12, 0x12345);
        mmio.write8(14, 0x1ff);
        assertThat(memory[0].get(JAVA_BYTE, 8)).isEqualTo((byte) 0xef);
        assertThat(mmio.read32(8)).isEqualTo(0x89abcdef);
        assertThat(mmio.read16(12)).isEqualTo(0x2345);
        assertThat(mmio.read16(10)).isEqualTo(0x89ab);
        assertThat(mmio.read8(14)).isEqualTo(0xff);
        assertThat(mmio.size()).isEqualTo(4096);
        for (long offset : new long[] {-4, 4096, 4094, Long.MAX_VALUE - 3, 2, 5}) {
            assertThatThrownBy(() -> mmio.read32(offset)).as("%d", offset).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> mmio.write32(offset, 0)).as("%d", offset).isInstanceOf(IndexOutOfBoundsException.class);
        }
        assertThatThrownBy(() -> mmio.read16(1)).isInstanceOf(IndexOutOfBoundsException.class).hasMessageContaining("BAR 0 of x");
        mmio.close();
        mmio.close();
        assertThatThrownBy(() -> mmio.read32(0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> mmio.write8(0, 0)).isInstanceOf(IllegalStateException.class);
    }

    /** A file that is cut off under its mapping gives the same SIGBUS as a device that vanishes. */
    @Test
    void whatVanishedReadsAsOnes(@TempDir Path directory) throws Exception {
        Path file = Files.write(directory.resolve("f"), new byte[8192]);
        int fd = Descriptors.SYSTEM.open(file.toString());
        MappedMmio mmio = new MappedMmio("f", arena -> Mappings.SYSTEM.map(fd, 0, 8192, arena));
        mmio.write32(4096, 7);
        assertThat(mmio.read32(4096)).isEqualTo(7);
        try (RandomAccessFile f = new RandomAccessFile(file.toFile(), "rw")) {
            f.setLength(0);
        }
        assertThat(mmio.read32(4096)).isEqualTo(-1);
        assertThat(mmio.read16(4096)).isEqualTo(0xffff);
        assertThat(mmio.read8(4096)).isEqualTo(0xff);
        mmio.write32(4096, 1);
        mmio.write16(4096, 1);
        mmio.write8(4096, 1);
        mmio.close();
        Descriptors.SYSTEM.close(fd);
    }
}
