package net.pci.osgi;

import java.util.Map;
import net.pci.DeviceListener;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.event.Event;
import org.osgi.service.event.EventAdmin;

/** Posts what happens to devices to Event Admin; there only where Event Admin is. */
@Component(service = DeviceListener.class)
public final class EventPoster implements DeviceListener {
    private final EventAdmin events;

    /** @param events where to */
    @Activate
    public EventPoster(@Reference EventAdmin events) {
        this.events = events;
    }

    @Override
    public void event(String topic, Map<String, Object> properties) {
        events.postEvent(new Event(topic, properties));
    }
}
