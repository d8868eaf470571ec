package net.launch;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.osgi.annotation.bundle.Header;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.launch.Framework;

/**
 * Stops the framework when the virtual machine is told to end (SIGTERM, SIGINT, SIGHUP, {@code System.exit}), so that every component is deactivated and
 * every device released. It is an activator on the lowest start level: in place before the first device is touched, and gone after the last one. For the same
 * reason it opens {@link SystemMessages}.
 */
@Header(name = Constants.BUNDLE_ACTIVATOR, value = "${@class}")
public final class ShutdownHook implements BundleActivator {

    /** How long components may take to let go. A device that does not come to rest must not keep the process alive for ever. */
    private static final long LIMIT_MILLIS = TimeUnit.SECONDS.toMillis(10);

    private final SystemMessages messages = new SystemMessages();
    private Thread hook;

    /** Called by the framework. */
    public ShutdownHook() {}

    @Override
    public void start(BundleContext context) {
        messages.open(context);
        var framework = (Framework) context.getBundle(Constants.SYSTEM_BUNDLE_ID);
        hook = new Thread(() -> stop(framework), "hotnic-shutdown");
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            // The signal came before us: nothing that needs a stop is active yet.
        }
    }

    @Override
    public void stop(BundleContext context) {
        messages.close();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException alreadyShuttingDown) {
            // It is the hook itself that stops us.
        }
    }

    private static void stop(Framework framework) {
        try {
            framework.stop();
            if (framework.waitForStop(LIMIT_MILLIS).getType() == FrameworkEvent.WAIT_TIMEDOUT) {
                System.err.println("hotnic: not stopped after " + LIMIT_MILLIS / 1000 + " s, leaving anyway; still active: " + active(framework));
            }
        } catch (BundleException e) {
            System.err.println("hotnic: the framework did not stop: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String active(Framework framework) {
        var context = framework.getBundleContext();
        return context == null
                ? "unknown"
                : Arrays.stream(context.getBundles())
                        .filter(bundle -> (bundle.getState() & (Bundle.ACTIVE | Bundle.STOPPING)) != 0)
                        .map(Bundle::getSymbolicName)
                        .collect(Collectors.joining(", "));
    }
}
