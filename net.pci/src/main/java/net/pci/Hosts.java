package net.pci;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import net.api.device.DeviceEvents;
import net.api.device.DeviceState;
import net.api.driver.Attachment.Fault;
import net.api.host.DeviceHost;
import net.api.host.HostListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Knows hosts, finds their devices, and forgets those that are gone. Manager's thread. */
final class Hosts {
    private static final Logger LOG = LoggerFactory.getLogger(Hosts.class);
    /** A function that asks for time has ten seconds, ten times what PCI Express allows. */
    private static final int SCANS = 100;

    private final Lifecycle lifecycle;
    private final Announcer announcer;
    private final Configuration configuration;
    private final Consumer<Runnable> later;
    private final List<HostEntry> hosts = new ArrayList<>();
    /** By address. */
    private final Map<String, Lasting> lasting = new HashMap<>();
    private final ConcurrentSkipListMap<String, Slot> slots = new ConcurrentSkipListMap<>();

    /** @param later does something on the manager's thread, and brings devices where they belong afterwards */
    Hosts(Lifecycle lifecycle, Announcer announcer, Configuration configuration, Consumer<Runnable> later) {
        this.lifecycle = lifecycle;
        this.announcer = announcer;
        this.configuration = configuration;
        this.later = later;
    }

    /** By address. Any thread. */
    Map<String, Slot> slots() {
        return slots;
    }

    void add(DeviceHost host) {
        String name = host.name();
        if (!name.matches("[a-z0-9-]+") || hosts.stream().anyMatch(h -> h.name.equals(name))) {
            LOG.warn("Host '{}' is ignored: its name must be lower-case letters, digits and hyphens, and no other host's", name);
            return;
        }
        HostEntry entry;
        try {
            entry = new HostEntry(host);
            entry.subscription = host.subscribe(new HostListener() {
                @Override
                public void changed() {
                    later.accept(() -> {
                        entry.epoch++;
                        scan(entry);
                    });
                }

                @Override
                public void removed(String deviceName) {
                    later.accept(() -> Optional.ofNullable(entry.slots.get(deviceName)).ifPresent(s -> forget(s, "removed from its host")));
                }

                @Override
                public void failed(String deviceName, String reason) {
                    later.accept(() -> Optional.ofNullable(entry.slots.get(deviceName)).filter(Slot::isAttached)
                            .ifPresent(s -> s.attachment.report(Fault.NEEDS_RESET, reason)));
                }
            });
        } catch (RuntimeException e) {
            LOG.warn("Host {} is ignored: {}", name, e.toString(), e);
            return;
        }
        hosts.add(entry);
        scan(entry);
    }

    void remove(DeviceHost host) {
        for (HostEntry entry : List.copyOf(hosts)) {
            if (entry.host == host) {
                hosts.remove(entry);
                try {
                    entry.subscription.close();
                } catch (Exception e) {
                    LOG.warn("{}: the subscription could not be closed", entry.name, e);
                }
                List.copyOf(entry.slots.values()).forEach(s -> forget(s, "its host is gone"));
            }
        }
    }

    void removeAll() {
        List.copyOf(hosts).forEach(h -> remove(h.host));
    }

    void scan() {
        hosts.forEach(this::scan);
    }

    /** Looks again where a function asked for time. Returns whether it has looked. */
    boolean scanAgain() {
        boolean looked = false;
        for (HostEntry h : List.copyOf(hosts)) {
            if (h.scanAgain) {
                looked = true;
                scan(h);
                if (h.scans == SCANS) {
                    h.scanAgain = false;
                    LOG.warn("{}: a function still asks for more time after {} looks: it is ignored until the next change", h.name, SCANS);
                }
            }
        }
        return looked;
    }

    private void scan(HostEntry host) {
        if (!hosts.contains(host)) {
            return;
        }
        try {
            HostEntry.Difference d = host.look();
            // What is behind a bridge goes before the bridge.
            d.gone().reversed().forEach(s -> forget(s, "it does not answer any more"));
            for (ListedDevice device : d.added()) {
                Slot replaced = host.slots.get(device.name());
                if (replaced != null) {
                    forget(replaced, "another device is in its place");
                }
            }
            host.place(d.added());
            d.added().forEach(device -> add(host, device));
            host.slots.values().forEach(this::restrict);
        } catch (RuntimeException e) {
            LOG.warn("{}: looking for devices failed: {}", host.name, e.toString(), e);
        }
    }

    private void add(HostEntry host, ListedDevice device) {
        Change change = new Change();
        Lasting known = lasting.get(device.address());
        if (known == null || !known.kind.equals(device.description())) {
            known = new Lasting(device);
            lasting.put(device.address(), known);
        }
        Slot slot = new Slot(host, device, known);
        slot.wanted = configuration.of(device.address());
        host.slots.put(device.name(), slot);
        slots.put(device.address(), slot);
        String restriction = device.restriction();
        slot.state = restriction.isEmpty() ? DeviceState.IDLE : DeviceState.LISTED;
        slot.reason = restriction;
        announcer.register(slot);
        announcer.event(DeviceEvents.ADDED, slot, change);
    }

    /** The host may have changed its mind about who may use a device. */
    private void restrict(Slot slot) {
        Change change = new Change();
        if (slot.state != DeviceState.LISTED && slot.state != DeviceState.IDLE) {
            return;
        }
        String restriction = slot.device.restriction();
        if (!restriction.isEmpty() && !(slot.state == DeviceState.LISTED && slot.reason.equals(restriction))) {
            lifecycle.become(slot, DeviceState.LISTED, restriction);
            announcer.event(DeviceEvents.ACCESS, slot, change);
        } else if (restriction.isEmpty() && slot.state == DeviceState.LISTED) {
            slot.host.place(List.of(slot.device));
            lifecycle.become(slot, DeviceState.IDLE, "");
            announcer.event(DeviceEvents.ACCESS, slot, change);
        }
    }

    void forget(Slot slot, String reason) {
        if (slots.get(slot.address()) != slot) {
            return;
        }
        Change change = new Change();
        lifecycle.detach(slot, Lifecycle.After.IDLE, reason);
        lifecycle.abandon(slot);
        slot.host.remove(slot);
        slots.remove(slot.address());
        lifecycle.become(slot, DeviceState.REMOVED, reason);
        announcer.unregister(slot);
        announcer.event(DeviceEvents.REMOVED, slot, change);
    }
}
