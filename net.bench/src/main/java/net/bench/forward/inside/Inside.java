package net.bench.forward.inside;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import net.api.DevException;
import net.api.NetDriverOps;
import net.api.device.DeviceManager;
import net.api.device.DeviceState;
import net.api.host.DeviceHost;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/**
 * The bundle: supplies the shared cards as a host, and answers {@link Load#request requests}. The process around it, which does not see the runtime's
 * classes, finds it as
 * a service that turns one line into another.
 */
public final class Inside implements BundleActivator {
    /** Framework property: the file. */
    public static final String FILE = "hotnic.bench.file";
    /** Framework property: {@link Devices}, by the constant's name. */
    public static final String DEVICES = "hotnic.bench.devices";
    /** The line that asks for the cards to be attached; the answer is empty, or says what is wrong. */
    public static final String ATTACH = "attach";

    /** Buffers of the pool. */
    public static final int BUFFERS = 24 * 1024;
    private static final long ATTACH_NANOS = 60_000_000_000L;
    private static final long LOOK_NANOS = 50_000_000;

    private final ExecutorService thread = Executors.newSingleThreadExecutor(Thread.ofPlatform().name("forward").factory());
    private final Arena arena = Arena.ofShared();
    private BundleContext context;
    private Devices devices;
    private Traffic traffic;
    private PacketLoop[] loops = {};

    @Override
    public void start(BundleContext bundle) throws Exception {
        context = bundle;
        Path file = Path.of(context.getProperty(FILE));
        traffic = new Traffic(CardFile.map(file, 0, CardFile.WINDOW, arena));
        devices = Devices.valueOf(context.getProperty(DEVICES));
        CardHost host = new CardHost(file, devices);
        Dictionary<String, Object> properties = new Hashtable<>(Map.of(DeviceHost.NAME, host.name(), DeviceHost.DMA, true));
        context.registerService(DeviceHost.class, host, properties);
        UnaryOperator<String> answers = this::answer;
        context.registerService(UnaryOperator.class, answers, new Hashtable<>(Map.of(FILE, file.toString())));
    }

    @Override
    public void stop(BundleContext bundle) throws Exception {
        thread.submit(() -> {
            for (PacketLoop loop : loops) {
                loop.close();
            }
        }).get();
        thread.shutdown();
        arena.close();
    }

    private String answer(String line) {
        try {
            return thread.submit(() -> line.equals(ATTACH) ? attach() : run(line.split(" ")).line()).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private Ran run(String[] words) {
        Load.Work work = Load.Work.values()[Integer.parseInt(words[0])];
        int pair = Load.pair(Integer.parseInt(words[1]));
        traffic.on(pair);
        try {
            return loops[pair].run(work, Integer.parseInt(words[2]), Long.parseLong(words[3]));
        } finally {
            traffic.off();
            loops[pair].rest();
        }
    }

    /** Looks until every card is there as it was configured: the cards' process may answer late. */
    private String attach() throws InvalidSyntaxException {
        ServiceReference<DeviceManager> reference = context.getServiceReference(DeviceManager.class);
        if (reference == null) {
            return "there is no device manager";
        }
        DeviceManager manager = context.getService(reference);
        Core.pin(Core.DRIVER);
        String problem;
        long start = System.nanoTime();
        do {
            manager.rescan();
            problem = "";
            NetDriverOps[] cards = new NetDriverOps[CardFile.CARDS];
            for (int i = 0; i < cards.length && problem.isEmpty(); i++) {
                cards[i] = card(i);
                if (cards[i] == null) {
                    attach(manager, devices.address(i));
                }
                problem = cards[i] == null ? devices.address(i) + " is not attached: " + manager.device(devices.address(i)).status()
                        : misfit(cards[i], Load.queues(i / 2));
            }
            if (problem.isEmpty()) {
                PacketLoop[] all = new PacketLoop[cards.length / 2];
                for (int pair = 0; pair < all.length; pair++) {
                    all[pair] = new PacketLoop(cards[2 * pair], cards[2 * pair + 1], Load.queues(pair));
                }
                loops = all;
                return "";
            }
            LockSupport.parkNanos(LOOK_NANOS);
        } while (System.nanoTime() - start < ATTACH_NANOS);
        return problem;
    }

    /** Once more. The reason of a failure is the device's status. */
    private static void attach(DeviceManager manager, String address) {
        if (manager.device(address).status().state() == DeviceState.IDLE) {
            try {
                manager.attach(address);
            } catch (DevException e) {
                return;
            }
        }
    }

    private NetDriverOps card(int i) throws InvalidSyntaxException {
        String filter = "(" + NetDriverOps.DEVICE + "=" + devices.address(i) + ")";
        for (ServiceReference<NetDriverOps> found : context.getServiceReferences(NetDriverOps.class, filter)) {
            return context.getService(found);
        }
        return null;
    }

    /** What is not as configured; "" if all is. */
    private static String misfit(NetDriverOps card, int queues) {
        String is = "%d receive queues of %d, %d transmit queues of %d, %d buffers".formatted(card.capabilities().rxQueues(), card.rxQueueSize(),
                card.capabilities().txQueues(), card.txQueueSize(), card.pool().capacity());
        String wanted = "%d receive queues of %d, %d transmit queues of %d, %d buffers".formatted(queues, Load.RING, queues, Load.RING, BUFFERS);
        return is.equals(wanted) ? "" : card.deviceName() + " has " + is + ", and not " + wanted;
    }
}
