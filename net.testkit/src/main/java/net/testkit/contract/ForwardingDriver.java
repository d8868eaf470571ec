package net.testkit.contract;

import java.util.List;
import net.api.driver.Attachment;
import net.api.driver.DeviceMatch;
import net.api.driver.DriverInstance;
import net.api.driver.HandOver;
import net.api.driver.NetDriver;

/** The same driver again, as another version of it; what stands between it and the device manager overrides what it wants to see or to change. */
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
