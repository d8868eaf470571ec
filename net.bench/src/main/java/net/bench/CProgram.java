package net.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A peer in C, compiled for this machine when it is measured. */
public final class CProgram implements AutoCloseable {
    private final Path program;

    private CProgram(Path program) {
        this.program = program;
    }

    /**
     * Compiles it.
     *
     * @param flags for the compiler, before the source
     * @param libraries for the linker
     * @throws IOException that says what is missing
     */
    public static CProgram compile(Path source, List<String> flags, List<String> libraries) throws IOException, InterruptedException {
        Path program = Files.createTempDirectory("hotnic-bench").resolve("peer");
        List<String> command = new ArrayList<>(List.of("gcc", "-O3", "-march=native"));
        command.addAll(flags);
        command.addAll(List.of(source.toString(), "-o", program.toString()));
        command.addAll(libraries);
        CProgram compiled = new CProgram(program);
        try {
            output(command.toArray(String[]::new));
        } catch (IOException e) {
            compiled.close();
            throw e;
        }
        return compiled;
    }

    /**
     * What a command prints.
     *
     * @throws IOException with its first line, if it fails
     */
    public static String output(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) {
            throw new IOException(command[0] + " said: " + said.lines().findFirst().orElse("nothing"));
        }
        return said;
    }

    /** The program. */
    public Path path() {
        return program;
    }

    /** Deletes it. */
    @Override
    public void close() throws IOException {
        Files.deleteIfExists(program);
        Files.deleteIfExists(program.getParent());
    }
}
