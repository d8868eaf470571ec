package net.pci;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.api.NetDriverOps;
import net.api.NetPort;
import net.api.device.Device;
import net.api.device.DeviceEvents;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the world sees of devices: services, events, and a bell for those who wait. Manager's thread; what is outside may fail as it likes. */
final class Announcer implements Lifecycle.Publisher {
    private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);

    private final Registrar registrar;
    private final DeviceListener listener;
    private final Object changed = new Object();

    Announcer(Registrar registrar, DeviceListener listener) {
        this.registrar = registrar;
        this.listener = listener;
    }

    /** Notified after every change of a device. Any thread. */
    Object changed() {
        return changed;
    }

    /** A device was found. */
    void register(Slot slot) {
        slot.device.standing(slot.state, null, slot.reason, null);
        try {
            slot.registration = registrar.register(List.of(Device.class, slot.device.type()), slot.device, slot.device.properties());
        } catch (RuntimeException e) {
            LOG.warn("{}: it could not be registered as a service", slot.address(), e);
        }
        publish(slot);
    }

    /** A device is gone. */
    void unregister(Slot slot) {
        if (slot.portRegistration != null) {
            slot.portRegistration.unregister();
        }
        if (slot.registration != null) {
            slot.registration.unregister();
        }
    }

    @Override
    public void publish(Slot slot) {
        slot.device.standing(slot.state, slot.driver, slot.reason, slot.attachment);
        if (slot.registration != null) {
            try {
                slot.registration.update(slot.device.properties());
            } catch (RuntimeException e) {
                LOG.warn("{}: its service properties could not be updated", slot.address(), e);
            }
        }
        synchronized (changed) {
            changed.notifyAll();
        }
    }

    @Override
    public void port(Slot slot) {
        if (slot.portRegistration == null) {
            try {
                slot.portRegistration = registrar.register(List.of(NetPort.class), slot.lasting.port, Map.of(NetDriverOps.DEVICE, slot.address()));
            } catch (RuntimeException e) {
                LOG.warn("{}: its port could not be registered as a service", slot.address(), e);
            }
        }
    }

    /** What began with this change has happened. */
    void event(String topic, Slot slot, Change change) {
        event(topic, slot, change, Map.of());
    }

    /** As above, with more properties. */
    void event(String topic, Slot slot, Change change, Map<String, Object> more) {
        Map<String, Object> all = new TreeMap<>(more);
        all.put(DeviceEvents.DURATION, change.end(topic, slot));
        event(topic, slot, all);
    }

    @Override
    public void event(String topic, Slot slot, Map<String, Object> more) {
        Map<String, Object> properties = new TreeMap<>(slot.device.properties());
        properties.putAll(more);
        try {
            listener.event(topic, properties);
        } catch (RuntimeException | LinkageError e) {
            LOG.warn("{}: a listener failed at {}", slot.address(), topic, e);
        }
    }
}
