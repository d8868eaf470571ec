import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import net.api.NetBuf;
import net.api.NetDriverOps;
import net.api.RxQueue;
import net.api.TxQueue;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.osgi.util.tracker.ServiceTracker;

/**
 * An application that has an OSGi framework inside, as many products do. It sees the packages of {@code net.api} on its own class path and exports them to
 * the bundles, so that cards are ordinary Java objects for it; everything else of Hotnic is bundles.
 */
final class Main {
    private static final int FRAMES = 1000;
    private static final int BATCH = 32;
    /** Frames on their way: fewer than the receiver has buffers for. */
    private static final int WINDOW = 64;
    private static final long PATIENCE_MILLIS = 60_000;

    /** @param args folder with Felix's bundles, then Hotnic's: {@code net.api} first */
    public static void main(String[] args) throws Exception {
        Path storage = Files.createTempDirectory("example-felix");
        String ours;
        try (JarFile api = new JarFile(args[1])) {
            ours = api.getManifest().getMainAttributes().getValue(Constants.EXPORT_PACKAGE) + ",org.slf4j;version=1.7.36";
        }
        Framework felix = ServiceLoader.load(FrameworkFactory.class).findFirst().orElseThrow()
                .newFramework(Map.of(Constants.FRAMEWORK_STORAGE, storage.toString(), Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, ours));
        felix.start();
        try {
            List<Bundle> bundles = new ArrayList<>();
            for (String name : List.of("org.apache.felix.scr", "org.apache.felix.configadmin", "org.osgi.service.component", "org.osgi.util.promise",
                    "org.osgi.util.function")) {
                File[] jar = new File(args[0]).listFiles(f -> f.getName().startsWith(name));
                bundles.add(felix.getBundleContext().installBundle(jar[0].toURI().toString()));
            }
            for (String jar : Arrays.asList(args).subList(2, args.length)) {
                bundles.add(felix.getBundleContext().installBundle(new File(jar).toURI().toString()));
            }
            for (Bundle bundle : bundles) {
                bundle.start();
            }
            int arrived = transfer(card(felix, "sim/0000:00:01.0"), card(felix, "sim/0000:01:00.0"));
            System.out.println(arrived + " of " + FRAMES + " frames went from card to card");
        } finally {
            felix.stop();
            felix.waitForStop(PATIENCE_MILLIS);
            try (Stream<Path> files = Files.walk(storage)) {
                files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
            }
        }
    }

    /** Cards come as services, when host, pool and driver are there. */
    private static NetDriverOps card(Framework felix, String address) throws Exception {
        ServiceTracker<NetDriverOps, NetDriverOps> tracker = new ServiceTracker<>(felix.getBundleContext(),
                felix.getBundleContext().createFilter("(&(objectClass=" + NetDriverOps.class.getName() + ")(" + NetDriverOps.DEVICE + "=" + address + "))"), null);
        tracker.open();
        NetDriverOps card = tracker.waitForService(PATIENCE_MILLIS);
        if (card == null) {
            throw new IllegalStateException("no card " + address);
        }
        return card;
    }

    private static int transfer(NetDriverOps from, NetDriverOps to) {
        TxQueue tx = from.txQueue(0);
        RxQueue rx = to.rxQueue(0);
        NetBuf[] out = new NetBuf[BATCH];
        NetBuf[] in = new NetBuf[BATCH];
        int sent = 0;
        int received = 0;
        long end = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
        while (received < FRAMES && System.nanoTime() < end) {
            if (sent < FRAMES && sent - received < WINDOW && out[0] == null) {
                out[0] = frame(from, to);
            }
            sent += out[0] == null ? 0 : tx.transmit(out, 0, 1);
            int n = rx.receive(in, 0, BATCH);
            to.pool().release(in, 0, n);
            received += n;
        }
        tx.reclaim();
        tx.unbind();
        rx.unbind();
        return received;
    }

    private static NetBuf frame(NetDriverOps from, NetDriverOps to) {
        byte[] bytes = new byte[64];
        System.arraycopy(to.macAddress().toBytes(), 0, bytes, 0, 6);
        System.arraycopy(from.macAddress().toBytes(), 0, bytes, 6, 6);
        bytes[12] = (byte) 0x88; // local experimental Ethertype, IEEE 802
        bytes[13] = (byte) 0xb5;
        return from.pool().allocate(bytes, 0, bytes.length);
    }
}
