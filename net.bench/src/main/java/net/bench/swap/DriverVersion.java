package net.bench.swap;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.api.DevError;
import net.api.DevException;
import net.api.driver.Attachment;
import net.api.driver.DriverInstance;
import net.api.driver.ForwardingDriver;
import net.api.driver.HandOver;
import net.api.driver.NetDriver;
import net.pci.Registrar;

/** A driver with classes of its own, as a bundle of another version has them; of the rest it shares what bundles share. */
final class DriverVersion extends ForwardingDriver {
    private static final class Loader extends URLClassLoader {
        private static final String CLASS = ".class";
        private final String own;

        Loader(Class<?> driver) {
            super(new URL[] {driver.getProtectionDomain().getCodeSource().getLocation()}, driver.getClassLoader());
            own = driver.getPackageName() + ".";
        }

        /** Of its own classes. */
        List<String> names() throws IOException {
            Path place = Path.of(URI.create(getURLs()[0].toString()));
            if (Files.isDirectory(place)) {
                return names(place);
            }
            try (FileSystem jar = FileSystems.newFileSystem(place)) {
                return names(jar.getPath("/"));
            }
        }

        private List<String> names(Path root) throws IOException {
            String dot = root.getFileSystem().getSeparator();
            try (Stream<Path> files = Files.list(root.resolve(own.replace(".", dot)))) {
                return files.map(f -> root.relativize(f).toString()).filter(n -> n.endsWith(CLASS))
                        .map(n -> n.substring(0, n.length() - CLASS.length()).replace(dot, ".")).toList();
            }
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(own)) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? findClass(name) : loaded;
            }
        }
    }

    private final Loader classes;
    private final boolean handsOver;
    /** Manager's thread. */
    private boolean loaded;

    /** @param handsOver false for a version that does not know the state of the others: it is swapped cold */
    DriverVersion(Class<? extends NetDriver> type, boolean handsOver) {
        this(made(type), handsOver);
    }

    private DriverVersion(NetDriver driver, boolean handsOver) {
        super(driver);
        classes = (Loader) driver.getClass().getClassLoader();
        this.handsOver = handsOver;
    }

    private static NetDriver made(Class<? extends NetDriver> type) {
        try {
            return (NetDriver) new Loader(type).loadClass(type.getName()).getConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As a device manager among bundles makes the classes of a new version ready before it swaps. */
    Registrar registrar() {
        return new Registrar() {
            @Override
            public Registration register(List<Class<?>> types, Object service, Map<String, Object> properties) {
                return NONE.register(types, service, properties);
            }

            @Override
            public void prepare() {
                load();
            }
        };
    }

    private void load() {
        if (loaded) {
            return;
        }
        loaded = true;
        try {
            for (String name : classes.names()) {
                Class.forName(name, true, classes);
            }
        } catch (ClassNotFoundException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Empty when its classes are gone. */
    WeakReference<ClassLoader> loader() {
        return new WeakReference<>(classes);
    }

    @Override
    public DriverInstance takeOver(Attachment attachment, HandOver state) {
        if (!handsOver) {
            throw new DevException(DevError.UNSUPPORTED, name() + " knows nothing of the state of others");
        }
        return super.takeOver(attachment, state);
    }
}
