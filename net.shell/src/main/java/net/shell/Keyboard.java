package net.shell;

import java.io.IOException;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;

/** Tells whether a key was pressed, where the shell has a JLine terminal; elsewhere only sleeps. */
interface Keyboard extends AutoCloseable {
    /** Waits that long, or until a key was pressed. @return true if one was */
    boolean pressedWithin(long millis) throws IOException, InterruptedException;

    @Override
    void close();

    /** @param terminal the shell's, or null for none */
    static Keyboard of(Object terminal) {
        return terminal == null ? new None() : JLine.of(terminal);
    }

    /** No keyboard. */
    final class None implements Keyboard {
        @Override
        public boolean pressedWithin(long millis) throws InterruptedException {
            Thread.sleep(millis);
            return false;
        }

        @Override
        public void close() {
            // Nothing was changed.
        }
    }

    /** A JLine terminal that does not wait for Enter. Only loaded where there is one. */
    final class JLine implements Keyboard {
        private final Terminal terminal;
        private final Attributes before;

        private JLine(Terminal terminal) {
            this.terminal = terminal;
            this.before = terminal.enterRawMode();
        }

        static Keyboard of(Object terminal) {
            return terminal instanceof Terminal t ? new JLine(t) : new None();
        }

        @Override
        public boolean pressedWithin(long millis) throws IOException, InterruptedException {
            int key = terminal.reader().read(millis);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            return key >= 0;
        }

        @Override
        public void close() {
            terminal.setAttributes(before);
        }
    }
}
