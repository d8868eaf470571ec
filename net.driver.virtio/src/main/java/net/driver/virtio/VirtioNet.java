package net.driver.virtio;

import net.api.DevException;
import net.api.LinkState;
import net.api.NetDriverOps;
import net.api.device.Interrupt;
import net.api.driver.Attachment;
import net.api.driver.DeviceWatch;
import net.api.driver.DriverInstance;
import net.hw.virtio.CommonConfig;
import net.hw.virtio.DeviceStatus;

/** A virtio card at work. */
final class VirtioNet implements DriverInstance {
    private final String name;
    private final Attachment attachment;
    private final VirtioPci pci;
    private final VirtioNetOps ops;
    private final long features;
    private final DeviceWatch watch;
    private final Limits limits;
    /** Signalled when the configuration changed, or null. */
    private final Interrupt configInterrupt;
    private LinkState link;
    private int generation;

    VirtioNet(String name, Attachment attachment, VirtioPci pci, VirtioNetOps ops, long features, DeviceWatch watch,
            Limits limits, Interrupt configInterrupt, LinkState link) {
        this.name = name;
        this.attachment = attachment;
        this.pci = pci;
        this.ops = ops;
        this.features = features;
        this.watch = watch;
        this.limits = limits;
        this.configInterrupt = configInterrupt;
        this.link = link;
        generation = pci.read(CommonConfig.CONFIG_GENERATION);
    }

    @Override
    public NetDriverOps ops() {
        return ops;
    }

    @Override
    public void housekeep() {
        try {
            int status = pci.status();
            if (status == VirtioPci.GONE) {
                watch.gone(name + " reads as all ones: it was removed, or does not decode memory any more");
            } else if ((status & DeviceStatus.DEVICE_NEEDS_RESET) != 0) {
                watch.needsReset("%s has status %s: it met an error that only a reset ends".formatted(name, DeviceStatus.text(status)));
            } else if ((status & DeviceStatus.DRIVER_OK) == 0) {
                watch.needsReset("%s has status %s: somebody else has reset it".formatted(name, DeviceStatus.text(status)));
            } else {
                lookAtLink();
            }
        } catch (InternalError | IllegalStateException e) {
            watch.vanished(name, e);
        }
    }

    private void lookAtLink() {
        boolean changed = false;
        try {
            changed = configInterrupt != null && configInterrupt.await(0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        int now = pci.read(CommonConfig.CONFIG_GENERATION);
        LinkState state;
        try {
            state = NetSnapshot.link(name, pci, features);
        } catch (DevException e) {
            // It does not hold still: the next look is a tenth of a second away.
            return;
        }
        // A link that was down in between is told too: its peer may be another one.
        if (!state.equals(link) || changed && now != generation) {
            link = state;
            attachment.linkChanged(state);
        }
        generation = now;
    }

    @Override
    public boolean stop() {
        boolean left = ops.close(limits.gateNanos());
        int status;
        try {
            status = pci.reset(limits.resetNanos());
        } catch (InternalError | IllegalStateException e) {
            status = VirtioPci.GONE;
        }
        return left & (status == DeviceStatus.RESET || status == VirtioPci.GONE);
    }
}
