package net.driver.virtio;

import java.util.Optional;
import net.api.DevException;
import net.api.LinkState;
import net.api.NetDriverOps;
import net.api.driver.DeviceWatch;
import net.api.driver.DriverInstance;
import net.api.driver.HandOver;
import net.hw.virtio.CommonConfig;
import net.hw.virtio.DeviceStatus;

/** A virtio card at work. */
final class VirtioNet implements DriverInstance {
    private final String name;
    private final Parts parts;
    private final VirtioPci pci;
    private final DeviceWatch watch;

    VirtioNet(Parts parts) {
        this.parts = parts;
        name = parts.name;
        pci = parts.pci;
        watch = parts.watch;
    }

    @Override
    public NetDriverOps ops() {
        return parts.ops;
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
            changed = parts.configInterrupt != null && parts.configInterrupt.await(0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        int now = pci.read(CommonConfig.CONFIG_GENERATION);
        LinkState state;
        try {
            state = NetSnapshot.link(name, pci, parts.features);
        } catch (DevException e) {
            // It does not hold still: the next look is a tenth of a second away.
            return;
        }
        // A link that was down in between is told too: its peer may be another one.
        if (!state.equals(parts.link) || changed && now != parts.generation) {
            parts.link = state;
            parts.attachment.linkChanged(state);
        }
        parts.generation = now;
    }

    @Override
    public boolean stop() {
        boolean left = parts.ops.close(parts.limits.gateNanos());
        int status;
        try {
            status = pci.reset(parts.limits.resetNanos());
        } catch (InternalError | IllegalStateException e) {
            status = VirtioPci.GONE;
        }
        return left & (status == DeviceStatus.RESET || status == VirtioPci.GONE);
    }

    @Override
    public Optional<HandOver> handOver() {
        if (!parts.ops.close(parts.limits.gateNanos()) || parts.control != null && parts.control.isBroken()) {
            return Optional.empty();
        }
        try {
            return Succession.isRunning(pci.status()) ? Optional.of(Succession.save(parts)) : Optional.empty();
        } catch (InternalError | IllegalStateException e) {
            return Optional.empty();
        }
    }
}
