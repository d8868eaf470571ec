package net.driver.ixgbe;

import java.util.Arrays;
import java.util.List;
import net.api.driver.Attachment;
import net.api.driver.DeviceMatch;
import net.api.driver.DriverInstance;
import net.api.driver.HandOver;
import net.api.driver.NetDriver;
import net.hw.ixgbe.Model;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** The driver for the physical functions of the Intel 82599 family. */
@Component(service = NetDriver.class)
public final class IxgbeDriver implements NetDriver {
    private static final List<DeviceMatch> MATCHES = Arrays.stream(Model.values()).map(m -> DeviceMatch.pci(Model.VENDOR, m.id())).toList();

    private final Limits limits;

    /** The driver as it is used. */
    @Activate
    public IxgbeDriver() {
        this(Limits.DEFAULT);
    }

    IxgbeDriver(Limits limits) {
        this.limits = limits;
    }

    @Override
    public String name() {
        return "ixgbe";
    }

    @Override
    public List<DeviceMatch> matches() {
        return MATCHES;
    }

    @Override
    public DriverInstance attach(Attachment attachment) {
        return new Setup(attachment, limits).run();
    }

    @Override
    public DriverInstance takeOver(Attachment attachment, HandOver state) {
        return Succession.restore(attachment, limits, state);
    }
}
