package net.bench.swap;

import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;
import net.api.driver.Attachment;
import net.api.driver.DeviceMatch;
import net.api.driver.DriverInstance;
import net.api.driver.HandOver;
import net.api.driver.NetDriver;

/** A driver with classes of its own, as a bundle of another version has them; of the rest it shares what bundles share. */
final class DriverVersion implements NetDriver {
    private static final class Loader extends URLClassLoader {
        private final String own;

        Loader(Class<?> driver) {
            super(new URL[] {driver.getProtectionDomain().getCodeSource().getLocation()}, driver.getClassLoader());
            own = driver.getPackageName() + ".";
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

    private final NetDriver driver;
    private final boolean handsOver;

    /** @param handsOver false for a version that does not know the state of the others: it is swapped cold */
    DriverVersion(Class<? extends NetDriver> type, boolean handsOver) {
        this.handsOver = handsOver;
        try {
            driver = (NetDriver) new Loader(type).loadClass(type.getName()).getConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Empty when its classes are gone. */
    WeakReference<ClassLoader> loader() {
        return new WeakReference<>(driver.getClass().getClassLoader());
    }

    @Override
    public String name() {
        return driver.name();
    }

    @Override
    public List<DeviceMatch> matches() {
        return driver.matches();
    }

    @Override
    public DriverInstance attach(Attachment attachment) {
        return driver.attach(attachment);
    }

    @Override
    public DriverInstance takeOver(Attachment attachment, HandOver state) {
        return handsOver ? driver.takeOver(attachment, state) : NetDriver.super.takeOver(attachment, state);
    }
}
