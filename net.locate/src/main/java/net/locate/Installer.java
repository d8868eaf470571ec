package net.locate;

import java.io.ByteArrayInputStream;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import net.api.DevError;
import net.api.DevException;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.resource.Resource;
import org.osgi.service.resolver.ResolutionException;
import org.osgi.service.resolver.Resolver;

/**
 * Installs bundles with what they need, and takes away what it installed and nothing else. What it installed is known by its location, also after a restart.
 */
final class Installer {
    private static final String LOCATION = "hotnic.locate:";

    private final BundleContext context;
    private final Resolver resolver;
    /** Bundles that were there: what is not any more was taken away by somebody, and does not come back by itself. */
    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Installer(BundleContext context, Resolver resolver) {
        this.context = context;
        this.resolver = resolver;
    }

    /** Nothing is installed from now on: who had asked goes by a configuration that is not in force any more. */
    void close() {
        closed = true;
    }

    /** A bundle is there. */
    void seen(Bundle b) {
        seen.add(b.getSymbolicName() + ":" + b.getVersion());
    }

    /** It was there, whoever installed it. */
    boolean wasThere(Offer offer) {
        return seen.contains(nameAndVersion(offer.resource()));
    }

    /** The bundle of that name and version, if it is installed, by whomever. */
    Optional<Bundle> installed(Resource resource) {
        var identity = Offer.identity(resource);
        String name = String.valueOf(identity.getAttributes().get(identity.getNamespace()));
        return Stream.of(context.getBundles()).filter(b -> name.equals(b.getSymbolicName()) && b.getVersion().equals(Offer.version(identity))).findFirst();
    }

    /**
     * Resolves, fetches, checks, installs and starts. If something fails, nothing stays.
     *
     * @param offered bundles that may be installed besides
     * @throws DevException UNSUPPORTED if something that it needs is nowhere; IO if a bundle cannot be had, or does not start; BAD_STATE after {@link #close}
     */
    Bundle install(Offer offer, List<Resource> offered, Optional<KeyStore> trusted) {
        List<Resource> needed;
        try {
            needed = resolver.resolve(new Resolution(context, offer.resource(), offered)).keySet().stream().filter(r -> !(r instanceof BundleRevision))
                    .toList();
        } catch (ResolutionException e) {
            throw new DevException(DevError.UNSUPPORTED, "%s needs what is not there: %s".formatted(offer.text(), e.getMessage()), e);
        }
        List<Bundle> done = new ArrayList<>();
        try {
            // All are checked before the first is installed; what others need starts first.
            List<byte[]> contents = needed.stream().map(r -> Content.fetch(r, trusted)).toList();
            if (closed) {
                throw new DevException(DevError.BAD_STATE, "%s: net.locate was stopped or configured anew: ask again".formatted(offer.text()));
            }
            Bundle driver = null;
            for (int i = 0; i < needed.size(); i++) {
                Resource r = needed.get(i);
                Bundle b = context.installBundle(location(r), new ByteArrayInputStream(contents.get(i)));
                done.add(b);
                driver = r == offer.resource() ? b : driver;
            }
            for (Bundle b : done) {
                if (b != driver && (b.adapt(BundleRevision.class).getTypes() & BundleRevision.TYPE_FRAGMENT) == 0) {
                    b.start();
                }
            }
            driver.start();
            return driver;
        } catch (BundleException | RuntimeException e) {
            DevException failure = e instanceof DevException d ? d : new DevException(DevError.IO,
                    "%s does not start: %s".formatted(offer.text(), e.getMessage()), e);
            for (Bundle b : done.reversed()) {
                remove(b, failure);
                seen.remove(b.getSymbolicName() + ":" + b.getVersion());
            }
            throw failure;
        }
    }

    /**
     * Takes a bundle away.
     *
     * @throws DevException INVALID_PARAM if it was not installed from here
     */
    void uninstall(Bundle b) {
        if (!isOurs(b)) {
            throw new DevException(DevError.INVALID_PARAM, "bundle %s %s was not installed from a repository: uninstall it where it came from"
                    .formatted(b.getSymbolicName(), b.getVersion()));
        }
        DevException failure = new DevException(DevError.IO, b + " could not be uninstalled");
        remove(b, failure);
        if (failure.getSuppressed().length > 0) {
            throw failure;
        }
    }

    private static void remove(Bundle b, DevException failure) {
        try {
            b.uninstall();
        } catch (BundleException | IllegalStateException e) {
            failure.addSuppressed(e);
        }
    }

    /** Everything that was installed from here. */
    List<Bundle> ours() {
        return Stream.of(context.getBundles()).filter(Installer::isOurs).toList();
    }

    private static boolean isOurs(Bundle b) {
        return b.getLocation().startsWith(LOCATION);
    }

    private static String location(Resource r) {
        return LOCATION + nameAndVersion(r);
    }

    private static String nameAndVersion(Resource r) {
        var identity = Offer.identity(r);
        return identity.getAttributes().get(identity.getNamespace()) + ":" + Offer.version(identity);
    }
}
