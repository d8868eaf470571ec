package net.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import net.api.DevError;
import net.api.DevException;
import org.junit.jupiter.api.Test;

class LinuxProcessorsTest {
    private final LinuxProcessors processors = new LinuxProcessors();

    @Test
    void aThreadIsPinnedAndOthersAreNot() throws Exception {
        String before = allowed();
        int last = Integer.parseInt(before.replaceAll(".*[-,]", ""));
        CompletableFuture<String> pinned = new CompletableFuture<>();
        Thread.ofPlatform().start(() -> {
            try {
                processors.pin(last);
                pinned.complete(allowed());
            } catch (Exception e) {
                pinned.completeExceptionally(e);
            }
        });
        assertThat(pinned.get(30, TimeUnit.SECONDS)).isEqualTo(Integer.toString(last));
        assertThat(allowed()).isEqualTo(before);
    }

    /** Processors of the calling thread: {@code 0-3}. */
    private static String allowed() throws Exception {
        return Files.readAllLines(Path.of("/proc/thread-self/status")).stream().filter(l -> l.startsWith("Cpus_allowed_list:")).findFirst().orElseThrow()
                .split("\\s+")[1];
    }

    @Test
    void aProcessorThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> processors.pin(1023)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.INVALID_PARAM))
                .hasMessageContaining("processor 1023");
        assertThatThrownBy(() -> processors.pin(1024)).hasMessageContaining("outside 0 to 1023");
        assertThatThrownBy(() -> processors.pin(-1)).hasMessageContaining("outside 0 to 1023");
        assertThat(processors.node(1023)).isEqualTo(-1);
    }
}
