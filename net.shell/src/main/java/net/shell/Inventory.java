package net.shell;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.api.DevError;
import net.api.DevException;
import net.api.LinkState;
import net.api.NetBufPool;
import net.api.NetDriverOps;
import net.api.PollThread;
import net.api.PoolStatistics;
import net.api.device.Device;
import net.api.device.DeviceManager;
import net.api.device.DeviceState;
import net.api.device.DeviceStatus;
import net.api.device.PciDevice;
import net.api.device.PlatformDevice;
import net.api.driver.NetDriver;
import net.shell.text.Units;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/** What there is at this moment: devices, drivers, cards and pools, looked up in the service registry at each call. */
final class Inventory {
    private static final double MEGA = 1e6;

    private final BundleContext context;
    private final DeviceManager manager;
    private volatile boolean settled;

    Inventory(BundleContext context, DeviceManager manager) {
        this.context = context;
        this.manager = manager;
    }

    /**
     * The device manager, once it has attached all that was there at the start: commands that are typed, or given on the command line, before that must not
     * find half of the cards. A look at all hosts takes its turn behind what is under way.
     */
    DeviceManager manager() {
        if (!settled) {
            manager.rescan();
            settled = true;
        }
        return manager;
    }

    List<DeviceRow> devices() {
        List<Device> devices = manager().devices();
        Map<String, NetDriverOps> cards = cards();
        Map<String, ServiceReference<?>> references = new TreeMap<>();
        each(Device.class, (reference, device) -> references.put(device.address(), reference));
        return devices.stream().map(d -> row(d, cards.get(d.address()), references.get(d.address()))).toList();
    }

    /** The threads that poll cards. */
    List<PollThread> threads() {
        return each(PollThread.class, (reference, thread) -> thread);
    }

    DeviceRow device(String address) {
        Device device = manager().device(address);
        return devices().stream().filter(r -> r.address().equals(device.address())).findFirst()
                .orElseThrow(() -> new DevException(DevError.INVALID_PARAM, device.address() + " has just gone"));
    }

    List<DriverRow> drivers() {
        List<Device> devices = manager().devices();
        List<DriverRow> rows = each(NetDriver.class, (reference, driver) -> {
            Bundle bundle = reference.getBundle();
            List<String> driven = devices.stream().filter(d -> d.status().driver().equals(driver.name())).map(Device::address).toList();
            return bundle == null ? null : new DriverRow(driver.name(), bundle.getSymbolicName(), bundle.getVersion().toString(), bundle.getBundleId(),
                    driver.matches().stream().map(m -> m.text()).toList(), driven);
        });
        return rows.stream().sorted(Comparator.comparing(DriverRow::name)).toList();
    }

    List<PoolRow> pools() {
        List<PoolRow> rows = each(NetBufPool.class, (reference, pool) -> {
            PoolStatistics s = pool.statistics();
            return new PoolRow(pool.name(), (String) reference.getProperty(NetBufPool.HOST), pool.capacity(), pool.dataRoom(), s.free(), s.cached(), s.inUse(),
                    s.failures(), s.misuse(), Objects.toString(reference.getProperty(NetBufPool.SET), ""), grown(s), clones(pool), pool.node() < 0 ? ""
                    : String.valueOf(pool.node()));
        });
        return rows.stream().sorted(Comparator.comparing((PoolRow r) -> String.valueOf(r.host())).thenComparing(PoolRow::name)).toList();
    }

    private static String grown(PoolStatistics s) {
        return s.grown() + s.shrunk() == 0 ? "" : "+" + s.grown() + (s.shrunk() == 0 ? "" : " -" + s.shrunk());
    }

    private static int clones(NetBufPool pool) {
        try {
            return pool.shells().statistics().inUse();
        } catch (DevException e) {
            return 0;
        }
    }

