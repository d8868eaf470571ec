package net.shell.text;

import java.util.concurrent.Callable;
import net.api.DevException;

/** What a command fails with: one line, the same from {@code toString} and {@code getMessage}, because shells print either. */
public final class CommandError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param line command, colon, what is wrong and what to do */
    public CommandError(String line, Throwable cause) {
        super(line, cause);
    }

    /**
     * Runs a command's body, and puts its name in front of what it fails with.
     *
     * @throws CommandError {@code net:detach: bad state: ...} for a DevException, {@code net:stop: ...} for an IllegalArgumentException
     */
    public static <T> T named(String command, Callable<T> body) {
        try {
            return body.call();
        } catch (DevException e) {
            throw new CommandError(command + ": " + e, e);
        } catch (IllegalArgumentException e) {
            throw new CommandError(command + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandError(command + ": interrupted", e);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new CommandError(command + ": " + e, e);
        }
    }

    @Override
    public String toString() {
        return getMessage();
    }
}
