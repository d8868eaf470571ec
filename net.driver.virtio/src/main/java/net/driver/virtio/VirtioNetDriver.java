package net.driver.virtio;

import java.util.List;
import net.api.driver.Attachment;
import net.api.driver.DeviceMatch;
import net.api.driver.DriverInstance;
import net.api.driver.HandOver;
import net.api.driver.NetDriver;
import net.hw.virtio.PciCap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** The driver for virtio network cards over PCI, modern (1.0 and later), split virtqueues. */
@Component(service = NetDriver.class)
public final class VirtioNetDriver implements NetDriver {
    private static final List<DeviceMatch> MATCHES = List.of(DeviceMatch.pci(PciCap.VENDOR_ID, PciCap.NET_DEVICE_ID),
            DeviceMatch.pci(PciCap.VENDOR_ID, PciCap.NET_TRANSITIONAL_DEVICE_ID));

    private final Limits limits;

    /** The driver as it is used. */
    @Activate
    public VirtioNetDriver() {
        this(Limits.DEFAULT);
    }

    VirtioNetDriver(Limits limits) {
        this.limits = limits;
    }

    @Override
    public String name() {
        return "virtio-net";
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
