package net.launch;

import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the framework and File Install have to say, of a jar that does not resolve or a configuration that cannot be read, goes where everything is
 * logged: in a line, once, and not with stack traces on standard output. The framework tells by events; File Install is told by
 * {@code felix.fileinstall.log.default} to use java.util.logging.
 */
final class SystemMessages extends Handler implements FrameworkListener {
    private static final Logger FRAMEWORK = LoggerFactory.getLogger("framework");

    /** The name that File Install logs under. */
    private static final String FILE_INSTALL = "fileinstall";

    /** Framework and File Install both try to start a bundle, one after the other, and fail for the same cause. */
    private static final long SAME_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Held, because java.util.logging does not. */
    private final java.util.logging.Logger fileInstall = java.util.logging.Logger.getLogger(FILE_INSTALL);

    private String last = "";
    private long lastTime;

    /** From now on. */
    void open(BundleContext context) {
        context.addFrameworkListener(this);
        fileInstall.setUseParentHandlers(false);
        fileInstall.addHandler(this);
    }

    /** As before. */
    @Override
    public void close() {
        fileInstall.removeHandler(this);
        fileInstall.setUseParentHandlers(true);
    }

    @Override
    public void frameworkEvent(FrameworkEvent event) {
        Throwable cause = event.getThrowable();
        if (cause != null && isNew(cause)) {
            String text = event.getBundle().getSymbolicName() + ": " + describe(cause);
            if (event.getType() == FrameworkEvent.ERROR) {
                FRAMEWORK.error(text, cause);
            } else {
                FRAMEWORK.warn(text, cause);
            }
        }
    }

    @Override
    public void publish(LogRecord record) {
        Throwable cause = record.getThrown();
        if (cause == null || isNew(cause)) {
            String text = record.getMessage() + (cause == null ? "" : ": " + describe(cause));
            Logger log = LoggerFactory.getLogger(FILE_INSTALL);
            if (record.getLevel().intValue() >= Level.SEVERE.intValue()) {
                log.error(text, cause);
            } else {
                log.warn(text, cause);
            }
        }
    }

    @Override
    public void flush() {}

    private synchronized boolean isNew(Throwable cause) {
        String text = describe(cause);
        long now = System.nanoTime();
        boolean same = text.equals(last) && now - lastTime < SAME_NANOS;
        last = text;
        lastTime = now;
        return !same;
    }

    private static String describe(Throwable cause) {
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
