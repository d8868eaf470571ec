package net.linux.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import net.linux.device.ProcessId;
import net.linux.device.Sysfs;
import net.linux.resource.HugeFiles.HugeFile;
import net.linux.resource.HugeFiles.Mount;
import net.linux.sys.Descriptors;
import net.linux.sys.Mappings;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HugeFilesTest {
    private static final long TWO_MIB = 2 << 20;

    private Path proc;
    private Path directory;
    private HugeFiles files;

    @BeforeEach
    void mount(@TempDir Path temporary) throws Exception {
        proc = temporary.resolve("proc");
        directory = HugeMounts.make(proc, temporary.resolve("with a space"));
        files = new HugeFiles(Descriptors.SYSTEM, Mappings.SYSTEM, proc);
    }

    @Test
    void placesAreKnownByTheirPagesLargestFirst() {
        assertThat(HugeFiles.mounts(proc)).containsExactly(new Mount(Path.of("/nowhere/1G"), 1L << 30), new Mount(directory, TWO_MIB));
        assertThat(files.mounts()).as("those that can be written").containsExactly(new Mount(directory, TWO_MIB));
        assertThat(HugeFiles.mounts(proc.resolve("nowhere"))).isEmpty();
    }

    @Test
    void aFileIsMemoryOfThisUserAloneAndGoesWithIt() throws Exception {
        HugeFile file = files.make(files.mounts().getFirst(), TWO_MIB, -1);
        Path path = directory.resolve("hotnic-" + ProcessId.OWN + ".0");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path))).isEqualTo("rw-------");
        assertThat(file.memory().byteSize()).isEqualTo(TWO_MIB);
        file.memory().set(java.lang.foreign.ValueLayout.JAVA_LONG, TWO_MIB - 8, 5);
        file.close();
        assertThat(Sysfs.names(directory)).isEmpty();
        Files.createFile(directory.resolve("hotnic-" + ProcessId.OWN + ".1"));
        files.make(files.mounts().getFirst(), TWO_MIB, -1).close();
        assertThat(Sysfs.names(directory)).as("another host's").containsExactly("hotnic-" + ProcessId.OWN + ".1");
        assertThatThrownBy(() -> files.make(new Mount(Path.of("/nowhere"), TWO_MIB), TWO_MIB, -1)).isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("/nowhere");
    }

    @Test
    void memoryOfAKilledProcessIsKeptAsLongAsItsDevicesMayWrite() throws Exception {
        String own = "hotnic-" + ProcessId.OWN + ".3";
        // A process with this one's number is dead; one that is there is not this user's business.
        String killed = ProcessHandle.current().pid() + "-1";
        String running = ProcessHandle.current().parent().orElseThrow().pid() + "-1";
        for (String name : new String[] {own, "hotnic-" + killed + ".0", "hotnic-" + killed + ".1", "hotnic-" + running + ".0", "libvirt", "hotnic-x"}) {
            Files.createFile(directory.resolve(name));
        }
        assertThat(HugeFiles.left(proc)).containsExactly(directory.resolve("hotnic-" + killed + ".0"), directory.resolve("hotnic-" + killed + ".1"));
        files.removeLeft(killed::equals);
        assertThat(Sysfs.names(directory)).hasSize(6);
        files.removeLeft(p -> false);
        assertThat(Sysfs.names(directory)).containsExactlyInAnyOrder(own, "hotnic-" + running + ".0", "libvirt", "hotnic-x");
    }
}
