package net.launch;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSessionListener;
import org.jline.terminal.Terminal;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkListener;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.startlevel.FrameworkStartLevel;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * The main program. bnd's launcher looks for a {@code Callable} with {@code main.thread=true}, calls it on the main thread, stops the framework when it
 * returns and exits with its result. Its own service carries the command line, and {@code launcher.ready} once every bundle was told to start.
 *
 * <p>Arguments: none for the Gogo shell, {@code -c COMMANDS} to run commands and leave, {@code --daemon} to run until a signal comes.
 */
@Component(service = Callable.class, property = "main.thread:Boolean=true")
public final class Launch implements Callable<Integer> {

    /** The start level on which the system is up: {@code org.osgi.framework.startlevel.beginning} in cnf/runtime.bndrun, which the launcher reaches late. */
    private static final int RUN_LEVEL = 10;

    /** Brings the shell. Its start level is above that one: a prompt comes after the last bundle, and a daemon has none. */
    private static final String GOGO_JLINE = "org.apache.felix.gogo.jline";

    /** The first line of a profile; that there is a line makes the session known to {@link Sessions}. */
    private static final String QUIET = ".gosh_quiet = true\n";

    private static final int OK = 0;
    private static final int USAGE = 2;

    private final BundleContext context;
    private final CommandProcessor gogo;
    private final String[] arguments;

    @Activate
    public Launch(
            BundleContext context,
            @Reference CommandProcessor gogo,
            @Reference(service = Object.class, target = "(launcher.ready=true)") Map<String, Object> launcher) {
        this.context = context;
        this.gogo = gogo;
        this.arguments = (String[]) launcher.get("launcher.arguments");
    }

    /** Runs on the main thread until the process shall end. */
    @Override
    public Integer call() throws InterruptedException, IOException, BundleException {
        awaitStartLevel();
        var cards = new Cards(context);
        cards.settle();
        if (arguments.length == 0) {
            report(cards);
            return shell();
        }
        if (arguments.length == 1 && arguments[0].equals("--daemon")) {
            report(cards);
            return untilStopped(() -> {});
        }
        if (arguments.length == 2 && arguments[0].equals("-c")) {
            System.setProperty("org.jline.terminal.provider", "dumb"); // the terminal stays as it is
            startGogo("--nointeractive", QUIET);
            return new Commands(gogo).run(arguments[1]);
        }
        System.err.println("hotnic: these arguments make no sense together: " + String.join(" ", arguments) + " (./run --help)");
        return USAGE;
    }

    /**
     * The launcher is "ready" once it has told the bundles to start; they are up when the start level is reached. Several changes of the level may be under
     * way, so each event is followed by another look.
     */
    private void awaitStartLevel() throws InterruptedException {
        var levels = context.getBundle(Constants.SYSTEM_BUNDLE_ID).adapt(FrameworkStartLevel.class);
        var changes = new Semaphore(0);
        FrameworkListener listener = event -> {
            if (event.getType() == FrameworkEvent.STARTLEVEL_CHANGED) {
                changes.release();
            }
        };
        context.addFrameworkListener(listener);
        while (levels.getStartLevel() < RUN_LEVEL) {
            changes.acquire();
        }
        context.removeFrameworkListener(listener);
    }

    /** The one line that says that the system is up, on standard output, and what is not up, on standard error. */
    private void report(Cards cards) {
        int active = 0;
        for (Bundle bundle : context.getBundles()) {
            boolean fragment = bundle.getHeaders().get(Constants.FRAGMENT_HOST) != null;
            var level = bundle.adapt(BundleStartLevel.class);
            // A jar that was dropped in is installed and started on File Install's own thread, which may be at it.
            boolean told = level.isPersistentlyStarted() && level.getStartLevel() <= RUN_LEVEL && bundle.getState() != Bundle.STARTING;
            if (bundle.getState() == Bundle.ACTIVE) {
                active++;
            } else if (!fragment && told) {
                System.err.println("hotnic: bundle " + bundle.getSymbolicName() + " is not active");
            }
        }
        System.out.printf(Locale.ROOT, "Hotnic %s: %d bundles active in %.2f s%n", version(), active, secondsSinceStart());
        cards.passFrame().ifPresent(way -> System.out.printf(Locale.ROOT, "First frame received after %.2f s, %s%n", secondsSinceStart(), way));
    }

    private String version() {
        var version = context.getBundle().getVersion();
        return version.getMajor() + "." + version.getMinor() + "." + version.getMicro();
    }

    /** Since ./run was called, which says when that was; started by hand, since the virtual machine came up. */
    private static double secondsSinceStart() {
        Long started = Long.getLong("hotnic.started.micros");
        long millis = started != null ? started / 1000 : ManagementFactory.getRuntimeMXBean().getStartTime();
        return (System.currentTimeMillis() - millis) / 1000.0;
    }

    private int shell() throws InterruptedException, IOException, BundleException {
        System.setProperty("org.jline.terminal.dumb", "true"); // when standard input is no terminal, commands are read from it without a warning
        return untilStopped(() -> startGogo("", profile()));
    }

    /** The profile of Gogo itself, ours after it, and what bundles bring for their own commands. */
    private String profile() throws IOException {
        var scripts = new ArrayList<URL>();
        for (Bundle bundle : context.getBundles()) {
            Stream.of("gosh_profile", "OSGI-INF/gogo/profile.gogo").map(bundle::getEntry).filter(Objects::nonNull).forEach(scripts::add);
        }
        var profile = new StringBuilder(QUIET);
        scripts.forEach(script -> profile.append("source '").append(script).append("'\n"));
        return profile.append("SCOPE = '").append(Commands.SCOPE).append("'\nprompt = 'hotnic> '\n\\#rprompt = ''\n").toString();
    }

    /** Starts gogo.jline, which brings most commands and, unless told otherwise, a shell on the terminal. */
    private void startGogo(String shellArguments, String profile) throws IOException, BundleException {
        Path home = context.getDataFile("gogo").toPath();
        Files.createDirectories(home.resolve("etc"));
        Files.writeString(home.resolve("etc/gosh_profile"), profile);
        System.setProperty("gosh.home", home.toString());
        System.setProperty("gosh.args", shellArguments);
        context.registerService(CommandSessionListener.class, new Sessions(), null);
        Bundle jline = Arrays.stream(context.getBundles()).filter(bundle -> bundle.getSymbolicName().equals(GOGO_JLINE)).findFirst().orElseThrow();
        // Not by the start level, which has a thread of its own: JLine looks for its access to the terminal with the class loader of the calling thread.
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(Terminal.class.getClassLoader());
        try {
            jline.stop();
            jline.adapt(BundleStartLevel.class).setStartLevel(RUN_LEVEL);
            jline.start(Bundle.START_TRANSIENT);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** Returns when the framework begins to stop, whoever stops it. */
    private int untilStopped(Start start) throws InterruptedException, IOException, BundleException {
        var stopping = new CountDownLatch(1);
        SynchronousBundleListener listener = event -> {
            if (event.getType() == BundleEvent.STOPPING && event.getBundle().getBundleId() == Constants.SYSTEM_BUNDLE_ID) {
                stopping.countDown();
            }
        };
        context.addBundleListener(listener);
        start.run();
        stopping.await();
        return OK;
    }

    private interface Start {
        void run() throws IOException, BundleException;
    }
}
