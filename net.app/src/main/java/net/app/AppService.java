package net.app;

import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.api.DevError;
import net.api.DevException;
import net.api.NetDriverOps;
import net.api.NetPort;
import net.api.PollThread;
import net.api.device.Device;
import net.api.device.DeviceState;
import net.api.host.Processors;
import net.app.core.App;
import net.app.core.Applications;
import net.app.core.CardSet;
import net.app.core.Placement;
import net.app.core.PortCard;
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
    /** States of a device in which its card is there, or is about to be: the property is the name in lower case. */
    private static final Set<String> DRIVEN = Stream.of(DeviceState.ATTACHING, DeviceState.ATTACHED, DeviceState.UPDATING)
            .map(s -> s.name().toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());

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
        return services(NetDriverOps.class, address).findFirst()
                .orElseThrow(() -> new DevException(DevError.BAD_STATE, address + " has no driver attached: see net:devices"));
    }

    /** The device's port; it is there before its card is. */
    private Optional<NetPort> port(String address) {
        return services(NetPort.class, address).findFirst();
    }

    /** Services of a type for that device. They are used as long as they are registered, so nobody counts their use. */
    private <S> Stream<S> services(Class<S> type, String address) {
        try {
            return context.getServiceReferences(type, filter(type, List.of(address)).toString()).stream().map(r -> {
                S service = context.getService(r);
                context.ungetService(r);
                return service;
            }).filter(Objects::nonNull);
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
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
        ServiceTracker<NetDriverOps, NetDriverOps> tracker = new ServiceTracker<>(context, filter(NetDriverOps.class, cards.addresses()), null) {
            /** By address; weak, so that nothing of a driver that is gone is kept. */
            private final Map<String, WeakReference<PortCard>> held = new HashMap<>();

            @Override
            public NetDriverOps addingService(ServiceReference<NetDriverOps> reference) {
                NetDriverOps ops = super.addingService(reference);
                return ops == null ? null : offered(address(reference), ops);
            }

            private synchronized NetDriverOps offered(String address, NetDriverOps ops) {
                NetDriverOps card = port(address).map(p -> held(address, p, ops)).orElse(ops);
                cards.offer(address, card);
                return card;
            }

            private NetDriverOps held(String address, NetPort port, NetDriverOps ops) {
                WeakReference<PortCard> before = held.get(address);
                PortCard same = before == null ? null : before.get();
                if (same != null && same.goesOn(port, ops)) {
                    return same;
                }
                PortCard fresh = new PortCard(port, ops);
                held.put(address, new WeakReference<>(fresh));
                return fresh;
            }

            @Override
            public void removedService(ServiceReference<NetDriverOps> reference, NetDriverOps ops) {
                cards.withdraw(address(reference), ops);
                super.removedService(reference, ops);
            }
        };
        ServiceTracker<Device, String> devices = devices(cards);
        devices.open(); // first: who hears that a card goes knows already whether it comes back
        tracker.open();
        AtomicBoolean closed = new AtomicBoolean();
        return () -> {
            if (closed.compareAndSet(false, true)) {
                shown.unregister();
                tracker.close();
                devices.close();
            }
        };
    }

    /** Tells of the devices whether their cards, when they go, come back by themselves. */
    private ServiceTracker<Device, String> devices(CardSet cards) {
        return new ServiceTracker<>(context, filter(Device.class, cards.addresses()), null) {
            @Override
            public String addingService(ServiceReference<Device> reference) {
                modifiedService(reference, "");
                return address(reference);
            }

            @Override
            public void modifiedService(ServiceReference<Device> reference, String address) {
                cards.expect(address(reference), DRIVEN.contains(reference.getProperty(Device.STATE)));
            }

            @Override
            public void removedService(ServiceReference<Device> reference, String address) {
                cards.expect(address, false);
            }
        };
    }

    private static String address(ServiceReference<?> reference) {
        return (String) reference.getProperty(NetDriverOps.DEVICE);
    }

    private org.osgi.framework.Filter filter(Class<?> type, List<String> addresses) {
        String any = addresses.stream().map(a -> "(" + NetDriverOps.DEVICE + "=" + a.replaceAll("([\\\\*()])", "\\\\$1") + ")").collect(Collectors.joining());
        try {
            return context.createFilter("(&(objectClass=" + type.getName() + ")(|" + any + "))");
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
