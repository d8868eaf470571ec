package net.launch;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.CommandSessionListener;

/**
 * Keeps the sessions of Gogo reachable until the end. gogo.jline never closes the session of its shell; gogo.runtime 1.1.6 knows it by a weak reference only, and
 * when the garbage collector takes it just before the system stops, that stop fails with a NullPointerException on the console.
 */
final class Sessions implements CommandSessionListener {

    private final Set<CommandSession> sessions = ConcurrentHashMap.newKeySet();

    @Override
    public void beforeExecute(CommandSession session, CharSequence command) {
        sessions.add(session);
    }

    @Override
    public void afterExecute(CommandSession session, CharSequence command, Exception exception) {}

    @Override
    public void afterExecute(CommandSession session, CharSequence command, Object result) {}
}
