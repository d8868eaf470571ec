package net.app;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import net.api.DevError;
import net.api.DevException;
import net.api.NetDriverOps;
import net.api.PollThread;
import net.api.host.Processors;
import net.app.core.App;
import net.app.core.Applications;
import net.app.core.CardSet;
import net.app.core.Placement;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.util.tracker.ServiceTracker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The applications, fed with the cards that are registered as services; all are stopped with the bundle. */
@Component(service = AppService.class)
public final class AppService {
    private static final Logger LOG = LoggerFactory.getLogger(AppService.class);

    private final BundleContext context;
    private final ServiceTracker<Processors, Processors> processors;
    private final Applications applications;

    @Activate
    public AppService(BundleContext context) {
        this.context = context;
        processors = new ServiceTracker<>(context, Processors.class, null);
        processors.open();
        applications = new Applications(this::follow, new Placement(() -> Optional.ofNullable(processors.getService())));
    }

    /** All of them. */
    public Applications applications() {
        return applications;
    }

    /** Addresses of the cards that are attached now. */
    List<String> cards() {
        try {
            return context.getServiceReferences(NetDriverOps.class, null).stream().map(AppService::address).toList();
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * The card at an address, as it is now.
     *
     * @throws DevException BAD_STATE if no driver is attached to it
     */
    NetDriverOps card(String address) {
        try {
            for (ServiceReference<NetDriverOps> reference : context.getServiceReferences(NetDriverOps.class, filter(List.of(address)).toString())) {
                NetDriverOps ops = context.getService(reference);
                if (ops != null) {
                    context.ungetService(reference);
                    return ops;
                }
            }
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
        throw new DevException(DevError.BAD_STATE, address + " has no driver attached: see net:devices");
    }

    @Deactivate
    void stop() {
        List<App> left = applications.close();
        if (!left.isEmpty()) {
            LOG.warn("did not end: {}", left);
        }
        processors.close();
    }

    private Applications.Following follow(App app) {
        CardSet cards = app.cards();
        ServiceRegistration<PollThread> shown = context.registerService(PollThread.class, app, null);
        ServiceTracker<NetDriverOps, NetDriverOps> tracker = new ServiceTracker<>(context, filter(cards.addresses()), null) {
            @Override
            public NetDriverOps addingService(ServiceReference<NetDriverOps> reference) {
                NetDriverOps ops = super.addingService(reference);
                if (ops != null) {
                    cards.offer(address(reference), ops);
                }
                return ops;
            }

            @Override
            public void removedService(ServiceReference<NetDriverOps> reference, NetDriverOps ops) {
                cards.withdraw(address(reference), ops);
                super.removedService(reference, ops);
            }
        };
        tracker.open();
        AtomicBoolean closed = new AtomicBoolean();
        return () -> {
            if (closed.compareAndSet(false, true)) {
                shown.unregister();
                tracker.close();
            }
        };
    }

    private static String address(ServiceReference<?> reference) {
        return (String) reference.getProperty(NetDriverOps.DEVICE);
    }

    private org.osgi.framework.Filter filter(List<String> addresses) {
        String any = addresses.stream().map(a -> "(" + NetDriverOps.DEVICE + "=" + a.replaceAll("([\\\\*()])", "\\\\$1") + ")").collect(Collectors.joining());
        try {
            return context.createFilter("(&(objectClass=" + NetDriverOps.class.getName() + ")(|" + any + "))");
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
