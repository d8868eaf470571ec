package net.linux.device;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Writes the kernel's small files. */
public interface Attributes {
    /** The running system's. */
    Attributes SYSTEM = (attribute, text) -> Files.write(attribute, (text + "\n").getBytes(StandardCharsets.US_ASCII), StandardOpenOption.WRITE);

    /**
     * Writes an attribute, and a line's end.
     *
     * @throws IOException what the kernel refuses with; a file vanishes with its device at any time
     */
    void write(Path attribute, String text) throws IOException;
}
