package net.pci.config;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Dictionary;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleListener;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.cm.ConfigurationEvent;
import org.osgi.service.cm.ConfigurationListener;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells in one line each what is wrong with a configuration by the metatype of the active bundles that read it: keys that there are not, values that are no
 * such number, truth or option. Nothing else comes of it. It looks at bundles that use {@code net.api}, ours and others'; a bundle that judges the values of a
 * PID itself provides the capability {@code hotnic.configuration} with that PID, and only the keys are looked at here.
 *
 * <p>There only where Config Admin is. Called on its thread, on the framework's for events, and by SCR.
 */
@Component(service = ConfigurationListener.class, immediate = true)
public final class ConfigurationCheck implements ConfigurationListener {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigurationCheck.class);
    private static final String JUDGED = "hotnic.configuration";
    private static final String API = "net.api";

    /** A state of a configuration, and what was told of it. */
    private record Told(long changeCount, Set<String> lines) {
    }

    /** What a bundle says, as long as it is the same bundle. */
    private record Said(long lastModified, List<Definition> definitions) {
    }

    private final BundleContext context;
    private final ConfigurationAdmin admin;
    /** Not a synchronous one: to start bundles does not take longer. */
    private final BundleListener listener = this::bundleChanged;
    private final Map<String, Told> told = new HashMap<>();
    private final Map<Bundle, Said> said = new HashMap<>();

    /**
     * @param context whose bundles are asked
     * @param admin has the configurations
     */
    @Activate
    public ConfigurationCheck(BundleContext context, @Reference ConfigurationAdmin admin) {
        this.context = context;
        this.admin = admin;
        context.addBundleListener(listener);
        configurations(null).forEach(this::check);
    }

    @Deactivate
    void deactivate() {
        context.removeBundleListener(listener);
    }

    @Override
    public void configurationEvent(ConfigurationEvent event) {
        if (event.getType() == ConfigurationEvent.CM_UPDATED) {
            configurations("(service.pid=" + event.getPid() + ")").forEach(this::check);
        } else if (event.getType() == ConfigurationEvent.CM_DELETED) {
            forget(event.getPid());
        }
    }

    private void bundleChanged(BundleEvent event) {
        if (event.getType() == BundleEvent.STARTED) {
            configurations(null).forEach(this::check); // what was told of them is not told again
        } else if (event.getType() == BundleEvent.UNINSTALLED) {
            synchronized (this) {
                said.remove(event.getBundle());
            }
        }
    }

    private synchronized void forget(String pid) {
        told.remove(pid);
    }

    private synchronized void check(Configuration configuration) {
        String pid;
        Dictionary<String, Object> properties;
        long changeCount;
        Bundle[] bundles;
        try {
            pid = pid(configuration);
            properties = configuration.getProperties();
            changeCount = configuration.getChangeCount();
            bundles = context.getBundles();
        } catch (IllegalStateException e) {
            return; // it was deleted meanwhile, or this bundle ends
        }
        List<Definition> definitions = Stream.of(bundles).sorted(Comparator.reverseOrder()).flatMap(b -> definitions(b).stream())
                .filter(d -> d.pid().equals(pid))
                .toList();
        if (properties == null || definitions.isEmpty()) {
            return;
        }
        Set<String> lines = new TreeSet<>();
        for (String key : Collections.list(properties.keys())) {
            problem(definitions, key, properties.get(key)).ifPresent(lines::add);
        }
        Told before = told.put(configuration.getPid(), new Told(changeCount, new HashSet<>(lines)));
        if (before != null && before.changeCount == changeCount) {
            lines.removeAll(before.lines);
        }
        lines.forEach(line -> LOG.warn("Configuration {}: {}", configuration.getPid(), line));
    }

    /** Of two versions of a driver each reads the configuration: what is right for one is right, else the newest one's word counts. */
    private static Optional<String> problem(List<Definition> definitions, String key, Object value) {
        List<Optional<String>> problems = definitions.stream().map(d -> d.problem(key, value)).toList();
        return problems.stream().allMatch(Optional::isPresent) ? problems.getFirst() : Optional.empty();
    }

    private static String pid(Configuration configuration) {
        return configuration.getFactoryPid() == null ? configuration.getPid() : configuration.getFactoryPid();
    }

    private List<Configuration> configurations(String filter) {
        try {
            Configuration[] all = admin.listConfigurations(filter);
            return all == null ? List.of() : List.of(all);
        } catch (IOException | InvalidSyntaxException | IllegalStateException e) {
            LOG.debug("configurations {} are not checked", filter, e);
            return List.of();
        }
    }

    private synchronized List<Definition> definitions(Bundle bundle) {
        BundleWiring wiring = bundle.getState() == Bundle.ACTIVE || bundle.getState() == Bundle.STARTING ? bundle.adapt(BundleWiring.class) : null;
        if (wiring == null || !usesApi(wiring)) {
            return List.of();
        }
        Said known = said.get(bundle);
        if (known == null || known.lastModified != bundle.getLastModified()) {
            known = new Said(bundle.getLastModified(), read(bundle, wiring));
            said.put(bundle, known);
        }
        return known.definitions;
    }

    private static boolean usesApi(BundleWiring wiring) {
        return wiring.getRequiredWires(PackageNamespace.PACKAGE_NAMESPACE).stream()
                .map(wire -> String.valueOf(wire.getCapability().getAttributes().get(PackageNamespace.PACKAGE_NAMESPACE)))
                .anyMatch(name -> name.equals(API) || name.startsWith(API + "."));
    }

    private static List<Definition> read(Bundle bundle, BundleWiring wiring) {
        Set<String> judged = wiring.getCapabilities(JUDGED).stream().map(c -> String.valueOf(c.getAttributes().get(JUDGED))).collect(Collectors.toSet());
        List<Definition> definitions = new ArrayList<>();
        Enumeration<URL> files = bundle.findEntries("OSGI-INF/metatype", "*.xml", false);
        for (URL file : files == null ? List.<URL>of() : Collections.list(files)) {
            try (InputStream in = file.openStream()) {
                definitions.addAll(MetatypeReader.read(in, judged));
            } catch (IOException e) {
                LOG.debug("metatype of {} is not read: {}", bundle, file, e);
            }
        }
        return List.copyOf(definitions);
    }
}
