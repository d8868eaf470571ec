package net.locate;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.felix.utils.resource.CapabilitySet;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.resource.Capability;
import org.osgi.resource.Namespace;
import org.osgi.resource.Requirement;
import org.osgi.resource.Resource;
import org.osgi.resource.Wiring;
import org.osgi.service.resolver.HostedCapability;
import org.osgi.service.resolver.ResolveContext;

/** What the resolver asks: one bundle is wanted; what is installed comes first, what repositories have after it. */
final class Resolution extends ResolveContext {
    private final Resource wanted;
    private final List<Resource> offered;
    private final Map<Resource, Wiring> installed = new HashMap<>();
    private final List<BundleRevision> unresolved;

    Resolution(BundleContext context, Resource wanted, List<Resource> offered) {
        this.wanted = wanted;
        this.offered = offered;
        List<BundleRevision> others = new ArrayList<>();
        for (Bundle b : context.getBundles()) {
            BundleWiring wiring = b.adapt(BundleWiring.class);
            if (wiring != null) {
                installed.put(wiring.getRevision(), wiring);
            } else {
                others.add(b.adapt(BundleRevision.class));
            }
        }
        unresolved = others.stream().filter(Objects::nonNull).toList();
    }

    @Override
    public Collection<Resource> getMandatoryResources() {
        return List.of(wanted);
    }

    @Override
    public List<Capability> findProviders(Requirement requirement) {
        String namespace = requirement.getNamespace();
        Stream<? extends Capability> here = installed.values().stream().flatMap(w -> w.getResourceCapabilities(namespace).stream());
        Stream<? extends Capability> there = Stream.of(List.of(wanted), unresolved, offered).flatMap(List::stream)
                .flatMap(r -> r.getCapabilities(namespace).stream());
        List<Capability> found = new ArrayList<>();
        Stream.concat(here, there).filter(c -> CapabilitySet.matches(c, requirement)).forEach(found::add);
        return found;
    }

    @Override
    public int insertHostedCapability(List<Capability> capabilities, HostedCapability hosted) {
        capabilities.add(hosted);
        return capabilities.size() - 1;
    }

    /** What is for later, such as services, is not the resolver's business. */
    @Override
    public boolean isEffective(Requirement requirement) {
        return Namespace.EFFECTIVE_RESOLVE.equals(requirement.getDirectives().getOrDefault(Constants.EFFECTIVE_DIRECTIVE, Namespace.EFFECTIVE_RESOLVE));
    }

    @Override
    public Map<Resource, Wiring> getWirings() {
        return installed;
    }
}
