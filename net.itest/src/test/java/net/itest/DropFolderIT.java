package net.itest;

import static org.ops4j.pax.exam.CoreOptions.bundle;
import static org.ops4j.pax.exam.CoreOptions.composite;
import static org.ops4j.pax.exam.CoreOptions.frameworkProperty;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import net.api.NetDriverOps;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.ops4j.pax.exam.Option;

/** A driver that is dropped into the folder is installed and attached; one that is taken out of it is gone. */
public class DropFolderIT extends RuntimeIT {
    private static final String FOLDER = "felix.fileinstall.dir";
    private Path folder;
    private Path jar;

    @Override
    Option more() {
        Path drivers = Path.of(System.getProperty("hotnic.top"), "net.itest/target/drivers");
        try {
            Files.createDirectories(drivers);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return composite(bundle(Jars.onClassPath("org.apache.felix.fileinstall")), frameworkProperty(FOLDER).value(drivers.toString()),
                frameworkProperty("felix.fileinstall.poll").value("100"), frameworkProperty("felix.fileinstall.noInitialDelay").value("true"));
    }

    /** No driver, two cards that wait for one. */
    @Before
    public void withoutDriver() {
        folder = Path.of(context.getProperty(FOLDER));
        jar = folder.resolve(World.DRIVER + ".jar");
        world.awaitIdle(CARDS);
    }

    /** So that the next run starts without it. */
    @After
    public void emptyFolder() throws IOException {
        Files.deleteIfExists(jar);
    }

    @Test
    public void droppedReplacedAndTakenAway() throws IOException {
        try (InputStream first = Files.newInputStream(Jars.of(World.DRIVER))) {
            drop(first);
        }
        world.awaitAttached(CARDS);
        drop(Jars.with(Jars.of(World.DRIVER), Map.of("Bundle-Version", "0.1.1")));
        world.await("the new version attached", () -> new HashSet<>(world.cards(NetDriverOps.DRIVER_VERSION).values()).equals(Set.of("0.1.1")));
        world.awaitAttached(CARDS);
        Files.delete(jar);
        world.awaitIdle(CARDS);
        world.await("the bundle uninstalled", () -> world.bundle(World.DRIVER) == null);
    }

    /** Written elsewhere on the same file system and renamed, so that nobody sees half of it. */
    private void drop(InputStream content) throws IOException {
        Path written = Files.createTempFile(folder.toAbsolutePath().getParent(), "driver", ".part");
        Files.copy(content, written, StandardCopyOption.REPLACE_EXISTING);
        Files.move(written, jar, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
