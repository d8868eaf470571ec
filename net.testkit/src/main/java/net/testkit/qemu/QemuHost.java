package net.testkit.qemu;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import net.api.DevError;
import net.api.DevException;
import net.api.device.DmaMemory;
import net.api.device.PciAddress;
import net.api.host.DeviceHost;
import net.api.host.DmaRequest;
import net.api.host.HostListener;
import net.api.host.PciAccess;
import net.api.host.PlatformAccess;
import net.testkit.CableEnd;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A QEMU whose processor sleeps and whose cards are driven from here: registers through the qtest protocol, memory by mapping the guest's RAM. Starting it
 * takes some ten milliseconds; no root is needed, except for a tap.
 *
 * <p>When QEMU ends by itself, every read gives all ones, every card is reported as removed, and one error is logged with QEMU's status and last words. Memory
 * stays valid until whoever allocated it closes it. Nothing of it is left when this process ends, however it ends.
 */
public final class QemuHost implements DeviceHost, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(QemuHost.class);
    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final QemuOptions options;
    private final List<HostListener> listeners = new CopyOnWriteArrayList<>();
    private final List<Optional<CableEnd>> cables = new ArrayList<>();
    private final GuestRam ram;
    private final QemuProcess process;
    private final Qtest qtest;
    private final Qmp qmp;
    /** One of the two, as the board has it. */
    private final Optional<QemuPci> pci;
    private final Optional<QemuPlatform> platform;
    private volatile String lost = "";
    private volatile boolean closing;

    /**
     * Starts QEMU.
     *
     * @throws DevException UNSUPPORTED if there is no QEMU; IO if it does not start, with what it says; NO_MEMORY if there is no room for its RAM
     */
    public QemuHost(QemuOptions options) {
        this.options = options;
        Path folder = null;
        List<AutoCloseable> opened = new ArrayList<>();
        try {
            folder = Files.createTempDirectory("hotnic-qemu-" + ProcessHandle.current().pid() + "-");
            Path memory = folder.resolve("ram");
            if (Files.isWritable(Path.of("/dev/shm"))) {
                memory = Path.of("/dev/shm", folder.getFileName() + ".ram");
            }
            try {
                ram = new GuestRam(memory, options.ramMiB());
                opened.add(ram);
                List<Path> paths = new ArrayList<>();
                for (int i = 0; i < options.cards().size(); i++) {
                    paths.add(folder.resolve(QemuOptions.networkId(i)));
                }
                QemuOptions.Rendezvous files = new QemuOptions.Rendezvous(Files.write(folder.resolve("rom"), options.board().rom()), memory,
                        folder.resolve("qtest"), folder.resolve("qmp"), paths);
                ServerSocketChannel qtestServer = listen(files.qtest(), opened);
                ServerSocketChannel qmpServer = listen(files.qmp(), opened);
                List<ServerSocketChannel> cableServers = new ArrayList<>();
                for (int i = 0; i < paths.size(); i++) {
                    cableServers.add(options.cards().get(i).network() instanceof QemuNetwork.Cable ? listen(paths.get(i), opened) : null);
                }
                process = new QemuProcess(options, options.command(files), this::ended);
                opened.add(process);
                for (ServerSocketChannel server : cableServers) {
                    cables.add(server == null ? Optional.empty() : Optional.of(new StreamCable(connect(server, opened))));
                }
                qtest = new Qtest(connect(qtestServer, opened), this::lost);
                qmp = new Qmp(connect(qmpServer, opened));
                // Once it answers, its RAM is mapped, and nothing in the file system is needed any more.
                qtest.sync();
                boolean soldered = options.board().isPlatform();
                pci = soldered ? Optional.empty() : Optional.of(new QemuPci(qtest, new RamInterrupts(ram)));
                platform = soldered ? Optional.of(new QemuPlatform(options, qtest, qmp.find(options.board().controller()))) : Optional.empty();
                if (!lost.isEmpty()) {
                    throw new IOException(lost);
                }
                for (AutoCloseable server : opened) {
                    if (server instanceof ServerSocketChannel) {
                        server.close();
                    }
                }
            } finally {
                Files.deleteIfExists(memory);
            }
        } catch (Exception e) {
            closing = true;
            throw failed(e, opened);
        } finally {
            delete(folder);
        }
    }

    @Override
    public String name() {
        return options.name();
    }

    @Override
    public Optional<PciAccess> pci() {
        return pci.map(PciAccess.class::cast);
    }

    @Override
    public Optional<PlatformAccess> platform() {
        return platform.map(PlatformAccess.class::cast);
    }

    @Override
    public DmaMemory allocateDma(DmaRequest request) {
        request.refuseNode(name());
        return ram.allocate(request);
    }

    @Override
    public AutoCloseable subscribe(HostListener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** The process id of QEMU. */
    public long pid() {
        return process.pid();
    }

    /** QEMU runs and answers. */
    public boolean isAlive() {
        return process.isAlive() && lost.isEmpty();
    }

    /** Bytes of guest RAM that nobody has allocated. */
    public long freeMemory() {
        return ram.available();
    }

    /**
     * Where a card is now.
     *
     * @param card its place in {@link QemuOptions#cards}
     * @throws DevException UNSUPPORTED if the board has no PCI
     */
    public PciAddress address(int card) {
        return slots().locate(QemuOptions.FIRST_SLOT + card, options.cards().get(card).hotplug());
    }

    /**
     * The far end of a card's cable.
     *
     * @param card its place in {@link QemuOptions#cards}
     * @throws DevException UNSUPPORTED if it is cabled to something else
     */
    public CableEnd cable(int card) {
        return cables.get(card).orElseThrow(() -> new DevException(DevError.UNSUPPORTED, "card " + card + " of " + name() + " is not cabled to this process"));
    }

    /** Plugs the cable of a card in or out at QEMU's end: the card's link goes up or down. */
    public void setLink(int card, boolean up) {
        qmp.execute("set_link", "\"name\":\"" + QemuOptions.networkId(card) + "\",\"up\":" + up);
    }

    /**
     * Pulls a card out of its slot, in the middle of whatever it is doing; the listeners hear of it afterwards.
     *
     * @throws DevException UNSUPPORTED if it is no hot-plug card; IO if QEMU refuses
     */
    public void unplug(int card) {
        requireSlot(card);
        // Frames that wait for a slow far end would be sent on after the card's end, and crash QEMU (7.2): the cable goes first, which drops them.
        setLink(card, false);
        qmp.execute("device_del", "\"id\":\"" + QemuOptions.cardId(card) + "\"");
        PciAddress function = slots().powerOff(QemuOptions.FIRST_SLOT + card);
        qmp.awaitEvent("DEVICE_DELETED", "\"device\": \"" + QemuOptions.cardId(card) + "\"");
        listeners.forEach(l -> l.removed(function.toString()));
    }

    /**
     * Puts a pulled card back.
     *
     * @throws DevException UNSUPPORTED if it is no hot-plug card; IO if QEMU refuses
     */
    public void plug(int card) {
        requireSlot(card);
        List<String> properties = options.cardProperties(card);
        StringBuilder arguments = new StringBuilder("\"driver\":\"" + properties.getFirst() + "\"");
        for (String property : properties.subList(1, properties.size())) {
            String[] pair = property.split("=", 2);
            arguments.append(",\"").append(pair[0]).append("\":").append(json(pair[1]));
        }
        setLink(card, true);
        qmp.execute("device_add", arguments.toString());
        slots().powerOn(QemuOptions.FIRST_SLOT + card);
        listeners.forEach(HostListener::changed);
    }

    /** Kills QEMU, as a crash would. For tests. */
    public void kill() {
        process.kill();
        process.awaitEnd(TimeUnit.SECONDS.toNanos(10));
    }

    /** Ends QEMU. The devices must have been let go of; memory stays with whoever allocated it. Again is no error. */
    @Override
    public void close() {
        closing = true;
        qtest.close();
        qmp.close();
        process.close();
        cables.forEach(c -> c.ifPresent(CableEnd::close));
        ram.close();
    }

    /** The connection broke. If QEMU still runs, it is of no use any more. */
    private void lost(String reason) {
        lost = reason;
        if (process != null) {
            process.kill();
        }
    }

    /** QEMU has ended. On its thread. */
    private void ended(QemuProcess p) {
        if (closing || platform == null) {
            return;
        }
        qtest.close();
        List<String> devices = new ArrayList<>();
        pci.ifPresent(x -> x.forgetAll().forEach(f -> devices.add(f.toString())));
        platform.ifPresent(x -> devices.addAll(x.forgetAll()));
        String cause = lost.isEmpty() || lost.contains("other side") || lost.contains("reset") || lost.contains("pipe") ? "" : " (" + lost + ")";
        lost = "QEMU " + p.epitaph();
        LOG.error("QEMU of host {} {}{}: its {} devices are gone; configure the host again to start a new one", name(), p.epitaph(), cause, devices.size());
        for (String device : devices) {
            listeners.forEach(l -> l.removed(device));
        }
    }

    private DevException failed(Exception e, List<AutoCloseable> opened) {
        Optional<QemuProcess> p = opened.stream().filter(QemuProcess.class::isInstance).map(QemuProcess.class::cast).findFirst();
        // A QEMU that dislikes its options says so and ends; its words are worth more than the broken connection's.
        boolean itself = p.isPresent() && p.get().awaitEnd(TimeUnit.SECONDS.toNanos(1));
        for (AutoCloseable c : opened.reversed()) {
            try {
                c.close();
            } catch (Exception suppressed) {
                e.addSuppressed(suppressed);
            }
        }
        if (itself) {
            return new DevException(DevError.IO, "QEMU for host " + name() + " did not start: it " + p.get().epitaph(), e);
        }
        return e instanceof DevException d ? d : new DevException(DevError.IO, "QEMU for host " + name() + " did not start: " + e.getMessage(), e);
    }

    private UnixConnection connect(ServerSocketChannel server, List<AutoCloseable> opened) throws IOException {
        QemuProcess p = (QemuProcess) opened.stream().filter(QemuProcess.class::isInstance).findFirst().orElseThrow();
        UnixConnection connection = UnixConnection.accept(server, p::isAlive, START_NANOS);
        if (connection == null) {
            throw new IOException(p.isAlive() ? "it did not connect within 20 s" : "it ended at once");
        }
        opened.add(connection);
        return connection;
    }

    private static ServerSocketChannel listen(Path path, List<AutoCloseable> opened) throws IOException {
        ServerSocketChannel server = UnixConnection.listen(path);
        opened.add(server);
        return server;
    }

    private static void delete(Path folder) {
        if (folder == null) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            LOG.warn("{} could not be deleted", folder, e);
        }
    }

    private QemuPci slots() {
        return pci.orElseThrow(() -> new DevException(DevError.UNSUPPORTED, "board " + options.board() + " of " + name() + " has no PCI"));
    }

    private void requireSlot(int card) {
        if (!options.cards().get(card).hotplug()) {
            throw new DevException(DevError.UNSUPPORTED, "card " + card + " of " + name() + " sits on the root bus, where QEMU cannot pull it");
        }
    }

    private static String json(String value) {
        if (value.matches("-?[0-9]+")) {
            return value;
        }
        return value.equals("on") ? "true" : value.equals("off") ? "false" : "\"" + value + "\"";
    }
}
