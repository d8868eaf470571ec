package net.bench;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;

/** Felix with the bundles of others that the runtime has, and none of ours; says when all are active, counted from when its process was asked for. */
public final class EmptyRuntime {
    private EmptyRuntime() {
    }

    /** The exported runtime, whose embedded bundles are used. */
    public static void main(String[] arguments) throws Exception {
        Path storage = Files.createTempDirectory("hotnic-empty");
        Framework framework = new FrameworkFactory().newFramework(Map.of(
                Constants.FRAMEWORK_STORAGE, storage.toString(),
                Constants.FRAMEWORK_STORAGE_CLEAN, Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT,
                "gosh.args", "--nointeractive"));
        framework.init();
        List<Bundle> bundles = new ArrayList<>();
        try (JarFile jar = new JarFile(arguments[0])) {
            for (JarEntry entry : jar.stream().filter(EmptyRuntime::isOfOthers).toList()) {
                try (InputStream in = jar.getInputStream(entry)) {
                    bundles.add(framework.getBundleContext().installBundle(entry.getName(), in));
                }
            }
        }
        framework.start();
        for (Bundle bundle : bundles) {
            if (bundle.getHeaders().get(Constants.FRAGMENT_HOST) == null) {
                bundle.start();
            }
        }
        long started = Long.parseLong(System.getenv("HOTNIC_BENCH_STARTED"));
        System.out.printf(Locale.ROOT, "%d bundles active in %.3f s%n", bundles.size() + 1, (System.currentTimeMillis() - started) / 1000.0);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                framework.stop();
                framework.waitForStop(5000);
                try (var files = Files.walk(storage)) {
                    files.sorted((a, b) -> b.compareTo(a)).forEach(f -> f.toFile().delete());
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }));
        framework.waitForStop(0);
    }

    private static boolean isOfOthers(JarEntry entry) {
        String name = entry.getName();
        return name.startsWith("jar/") && name.endsWith(".jar") && !name.startsWith("jar/net.") && !name.contains("org.apache.felix.framework-")
                && !name.contains("biz.aQute.launcher") && !name.contains("logback-");
    }
}
