package net.api.driver;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/** A driver that is another one, or a version of it, in all that a subclass does not say otherwise. */
@ConsumerType
public class ForwardingDriver implements NetDriver {
    private final NetDriver driver;

    /** Does what that driver does. */
    public ForwardingDriver(NetDriver driver) {
        this.driver = driver;
    }

    @Override
    public final String name() {
        return driver.name();
    }

    @Override
    public final List<DeviceMatch> matches() {
        return driver.matches();
    }

    @Override
    public DriverInstance attach(Attachment attachment) {
        return driver.attach(attachment);
    }

    @Override
    public DriverInstance takeOver(Attachment attachment, HandOver state) {
        return driver.takeOver(attachment, state);
    }
}
