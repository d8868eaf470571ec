package net.launch;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;
import org.apache.felix.service.command.Job;
import org.apache.felix.service.command.Result;
import org.jline.terminal.impl.DumbTerminal;
import org.jline.utils.Signals;

/** Runs the commands of {@code -c} in a Gogo session of their own: what they print goes out, what is wrong goes to standard error in one line. */
final class Commands {

    /**
     * The runtime's own commands come first, then those that every Felix has, then any other: {@code devices} finds net:devices, {@code echo} stays Gogo's, and
     * {@code stop} stops a bundle.
     */
    static final String SCOPE = "hotnic:gogo:felix:*";

    /** What Gogo says when none of a command's methods takes the arguments: names of Java's types, which tell users nothing. */
    private static final Pattern NO_SUCH_ARGUMENTS = Pattern.compile("Cannot coerce (\\w+)\\(");

    private static final int OK = 0;
    private static final int FAILED = 1;

    /** What a shell reports for a command that SIGINT ended: 128 and the number of the signal. */
    private static final int INTERRUPTED = 130;

    private final CommandProcessor gogo;

    Commands(CommandProcessor gogo) {
        this.gogo = gogo;
    }

    /** The exit status: 0 when all went well, 1 when a command was not found or threw, in whichever part of a pipe, or the last one failed. */
    int run(String text) {
        // gogo.jline ignores SIGINT, as a shell with a prompt does; here it ends the commands and, through the shutdown hook, the system.
        Signals.register("INT", () -> System.exit(INTERRUPTED));
        // Gogo has put streams of its own, one for each thread, in the place of System.in, out and err; a session stands on the real ones.
        var in = new FileInputStream(FileDescriptor.in);
        var out = new FileOutputStream(FileDescriptor.out);
        var err = new FileOutputStream(FileDescriptor.err);
        try (var terminal = new DumbTerminal("hotnic", "dumb", in, out, StandardCharsets.UTF_8);
                CommandSession session = gogo.createSession(in, out, err)) {
            session.put("SCOPE", SCOPE);
            session.put(".terminal", terminal); // grep, cat and others of gogo.jline ask it for its width and colours
            var failed = new AtomicBoolean(); // as in any shell, by the last command: of "a || b" b decides
            var broken = new AtomicBoolean(); // by any part of any pipe, which Gogo reports and passes over
            // Gogo hands over the value of the last command only; here every one is shown, as if each had been typed on a line of its own.
            session.setJobListener((job, before, now) -> {
                if (now == Job.Status.Done && job.parent() == null) {
                    Result result = job.result();
                    if (result.result() != null) {
                        System.out.println(session.format(result.result(), Converter.INSPECT));
                    }
                    failed.set(!result.isSuccess());
                    broken.compareAndSet(false, session.get("pipe-exception") != null);
                }
            });
            session.execute(text);
            System.out.flush();
            return failed.get() || broken.get() ? FAILED : OK;
        } catch (Exception e) {
            System.out.flush();
            System.err.println("hotnic: " + describe(e));
            return FAILED;
        }
    }

    private static String describe(Exception e) {
        Throwable cause = e instanceof InvocationTargetException && e.getCause() != null ? e.getCause() : e;
        String text = cause.getMessage();
        if (text == null) {
            return cause.getClass().getSimpleName();
        }
        Matcher wrong = NO_SUCH_ARGUMENTS.matcher(text);
        return wrong.lookingAt() ? "%s: these are not its arguments, or the value of an option is missing: help %1$s tells more".formatted(wrong.group(1))
                : text;
    }
}
