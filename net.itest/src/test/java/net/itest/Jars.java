package net.itest;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.jar.JarInputStream;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/** The bundles as this build made them, and copies of them with other headers. */
final class Jars {
    private Jars() {
    }

    /** The jar of a module. */
    static Path of(String module) {
        Path jar = Path.of(System.getProperty("hotnic.top"), module, "target", module + "-" + System.getProperty("hotnic.version") + ".jar");
        if (!Files.isRegularFile(jar)) {
            throw new IllegalStateException("there is no " + jar + ": build module " + module + " first");
        }
        return jar;
    }

    /** URL of the bundle with this name on the class path of the tests. */
    static String onClassPath(String artifact) {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(p -> Path.of(p).getFileName().toString().startsWith(artifact + "-"))
                .findFirst().map(p -> Path.of(p).toUri().toString()).orElseThrow(() -> new IllegalStateException(artifact + " is not on the class path"));
    }

    /** A copy with the same content and these headers changed. */
    static InputStream with(Path jar, Map<String, String> headers) {
        try (JarInputStream in = new JarInputStream(Files.newInputStream(jar))) {
            Manifest manifest = in.getManifest();
            headers.forEach((name, value) -> manifest.getMainAttributes().putValue(name, value));
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (JarOutputStream out = new JarOutputStream(bytes, manifest)) {
                for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                    out.putNextEntry(new ZipEntry(entry.getName()));
                    in.transferTo(out);
                    out.closeEntry();
                }
            }
            return new ByteArrayInputStream(bytes.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
