package net.locate;

import java.util.Comparator;
import net.api.device.Device;
import org.osgi.framework.Version;
import org.osgi.framework.namespace.IdentityNamespace;
import org.osgi.resource.Capability;
import org.osgi.resource.Resource;

/**
 * A bundle of a repository that drives a device.
 *
 * @param resource the bundle
 * @param repository where it is
 * @param score how well it matches
 */
record Offer(Resource resource, String repository, int score) {
    /** Best match first, then highest version. */
    static final Comparator<Offer> BEST = Comparator.<Offer>comparingInt(o -> o.score).thenComparing(Offer::version).reversed();

    String name() {
        return String.valueOf(identity().getAttributes().get(IdentityNamespace.IDENTITY_NAMESPACE));
    }

    Version version() {
        return version(identity());
    }

    /** {@code bundle net.driver.virtio 0.1.0 in repository cnf}. */
    String text() {
        return "bundle %s %s in repository %s".formatted(name(), version(), repository);
    }

    private Capability identity() {
        return identity(resource);
    }

    static Capability identity(Resource r) {
        return r.getCapabilities(IdentityNamespace.IDENTITY_NAMESPACE).getFirst();
    }

    static Version version(Capability identity) {
        return Version.parseVersion(String.valueOf(identity.getAttributes().getOrDefault(IdentityNamespace.CAPABILITY_VERSION_ATTRIBUTE, "0")));
    }

    /** How well the driver capabilities of a bundle fit a device; 0 if none does. */
    static int score(Resource r, Device device) {
        int best = 0;
        for (Capability c : r.getCapabilities(DriverIds.NAMESPACE)) {
            best = Math.max(best, DriverIds.score(c.getAttributes(), device));
        }
        return best;
    }
}
