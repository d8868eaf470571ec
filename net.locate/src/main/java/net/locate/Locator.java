package net.locate;

import java.io.File;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import net.api.DevError;
import net.api.DevException;
import net.api.device.Device;
import net.api.driver.DriverLocator;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.resource.Resource;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.resolver.Resolver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks for drivers of devices that have none, on a thread of its own. */
@Component(service = {DriverLocator.class, Locator.class}, configurationPid = "net.locate")
@Designate(ocd = Settings.class)
public final class Locator implements DriverLocator {
    private static final Logger LOG = LoggerFactory.getLogger(Locator.class);
    private static final String PROPERTY = "hotnic.repositories";

    private final Settings settings;
    private final List<DriverRepository> repositories;
    private final Installer installer;
    private final BundleContext context;
    private final List<InstallListener> listeners = new CopyOnWriteArrayList<>();
    /** Told before anybody can take the bundle away again. */
    private final SynchronousBundleListener listener = event -> seen(event.getBundle());
    private final ExecutorService worker = Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("hotnic-locate").factory());

    /** Called by SCR. */
    @Activate
    public Locator(BundleContext context, @Reference Resolver resolver, Settings settings) {
        this.settings = settings;
        String property = context.getProperty(PROPERTY);
        String[] places = settings.repositories().length > 0 || property == null ? settings.repositories() : property.split(",");
        repositories = Stream.of(places).map(String::strip).filter(p -> !p.isEmpty()).map(DriverRepository::new).toList();
        installer = new Installer(context, resolver);
        this.context = context;
        context.addBundleListener(listener);
        Stream.of(context.getBundles()).forEach(installer::seen);
    }

    @Deactivate
    void deactivate() {
        context.removeBundleListener(listener);
        installer.close();
        worker.shutdownNow();
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addListener(InstallListener listener) {
        listeners.add(listener);
    }

    void removeListener(InstallListener listener) {
        listeners.remove(listener);
    }

    private void seen(Bundle b) {
        installer.seen(b);
    }

    @Override
    public void locate(Device device, Consumer<String> answer) {
        if (settings.policy().equals("off") || repositories.isEmpty()) {
            return;
        }
        try {
            worker.execute(() -> {
                try {
                    look(device, answer);
                } catch (DevException e) {
                    if (!worker.isShutdown()) {
                        LOG.warn("{}: {}", device.address(), e.toString());
                        answer.accept(e.getMessage());
                    }
                } catch (RuntimeException e) {
                    if (!worker.isShutdown()) {
                        LOG.warn("{}: looking for its driver failed", device.address(), e);
                    }
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("{} came while the locator ended", device.address(), e);
        }
    }

    private void look(Device device, Consumer<String> answer) {
        List<Offer> offers = offers(device);
        if (offers.isEmpty()) {
            return;
        }
        Offer best = offers.getFirst();
        Optional<Bundle> there = installer.installed(best.resource());
        if (there.isPresent()) {
            answer.accept("bundle %s %s drives this, but is not started".formatted(best.name(), best.version()));
        } else if (settings.policy().equals("automatic") && !installer.wasThere(best)) {
            answer.accept("installing " + best.text());
            install(device, best);
        } else {
            answer.accept(best.text() + " drives this: net:locate " + device.address());
        }
    }

    /** What drives a device, best first. */
    List<Offer> offers(Device device) {
        List<Offer> offers = new ArrayList<>();
        for (DriverRepository r : repositories) {
            for (Resource resource : resources(r)) {
                int score = Offer.score(resource, device);
                if (score > 0) {
                    offers.add(new Offer(resource, r.name(), score));
                }
            }
        }
        offers.sort(Offer.BEST);
        return offers;
    }

    /** One that cannot be read does not hide the others. */
    private static List<Resource> resources(DriverRepository r) {
        try {
            return r.resources();
        } catch (DevException e) {
            LOG.warn("{}", e.getMessage());
            return List.of();
        }
    }

    /** Installs and starts it. */
    void install(Device device, Offer offer) {
        Change change = Change.install(device.address(), offer, listeners);
        try {
            installer.install(offer, repositories.stream().flatMap(r -> resources(r).stream()).toList(), trusted());
        } catch (DevException e) {
            change.failed(e.getMessage());
            throw e;
        }
        LOG.info("{}: installed {}", device.address(), offer.text());
        change.done();
    }

    /**
     * Takes a bundle away.
     *
     * @throws DevException INVALID_PARAM if it was not installed from here
     */
    void uninstall(Bundle b) {
        Change change = Change.uninstall(b.getSymbolicName(), b.getVersion().toString(), listeners);
        try {
            installer.uninstall(b);
        } catch (DevException e) {
            change.failed(e.getMessage());
            throw e;
        }
        LOG.info("uninstalled {} {}", b.getSymbolicName(), b.getVersion());
        change.done();
    }

    private Optional<KeyStore> trusted() {
        if (settings.trusted().isBlank()) {
            return Optional.empty();
        }
        try {
            return Optional.of(KeyStore.getInstance(new File(settings.trusted()), (char[]) null));
        } catch (IOException | GeneralSecurityException e) {
            throw new DevException(DevError.IO, "trusted = '%s' of net.locate is no key store that can be read: %s".formatted(settings.trusted(), e), e);
        }
    }

    Installer installer() {
        return installer;
    }

    List<DriverRepository> repositories() {
        return repositories;
    }
}
