package net.bench.pool;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.bench.CProgram;

/** DPDK's pool, in C: compiled here, where DPDK and a compiler are. */
final class Mempool {
    private Mempool() {
    }

    /**
     * Compiles it.
     *
     * @throws IOException that says what is missing
     */
    static CProgram compile(Path source) throws IOException, InterruptedException {
        List<String> libraries = new ArrayList<>(List.of("-Wl,--as-needed"));
        libraries.addAll(words(CProgram.output("pkg-config", "--libs", "libdpdk")));
        return CProgram.compile(source, words(CProgram.output("pkg-config", "--cflags", "libdpdk")), libraries);
    }

    static List<String> command(CProgram program, int cache) {
        return List.of(program.path().toString(), Integer.toString(cache));
    }

    private static List<String> words(String text) {
        return List.of(text.trim().split("\\s+"));
    }
}
