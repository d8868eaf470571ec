package net.bench.forward;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import net.bench.forward.inside.CardFile;
import net.bench.forward.inside.Devices;
import net.bench.forward.inside.Inside;
import net.bench.forward.inside.Load;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;

/**
 * The runtime as it is installed, in a process of its own: every bundle of it in Felix, configured by files, but for the main program and the shell on a
 * terminal; and one
 * bundle more, {@link Inside}, which has nothing but what an application and a host have.
 *
 * <p>Its lines are {@linkplain Load#request requests}.
 */
public final class RuntimeProcess {
    /** With the headroom 2112 bytes, as the peers have: first lines of neighbours do not all fall into the same sets of a cache. */
    private static final int DATA_ROOM = 1984;

    private RuntimeProcess() {
    }

    /** {@code FILE DEVICES}, the latter by its constant's name. */
    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createTempDirectory("hotnic-bench");
        Framework framework = null;
        try {
            framework = start(folder, arguments[0], Devices.valueOf(arguments[1]));
            UnaryOperator<String> inside = inside(framework.getBundleContext());
            String problem = inside.apply(Inside.ATTACH);
            System.out.println(problem.isEmpty() ? "ready" : problem);
            try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in))) {
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    System.out.println(inside.apply(line));
                }
            }
        } finally {
            if (framework != null) {
                framework.stop();
                framework.waitForStop(5000);
            }
            try (Stream<Path> files = Files.walk(folder)) {
                files.sorted((a, b) -> b.compareTo(a)).forEach(f -> f.toFile().delete());
            }
        }
        System.exit(0);
    }

    private static Framework start(Path folder, String file, Devices devices) throws Exception {
        Path configuration = Files.createDirectory(folder.resolve("conf"));
        Files.writeString(configuration.resolve("net.pool.cfg"), "buffers=%d\ndataRoom=%d\n".formatted(Inside.BUFFERS, DATA_ROOM));
        Files.writeString(configuration.resolve("net.pci.cfg"), "rxRingSize=%d\ntxRingSize=%d\n".formatted(Load.RING, Load.RING));
        for (int card = 2; card < CardFile.CARDS; card++) {
            int queues = Load.queues(card / 2);
            Files.writeString(configuration.resolve("net.pci.device-" + card + ".cfg"), "address=%s\nrxQueues=%d\ntxQueues=%d\n"
                    .formatted(devices.address(card), queues, queues));
        }
        Framework framework = new FrameworkFactory().newFramework(Map.of(
                Constants.FRAMEWORK_STORAGE, folder.resolve("bundles").toString(),
                Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, "org.slf4j;version=2.0.17",
                "felix.fileinstall.dir", configuration.toString(),
                "felix.fileinstall.noInitialDelay", "true",
                "felix.fileinstall.poll", "500",
                // As the runtime has it: a file that is written back while it is read again loses its configuration now and then.
                "felix.fileinstall.enableConfigSave", "false",
                "felix.fileinstall.log.level", "1",
                Inside.FILE, file,
                Inside.DEVICES, devices.name()));
        framework.init();
        BundleContext context = framework.getBundleContext();
        List<Bundle> bundles = new ArrayList<>();
        try (JarFile jar = new JarFile(System.getProperty("hotnic.run.jar"))) {
            for (JarEntry entry : jar.stream().filter(RuntimeProcess::isWanted).toList()) {
                try (InputStream in = jar.getInputStream(entry)) {
                    bundles.add(context.installBundle(entry.getName(), in));
                }
            }
        }
        bundles.add(context.installBundle("inside", new ByteArrayInputStream(bundle())));
        framework.start();
        for (Bundle bundle : bundles) {
            if (bundle.getHeaders().get(Constants.FRAGMENT_HOST) == null) {
                bundle.start();
            }
        }
        return framework;
    }

    private static boolean isWanted(JarEntry entry) {
        String name = entry.getName();
        return name.startsWith("jar/") && name.endsWith(".jar")
                && !name.matches("jar/(biz|net[.]launch|logback|slf4j|jline|org[.]apache[.]felix[.](framework|gogo[.]jline)).*");
    }

    /** The classes of {@link Inside}'s package, with a manifest. */
    private static byte[] bundle() throws IOException {
        String name = Inside.class.getPackageName();
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue(Constants.BUNDLE_MANIFESTVERSION, "2");
        main.putValue(Constants.BUNDLE_SYMBOLICNAME, name);
        main.putValue(Constants.BUNDLE_ACTIVATOR, Inside.class.getName());
        main.putValue(Constants.IMPORT_PACKAGE, "com.sun.management,net.api,net.api.device,net.api.host,org.osgi.framework");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarFile source = new JarFile(Path.of(Inside.class.getProtectionDomain().getCodeSource().getLocation().getPath()).toFile());
                JarOutputStream target = new JarOutputStream(bytes, manifest)) {
            for (JarEntry entry : source.stream().filter(e -> e.getName().startsWith(name.replace('.', '/') + "/") && !e.isDirectory()).toList()) {
                target.putNextEntry(new JarEntry(entry.getName()));
                try (InputStream in = source.getInputStream(entry)) {
                    in.transferTo(target);
                }
            }
        }
        return bytes.toByteArray();
    }

    @SuppressWarnings("unchecked")
    private static UnaryOperator<String> inside(BundleContext context) throws Exception {
        ServiceReference<?>[] found = context.getServiceReferences(UnaryOperator.class.getName(), "(" + Inside.FILE + "=*)");
        return (UnaryOperator<String>) context.getService(found[0]);
    }
}
