package net.bench.pool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** DPDK's pool, in C: compiled here, where DPDK and a compiler are. */
final class Mempool {
    private Mempool() {
    }

    /**
     * Compiles it.
     *
     * @return the program
     * @throws IOException that says what is missing
     */
    static Path compile(Path source) throws IOException, InterruptedException {
        List<String> flags = words(run("pkg-config", "--cflags", "libdpdk"));
        List<String> libraries = words(run("pkg-config", "--libs", "libdpdk"));
        Path program = Files.createTempDirectory("hotnic-bench").resolve("mempool");
        List<String> command = new ArrayList<>(List.of("gcc", "-O3", "-march=native"));
        command.addAll(flags);
        command.addAll(List.of(source.toString(), "-o", program.toString(), "-Wl,--as-needed"));
        command.addAll(libraries);
        run(command.toArray(String[]::new));
        return program;
    }

    static List<String> command(Path program, int cache) {
        return List.of(program.toString(), Integer.toString(cache));
    }

    static void delete(Path program) throws IOException {
        Files.deleteIfExists(program);
        Files.deleteIfExists(program.getParent());
    }

    private static List<String> words(String text) {
        return List.of(text.trim().split("\\s+"));
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) {
            throw new IOException(command[0] + " said: " + said.lines().findFirst().orElse("nothing"));
        }
        return said;
    }
}
