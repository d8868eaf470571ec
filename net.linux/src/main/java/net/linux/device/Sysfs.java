package net.linux.device;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads the kernel's small files. What is missing, unreadable or of another form is absent: a file may vanish with its device at any time. */
public final class Sysfs {
    /** A sysfs attribute is at most a page. */
    private static final int LONGEST = 4096;

    private Sysfs() {
    }

    /** At most a page of the file; empty if it cannot be read. */
    public static byte[] bytes(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(LONGEST);
        } catch (IOException e) {
            return new byte[0];
        }
    }

    /** The file as text without the white space around it; absent if there is none. */
    public static Optional<String> text(Path file) {
        String text = new String(bytes(file), StandardCharsets.UTF_8).strip();
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    /** A number that is 0 or more, decimal or with {@code 0x}. */
    public static OptionalInt number(Path file) {
        return number(text(file).orElse(""));
    }

    /** See {@link #number(Path)}. */
    public static OptionalInt number(String text) {
        try {
            int n = Integer.decode(text);
            return n < 0 ? OptionalInt.empty() : OptionalInt.of(n);
        } catch (NumberFormatException e) {
            return OptionalInt.empty();
        }
    }

    /** Last name of what a symbolic link points to; the target need not be there. */
    public static Optional<String> linkName(Path link) {
        try {
            return Optional.ofNullable(Files.readSymbolicLink(link).getFileName()).map(Path::toString);
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.empty();
        }
    }

    /** The names in a directory, sorted; none if it cannot be read. */
    public static List<String> names(Path directory) {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            entries.forEach(p -> names.add(p.getFileName().toString()));
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            return List.of();
        }
        Collections.sort(names);
        return names;
    }
}
