package net.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import net.api.DevError;
import net.api.DevException;
import net.linux.device.ProcessId;
import net.linux.sys.Descriptor;
import net.linux.sys.Descriptors;
import net.linux.sys.Locks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FunctionLockTest {
    private static final String CARD = "0000:03:00.0";

    @TempDir
    private Path directory;

    /** As another process sees it. */
    private boolean isFree() {
        try (Descriptor other = new Descriptor(Descriptors.SYSTEM.open(directory.resolve(CARD).toString()))) {
            return Locks.SYSTEM.tryLock(other.fd());
        }
    }

    @Test
    void lookingWhoHasDevicesLetsNobodyIn() {
        FunctionLock lock = FunctionLock.take(directory, CARD);
        lock.note(Optional.of("ixgbe"));
        assertThat(FunctionLock.processes(directory)).containsExactly(ProcessId.OWN);
        assertThat(isFree()).isFalse();
        assertThatThrownBy(() -> FunctionLock.take(directory, CARD)).isInstanceOfSatisfying(DevException.class,
                e -> assertThat(e.error()).isEqualTo(DevError.RESOURCE_BUSY)).hasMessageContaining("process " + ProcessHandle.current().pid());
        assertThat(isFree()).as("after somebody has tried").isFalse();
        lock.release(Optional.empty());
        assertThat(isFree()).isTrue();
    }

    @Test
    void whatAKilledProcessHadIsAbandonedUntilItIsAtRest() throws IOException {
        String dead = ProcessHandle.current().pid() + "-1"; // an earlier one with this one's number
        Files.writeString(directory.resolve(CARD), "process " + dead + "\ndriver ixgbe\n");
        assertThat(FunctionLock.abandoned(directory)).containsExactly(CARD);
        FunctionLock lock = FunctionLock.take(directory, CARD);
        assertThat(FunctionLock.abandoned(directory)).as("not at rest yet").containsExactly(CARD);
        lock.quiet();
        assertThat(FunctionLock.abandoned(directory)).isEmpty();
        assertThat(lock.formerDriver()).contains("ixgbe");
        lock.release(Optional.empty());
    }

    @Test
    void theDriverThatIsOwedIsRemembered() {
        FunctionLock lock = FunctionLock.take(directory, CARD);
        assertThat(lock.formerDriver()).isEmpty();
        lock.release(Optional.of(""));
        FunctionLock next = FunctionLock.take(directory, CARD);
        assertThat(next.formerDriver()).as("none was bound, which is known").contains("");
        next.release(Optional.of("ixgbe"));
        FunctionLock last = FunctionLock.take(directory, CARD);
        assertThat(last.formerDriver()).contains("ixgbe");
        last.release(Optional.empty());
        assertThat(FunctionLock.take(directory, CARD).formerDriver()).isEmpty();
    }

    @Test
    void whatCannotBeALockIsSaidAndNothingStaysOpen() throws IOException {
        Files.createDirectory(directory.resolve(CARD));
        assertThatThrownBy(() -> FunctionLock.take(directory, CARD)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.IO))
                .hasMessageContaining(CARD + " cannot be locked").hasMessageContaining("chown -R");
    }
}
