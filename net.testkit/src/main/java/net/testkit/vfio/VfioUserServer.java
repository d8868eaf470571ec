package net.testkit.vfio;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import net.api.DevError;
import net.api.DevException;
import net.linux.sys.Descriptor;
import net.linux.sys.Sockets;
import net.linux.sys.SystemCallException;
import net.sim.PciFunction;
import net.sim.SimHost;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model at a Unix socket, for QEMU to plug into its guest: the vfio-user protocol, version 0.0. It serves one client after the other; the model is plugged in
 * while one is there, reset, and its port has power only then. The client is not trusted: every length and index is checked, one that breaks the rules is
 * disconnected with a reason, and whatever it sent, its descriptors and mappings are gone after it. The model's register accesses run on the server's thread,
 * its work on that of its {@link SimHost}. All methods from any thread.
 *
 * <pre>
 * SimHost host = new SimHost("guest");
 * VirtioNetModel card = new VirtioNetModel(VirtioNetConfig.of(mac));
 * host.connect(card.port(), host.endpoint("peer", 256).port());
 * try (VfioUserServer server = VfioUserServer.serve(Path.of("/run/user/1000/card.sock"), host, card)) {
 *     // qemu-system-x86_64 (10.1 and later) with memory that can be shared:
 *     //   -object memory-backend-memfd,id=ram,size=512M,share=on -machine q35,memory-backend=ram
 *     //   -device '{"driver":"vfio-user-pci","socket":{"type":"unix","path":"/run/user/1000/card.sock"}}'
 * }
 * </pre>
 */
public final class VfioUserServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(VfioUserServer.class);
    private static final int LOOK_MILLIS = 1_000;
    private static final long JOIN_MILLIS = 2L * Session.PATIENCE_MILLIS;

    private final Path path;
    private final SimHost host;
    private final PciFunction function;
    private final Descriptor listening;
    private final Thread thread;
    private final Object lock = new Object();
    // Under the lock: nobody shuts a connection down that its thread closes.
    private Descriptor connection;
    private boolean closed;
    private volatile int clients;
    private volatile String lastEnd = "";

    private VfioUserServer(Path path, SimHost host, PciFunction function) {
        this.path = path;
        this.host = host;
        this.function = function;
        listening = Sockets.SYSTEM.listen(path);
        thread = Thread.ofPlatform().name("vfio-user " + path.getFileName()).daemon().start(this::run);
    }

    /**
     * Serves a model.
     *
     * @param path where nothing is yet, in a folder that only those may write who may be clients; {@value Sockets#LONGEST_PATH} bytes at most
     * @param host whose engine runs the model, and on whose cables it is
     * @param function the model; not plugged in while it is served
     * @throws DevException IO if there cannot be a socket
     */
    public static VfioUserServer serve(Path path, SimHost host, PciFunction function) {
        try {
            return new VfioUserServer(path, host, function);
        } catch (SystemCallException | IllegalArgumentException e) {
            throw new DevException(DevError.IO, "no vfio-user server at " + path + ": " + e.getMessage(), e);
        }
    }

    /** Where it listens. */
    public Path path() {
        return path;
    }

    /** Clients that have come so far. */
    public int clients() {
        return clients;
    }

    /** A client is there. */
    public boolean isConnected() {
        synchronized (lock) {
            return connection != null;
        }
    }

    /** Why the last client was disconnected; "" if it left in peace, or there was none. */
    public String lastEnd() {
        return lastEnd;
    }

    private void run() {
        try {
            Descriptor client;
            while ((client = next()) != null) {
                LOG.info("{}: a client has plugged in {}", path, function);
                serve(client);
            }
        } catch (SystemCallException e) {
            LOG.error("{} is served no longer", path, e);
        } finally {
            synchronized (lock) {
                closed = true;
                listening.close();
            }
        }
    }

    /** The next client; null when the server is closed. */
    private Descriptor next() {
        while (true) {
            Descriptor client = Sockets.SYSTEM.accept(listening, LOOK_MILLIS);
            synchronized (lock) {
                if (closed) {
                    if (client != null) {
                        client.close();
                    }
                    return null;
                }
                if (client != null) {
                    connection = client;
                    return client;
                }
            }
        }
    }

    private void serve(Descriptor client) {
        String end;
        try {
            Session session = new Session(client, host, function);
            clients++;
            end = session.run();
        } catch (RuntimeException e) {
            LOG.error("{}: {} cannot be plugged in", path, function, e);
            end = function + " cannot be plugged in: " + e.getMessage();
        }
        lastEnd = end;
        synchronized (lock) {
            connection = null;
            client.close();
        }
        if (end.isEmpty()) {
            LOG.info("{}: the client has gone", path);
        } else {
            LOG.warn("{}: the client was disconnected: {}", path, end);
        }
    }

    /** Disconnects the client, ends, and removes the socket. Again is no error. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            try {
                if (connection != null) {
                    Sockets.SYSTEM.shutdown(connection);
                }
                if (listening.isOpen()) {
                    Sockets.SYSTEM.shutdown(listening);
                }
            } catch (SystemCallException e) {
                LOG.warn("{} could not be shut down", path, e);
            }
        }
        try {
            thread.join(JOIN_MILLIS);
            Files.deleteIfExists(path);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.warn("{} could not be removed", path, e);
        }
    }

    @Override
    public String toString() {
        return "vfio-user server at " + path;
    }
}
