package net.linux.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.api.DevError;
import net.api.DevException;
import net.api.device.Mmio;
import net.linux.sys.Descriptors;
import net.linux.sys.StrictMappings;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UioDeviceTest {
    private final List<String> mapped = new ArrayList<>();
    private Path dev;
    private Path directory;

    @BeforeEach
    void makeDevice(@TempDir Path temporary) throws IOException {
        dev = Files.createDirectories(temporary.resolve("dev"));
        Files.write(dev.resolve("uio3"), new byte[4 * 4096]);
        directory = temporary.resolve("3200c000.ethernet");
        map(0, "0x0000000000002000", "0x0");
        map(1, "0x0000000000001000", "0x400");
    }

    private void map(int number, String size, String offset) throws IOException {
        Path map = Files.createDirectories(directory.resolve("uio/uio3/maps/map" + number));
        Files.writeString(map.resolve("addr"), "0x000000003200c000\n");
        Files.writeString(map.resolve("size"), size + "\n");
        Files.writeString(map.resolve("offset"), offset + "\n");
    }

    /** What UIO does with the offset of a mapping is not what a file does. */
    private UioDevice open() {
        return new UioDevice(Descriptors.SYSTEM, new StrictMappings() {
            @Override
            public MemorySegment map(int fd, long offset, long size, Arena arena) {
                mapped.add("0x%x at 0x%x".formatted(size, offset));
                return SYSTEM.map(fd, 0, size, arena);
            }
        }, dev, directory, "3200c000.ethernet");
    }

    @Test
    void windowsAreMapsThatEndWithTheDevice() throws IOException {
        UioDevice device = open();
        Mmio registers = device.map(0, 0x2000);
        registers.write32(0x1004, 7);
        assertThat(device.map(0, 0x2000)).isSameAs(registers);
        Mmio second = device.map(1, 0x100);
        second.write8(0, 9);
        byte[] file = Files.readAllBytes(dev.resolve("uio3"));
        assertThat(file[0x1004]).isEqualTo((byte) 7);
        assertThat(file[0x400]).as("it begins within its page").isEqualTo((byte) 9);
        assertThat(mapped).containsExactly("0x2000 at 0x0", "0x1000 at 0x1000");
        assertThatThrownBy(() -> device.map(1, 0x2000)).isInstanceOf(DevException.class).hasMessageContaining("0x1000 bytes in UIO, not 0x2000");
        assertThatThrownBy(() -> device.map(2, 4)).isInstanceOf(DevException.class);
        device.close();
        device.close();
        assertThatThrownBy(() -> registers.read32(0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void itIsPolledAndItsDriverStopsIt() {
        UioDevice device = open();
        assertThatThrownBy(() -> device.interrupts(1)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.UNSUPPORTED))
                .hasMessageContaining("polled");
        assertThat(device.isAtRest()).isFalse();
        assertThat(device.closingStopsDma()).isFalse();
        assertThat(device.configRead(0, 4)).isEqualTo(-1);
        device.close();
    }

    @Test
    void whatIsMissingIsNamed() throws IOException {
        Files.delete(dev.resolve("uio3"));
        assertThatThrownBy(this::open).isInstanceOf(DevException.class).hasMessageContaining("uio3");
        directory = directory.resolve("other");
        assertThatThrownBy(this::open).isInstanceOf(DevException.class).hasMessageContaining("UIO has no file for 3200c000.ethernet");
    }
}