    /** Attached cards by address. */
    Map<String, NetDriverOps> cards() {
        Map<String, NetDriverOps> cards = new TreeMap<>();
        each(NetDriverOps.class, (reference, ops) -> cards.put((String) reference.getProperty(NetDriverOps.DEVICE), ops));
        return cards;
    }

    /**
     * @param address or a unique end of it
     * @throws DevException INVALID_PARAM if there is no such device; BAD_STATE if no driver is attached to it
     */
    NetDriverOps card(String address) {
        Device device = manager().device(ofCard(address));
        NetDriverOps ops = cards().get(device.address());
        if (ops == null) {
            String reason = device.status().reason();
            throw new DevException(DevError.BAD_STATE, device.address() + " has no driver attached" + (reason.isEmpty() ? "" : ": " + reason));
        }
        return ops;
    }

    /**
     * An end of an address that is unique among attached cards counts, where a card is meant, also if a device without driver has the same end.
     *
     * @return the full address of that card, or what was given
     */
    String ofCard(String address) {
        manager();
        List<String> hits = cards().keySet().stream().filter(a -> a.endsWith(address)).toList();
        return hits.size() == 1 ? hits.getFirst() : address;
    }

    /** As {@link #ofCard}, among the devices that a driver can be attached to: not those that are only listed. */
    String ofIdle(String address) {
        List<String> hits = manager().devices().stream().filter(d -> d.status().state() != DeviceState.LISTED).map(Device::address)
                .filter(a -> a.endsWith(address)).toList();
        return hits.size() == 1 ? hits.getFirst() : address;
    }

    /** {@code up}, {@code up 10 Gb/s}, {@code up 100 Mb/s half duplex}, {@code down}. */
    static String link(NetDriverOps ops) {
        LinkState link = ops.link();
        if (!link.up() || link.speedMbps() == 0) {
            return link.up() ? "up" : "down";
        }
        return "up " + Units.bits(link.speedMbps() * MEGA).replace(".00", "").replace(".0 ", " ") + (link.fullDuplex() ? "" : " half duplex");
    }

    private static DeviceRow row(Device device, NetDriverOps ops, ServiceReference<?> reference) {
        DeviceStatus status = device.status();
        String ids = switch (device) {
            case PciDevice pci -> "%04x:%04x".formatted(pci.vendorId(), pci.deviceId());
            case PlatformDevice platform when !platform.compatible().isEmpty() -> platform.compatible().getFirst();
            default -> "";
        };
        String type = device instanceof PciDevice pci ? PciClass.words(pci.classCode()) : device.bus();
        return new DeviceRow(device.address(), ids, type, property(reference, Device.PRODUCT), status.driver(), status.driverVersion(),
                status.state().name().toLowerCase(), ops == null ? "" : link(ops), ops == null ? "" : ops.macAddress().toString(), status.reason(),
                kernel(reference), status.buffersInFlight());
    }

    private static String kernel(ServiceReference<?> reference) {
        Object interfaces = reference == null ? null : reference.getProperty(Device.KERNEL_INTERFACES);
        Stream<String> names = interfaces instanceof String[] all ? Stream.of(all) : Stream.empty();
        return Stream.concat(Stream.of(property(reference, Device.KERNEL_DRIVER)), names).filter(s -> !s.isEmpty()).collect(Collectors.joining(", "));
    }

    private static String property(ServiceReference<?> reference, String name) {
        Object value = reference == null ? null : reference.getProperty(name);
        return value == null ? "" : value.toString();
    }

    /** Calls the function for every service that is still there; results that are null are left out. */
    private <S, T> List<T> each(Class<S> type, BiFunction<ServiceReference<S>, S, T> function) {
        List<T> results = new ArrayList<>();
        try {
            for (ServiceReference<S> reference : context.getServiceReferences(type, null)) {
                S service = context.getService(reference);
                if (service != null) {
                    try {
                        T result = function.apply(reference, service);
                        if (result != null) {
                            results.add(result);
                        }
                    } finally {
                        context.ungetService(reference);
                    }
                }
            }
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
        return results;
    }
}
