package net.locate;

import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.event.Event;
import org.osgi.service.event.EventAdmin;

/** Posts what is installed and taken away to Event Admin; there only where Event Admin is. */
@Component(service = InstallListener.class)
public final class EventPoster implements InstallListener {
    private final EventAdmin admin;

    /** Called by SCR. */
    @Activate
    public EventPoster(@Reference EventAdmin admin) {
        this.admin = admin;
    }

    @Override
    public void event(String topic, Map<String, Object> properties) {
        admin.postEvent(new Event(topic, properties));
    }
}
