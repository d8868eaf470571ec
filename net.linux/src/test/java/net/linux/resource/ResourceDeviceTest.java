package net.linux.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.api.DevError;
import net.api.DevException;
import net.api.device.Mmio;
import net.api.device.PciBar;
import net.linux.sys.Descriptors;
import net.linux.sys.Mappings;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResourceDeviceTest {
    private static final int COMMAND = 4;

    private final List<String> written = new ArrayList<>();
    private boolean refuses;
    private Path directory;

    @BeforeEach
    void makeFunction(@TempDir Path temporary) throws IOException {
        directory = temporary;
        Files.write(directory.resolve("config"), ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN).putInt(0, 0x10fb8086).putShort(COMMAND, (short) 0x407)
                .array());
        Files.write(directory.resolve("resource0"), new byte[8192]);
        Files.write(directory.resolve("resource2"), new byte[4096]);
        Files.createFile(directory.resolve("enable"));
        Files.createFile(directory.resolve("reset"));
    }

    private ResourceDevice open() {
        return new ResourceDevice(Descriptors.SYSTEM, Mappings.SYSTEM, (attribute, text) -> {
            written.add(attribute.getFileName() + "=" + text + " with command " + Integer.toHexString(command()));
            if (refuses) {
                throw new IOException("Inappropriate ioctl for device");
            }
        }, directory, "0000:03:00.0", List.of(new PciBar(0, PciBar.Type.MEMORY_64, false, 0xfe00_0000L, 8192),
                new PciBar(2, PciBar.Type.MEMORY_32, false, 0xfe10_0400L, 1024)));
    }

    private int command() throws IOException {
        return ByteBuffer.wrap(Files.readAllBytes(directory.resolve("config"))).order(ByteOrder.LITTLE_ENDIAN).getShort(COMMAND);
    }

    @Test
    void itIsBroughtToRestBeforeAndAfter() throws IOException {
        ResourceDevice device = open();
        assertThat(written).as("bus mastering is off first").containsExactly("enable=1 with command 403", "reset=1 with command 403");
        device.configWrite(COMMAND, 2, 0x406);
        assertThat(command()).isEqualTo(0x406);
        written.clear();
        device.close();
        device.close();
        assertThat(written).containsExactly("reset=1 with command 402", "enable=0 with command 402");
    }

    @Test
    void whatAKilledProcessHasEnabledIsTakenOver() throws IOException {
        Files.writeString(directory.resolve("enable"), "1\n");
        ResourceDevice device = open();
        assertThat(written).containsExactly("reset=1 with command 403");
        device.close();
        assertThat(written).last().isEqualTo("enable=0 with command 403");
        Files.writeString(directory.resolve("enable"), "0\n");
        written.clear();
        open().close();
        assertThat(written).first().isEqualTo("enable=1 with command 403");
    }

    @Test
    void configurationSpaceIsTheFile() {
        ResourceDevice device = open();
        assertThat(device.configRead(0, 4)).isEqualTo(0x10fb8086);
        assertThat(device.configRead(2, 2)).isEqualTo(0x10fb);
        assertThat(device.configRead(256, 4)).as("beyond the end").isEqualTo(-1);
        device.close();
        assertThat(device.configRead(0, 2)).isEqualTo(0xffff);
        device.configWrite(COMMAND, 2, 7);
    }

    @Test
    void registersAreTheResourceAndEndWithTheDevice() throws IOException {
        ResourceDevice device = open();
        Mmio registers = device.map(0, 8192);
        registers.write32(4096, 0x12345678);
        assertThat(ByteBuffer.wrap(Files.readAllBytes(directory.resolve("resource0"))).order(ByteOrder.LITTLE_ENDIAN).getInt(4096)).isEqualTo(0x12345678);
        assertThat(device.map(0, 8192)).isSameAs(registers);
        Mmio small = device.map(2, 1024);
        small.write32(4, 5);
        assertThat(Files.readAllBytes(directory.resolve("resource2"))[0x404]).as("it begins within a page").isEqualTo((byte) 5);
        assertThat(small.size()).isEqualTo(1024);
        assertThatThrownBy(() -> device.map(0, 16384)).isInstanceOf(DevException.class).hasMessageContaining("0x4000");
        assertThatThrownBy(() -> device.map(1, 64)).isInstanceOf(DevException.class);
        device.close();
        assertThatThrownBy(() -> registers.read32(0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void thereAreNoInterrupts() {
        ResourceDevice device = open();
        assertThatThrownBy(() -> device.interrupts(1)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.UNSUPPORTED))
                .hasMessageContaining("polled");
        assertThat(device.signals()).isEmpty();
        device.close();
    }

    @Test
    void whatTheKernelDoesNotKnowOrRefusesIsNoObstacleButEnabling() throws IOException {
        refuses = true;
        assertThatThrownBy(this::open).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.IO))
                .hasMessageContaining("enabled");
        Files.delete(directory.resolve("enable"));
        open().close();
        Files.delete(directory.resolve("reset"));
        refuses = false;
        written.clear();
        open().close();
        assertThat(written).isEmpty();
        Files.delete(directory.resolve("config"));
        assertThatThrownBy(this::open).isInstanceOf(DevException.class).hasMessageContaining("config");
    }
}
