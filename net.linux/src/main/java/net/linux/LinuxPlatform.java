package net.linux;

import java.util.List;
import net.api.DevError;
import net.api.DevException;
import net.api.device.Interrupt;
import net.api.device.Mmio;
import net.api.host.PlatformAccess;
import net.linux.device.OpenDevice;

/** The machine's platform devices. All that a device tree describes are listed. */
final class LinuxPlatform implements PlatformAccess {
    private static final int NO_IDS = -1;

    private final SysfsPlatform sysfs;
    private final Lender lender;

    /** @param lender of the bus */
    LinuxPlatform(SysfsPlatform sysfs, Lender lender) {
        this.sysfs = sysfs;
        this.lender = lender;
    }

    @Override
    public List<Node> nodes() {
        return sysfs.nodes();
    }

    private Lender.Candidate candidate(String name) {
        return new Lender.Candidate(name, sysfs.directory(name), NO_IDS);
    }

    @Override
    public String restriction(String name) {
        return lender.restriction(candidate(name));
    }

    @Override
    public void acquire(String name) {
        lender.acquire(candidate(name));
    }

    @Override
    public void release(String name) {
        lender.release(name);
    }

    @Override
    public boolean releaseStopsDma(String name) {
        return lender.open(name).map(OpenDevice::closingStopsDma).orElse(true);
    }

    @Override
    public Mmio mapRegion(String name, int region) {
        List<Long> sizes = nodes().stream().filter(n -> n.name().equals(name)).map(Node::regions).findFirst().orElse(List.of());
        if (region < 0 || region >= sizes.size()) {
            throw new DevException(DevError.INVALID_PARAM, "%s/%s has no register window %d; it has %d".formatted(LinuxHost.NAME_OF_HOST, name, region,
                    sizes.size()));
        }
        return lender.device(name).map(region, sizes.get(region));
    }

    /** None where they do not come this way: the device is polled then. */
    @Override
    public List<Interrupt> openInterrupts(String name, int count) {
        try {
            return lender.device(name).interrupts(count);
        } catch (DevException e) {
            if (e.error() == DevError.UNSUPPORTED) {
                return List.of();
            }
            throw e;
        }
    }
}
