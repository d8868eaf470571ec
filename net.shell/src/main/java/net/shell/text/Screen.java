package net.shell.text;

import java.util.List;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;
import org.apache.felix.service.command.Function;

/** What a session knows of its terminal. */
public final class Screen {
    private Screen() {
    }

    /**
     * Characters that fit in a line.
     *
     * @param session a session, or what a converter is given in its place
     * @return 0 if there is no terminal, or it does not tell
     */
    public static int columns(Object session) {
        return session instanceof CommandSession s && variable(s, "#COLUMNS") instanceof Integer n && n > 0 ? n : 0;
    }

    /** Lines can be written over: there is a terminal, and no dumb one. */
    public static boolean canRedraw(CommandSession session) {
        return variable(session, "#TERM") instanceof String type && !type.startsWith("dumb");
    }

    /** The shell keeps these as functions, so that they are true after the window was resized. */
    private static Object variable(CommandSession session, String name) {
        try {
            return session.get(name) instanceof Function f ? f.execute(session, List.of()) : null;
        } catch (Exception e) {
            return null;
        }
    }
}
