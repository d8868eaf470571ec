package net.driver.virtio;

import net.api.DevError;
import net.api.DevException;
import net.api.EthernetAddress;
import net.api.LinkState;
import net.api.device.Interrupt;
import net.api.driver.Attachment;
import net.api.driver.DriverInstance;
import net.api.driver.HandOver;
import net.hw.virtio.DeviceStatus;
import net.hw.virtio.Feature;
import net.hw.virtio.NetConfig;
import net.hw.virtio.VirtqDesc;

/** From one version of this driver to the next on a device that runs: what the one notes and the other reads. The device is read, and not written. */
final class Succession {
    private static final String FORMAT = "virtio-net";
    private static final int VERSION = 1;
    private static final int MAX_MTU = 65_535;

    private Succession() {
    }

    /** Notes where everything stands. Nobody is in a queue, and nobody changes a setting. */
    static HandOver save(Parts p) {
        HandOver.Writer to = HandOver.write(FORMAT, VERSION);
        to.put("offered", p.offered).put("features", p.features).put("pairs", p.pairs).put("maxPairs", p.maxPairs).put("maxMtu", p.maxMtu)
                .put("vectors", p.vectors.size()).put("configInterrupt", p.configInterrupt == null ? 0 : 1).put("violations", p.watch.violations())
                .put("link.up", p.link.up() ? 1 : 0).put("link.speed", p.link.speedMbps()).put("link.fullDuplex", p.link.fullDuplex() ? 1 : 0)
                .put("generation", p.generation);
        for (VirtioRxQueue q : p.rx) {
            q.save(to);
        }
        for (VirtioTxQueue q : p.tx) {
            q.save(to);
        }
        if (p.control != null) {
            p.control.queue().save(to, "control.");
        }
        p.settings.save(to);
        return to.done();
    }

    /**
     * Goes on from there.
     *
     * @throws DevException UNSUPPORTED for the state of another driver; IO if the device does not run any more
     */
    static DriverInstance restore(Attachment attachment, Limits limits, HandOver from) {
        from.check(FORMAT, VERSION, VERSION);
        try {
            Parts p = new Parts(attachment, limits);
            int status = p.pci.status();
            if (!isRunning(status)) {
                throw new DevException(DevError.IO, "%s does not run, its status is %s".formatted(p.name, DeviceStatus.text(status)));
            }
            read(p, from);
            return p.running();
        } catch (InternalError | IllegalStateException e) {
            throw new DevException(DevError.IO, attachment.device().address() + " is gone: its registers or its memory are not there any more", e);
        }
    }

    /** The device works as its driver has set it up. */
    static boolean isRunning(int status) {
        return status != VirtioPci.GONE && (status & (DeviceStatus.DRIVER_OK | DeviceStatus.DEVICE_NEEDS_RESET)) == DeviceStatus.DRIVER_OK;
    }

    private static void read(Parts p, HandOver from) {
        p.offered = from.number("offered");
        p.features = from.number("features");
        p.maxPairs = from.number("maxPairs", 1, NetConfig.MAX_PAIRS);
        p.queues(from.number("pairs", 1, p.maxPairs));
        p.maxMtu = from.number("maxMtu", Parts.MIN_MTU, MAX_MTU);
        int vectors = from.number("vectors", 0, 1 + p.pairs);
        if (vectors > 0) {
            p.vectors = p.attachment.interrupts(vectors);
        }
        p.configInterrupt = from.number("configInterrupt", 0, 1) == 1 ? p.vectors.getFirst() : null;
        p.watch.restore(from.number("violations", 0, Integer.MAX_VALUE));
        p.link = new LinkState(from.number("link.up") != 0, from.number("link.speed", 0, Integer.MAX_VALUE), from.number("link.fullDuplex") != 0);
        p.generation = from.number("generation", 0, 0xff);
        for (int i = 0; i < p.pairs; i++) {
            Interrupt interrupt = from.number("rx." + i + ".interrupt", 0, 1) == 1 ? p.vectors.get(1 + i) : null;
            p.rxQueue(i, size(from, "rx." + i + ".size"), interrupt);
            p.rx[i].restore(from, p.pci);
            p.txQueue(i, size(from, "tx." + i + ".size"));
            p.tx[i].restore(from, p.pci);
        }
        if (Feature.CTRL_VQ.in(p.features)) {
            p.controlQueue(size(from, "control.size"));
            p.control.queue().restore(from, "control.", p.pci);
        }
        p.settings = new VirtioSettings(p.name, p.capabilities(), p.features, p.control, p.tx, EthernetAddress.ZERO, Parts.MIN_MTU);
        p.settings.restore(from);
    }

    private static int size(HandOver from, String name) {
        int size = from.number(name, 1, VirtqDesc.MAX_QUEUE_SIZE);
        if (Integer.bitCount(size) != 1) {
            throw new DevException(DevError.INVALID_PARAM, "%s: '%s' is %d, no power of two".formatted(from, name, size));
        }
        return size;
    }
}
