package net.linux.vfio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import net.linux.sys.Limits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemlockTest {
    @TempDir
    private Path proc;

    private Memlock of(String soft, String capabilities) throws IOException {
        Files.writeString(proc.resolve("limits"), "Limit                     Soft Limit           Hard Limit           Units\n"
                + "Max locked memory         %-20s unlimited            bytes\n".formatted(soft));
        Files.writeString(proc.resolve("status"), "Name:\tjava\nVmLck:\t      16 kB\nCapEff:\t" + capabilities + "\n");
        return Memlock.of(proc);
    }

    @Test
    void aLimitForbidsWhatGoesBeyondIt() throws IOException {
        Memlock m = of("65536", "0000000000000000");
        assertThat(m).isEqualTo(new Memlock(65536, 16384, false));
        assertThat(m.forbids(49152)).isFalse();
        assertThat(m.forbids(49153)).isTrue();
        assertThat(m.advice()).contains("may lock 64 KiB, and has locked 16 KiB").contains("LimitMEMLOCK=infinity").contains("CAP_IPC_LOCK");
    }

    @Test
    void theCapabilityAndNoLimitForbidNothing() throws IOException {
        assertThat(of("65536", "0000000000004000").forbids(1L << 40)).isFalse();
        assertThat(of("unlimited", "0000000000000000").forbids(1L << 40)).isFalse();
    }

    @Test
    void aProcessWithoutFilesHasNoLimit() {
        assertThat(Memlock.of(proc.resolve("nothing")).forbids(1 << 20)).isFalse();
        assertThat(Memlock.now().used()).isNotNegative();
    }

    @Test
    void theSoftLimitIsRaisedToTheHardOne() throws IOException {
        long hard = Files.readAllLines(Path.of("/proc/self/limits")).stream().filter(l -> l.startsWith("Max locked memory")).map(l -> l.split(" {2,}")[2].strip())
                .mapToLong(h -> h.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(h)).findFirst().orElseThrow();
        Limits.SYSTEM.lockedMemory(4096);
        assertThat(Memlock.now().limit()).isEqualTo(4096);
        assertThat(Memlock.raised().limit()).isEqualTo(hard);
        assertThat(Memlock.raised().limit()).isEqualTo(hard);
    }
}
