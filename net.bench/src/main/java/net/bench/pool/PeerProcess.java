package net.bench.pool;

import java.io.IOException;
import java.util.List;
import net.bench.ChildProcess;

/** A process with one peer in it, seen from the one that compares. */
final class PeerProcess implements AutoCloseable {
    final Peer peer;
    private final ChildProcess process;

    PeerProcess(Peer peer, List<String> command) throws IOException {
        this.peer = peer;
        process = new ChildProcess(peer.title, command);
    }

    Window[] visit(Case c, long nanos, int windows) throws IOException {
        return Window.parse(process.ask(c.request(nanos, windows)));
    }

    @Override
    public void close() {
        process.close();
    }
}
