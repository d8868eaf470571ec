package net.driver.virtio;

import java.security.SecureRandom;
import java.util.List;
import net.api.DevError;
import net.api.DevException;
import net.api.EthernetAddress;
import net.api.NetBufPool;
import net.api.NetDriverOps;
import net.api.device.Interrupt;
import net.api.driver.Attachment;
import net.api.driver.DeviceConfig;
import net.api.driver.DriverInstance;
import net.hw.virtio.CommonConfig;
import net.hw.virtio.DeviceStatus;
import net.hw.virtio.Feature;
import net.hw.virtio.NetConfig;
import net.hw.virtio.VirtqDesc;

/** Brings a device from whatever state it is in to traffic: 3.1.1. Used once. */
final class Setup {
    private static final int DEFAULT_MTU = 1500;
    /** What a 16-bit length leaves. */
    private static final int LARGEST_MTU = 65_535 - NetDriverOps.FRAME_OVERHEAD;

    private final Attachment attachment;
    private final DeviceConfig config;
    private final NetBufPool pool;
    private final Limits limits;
    private final String name;
    private final VirtioPci pci;

    private final Parts parts;
    private NetSnapshot snapshot;

    Setup(Attachment attachment, Limits limits) {
        this.attachment = attachment;
        this.limits = limits;
        config = attachment.config();
        parts = new Parts(attachment, limits);
        pool = parts.pool;
        name = parts.name;
        pci = parts.pci;
    }

    DriverInstance run() {
        try {
            return start();
        } catch (InternalError | IllegalStateException e) {
            throw new DevException(DevError.IO, name + " is gone: its registers or its memory are not there any more", e);
        } catch (DevException e) {
            giveUp(e);
            throw e;
        }
    }

    /** No DMA may go on; and the device shows that its driver has failed: 3.1.1. */
    private void giveUp(DevException reason) {
        try {
            if (pci.reset(limits.resetNanos()) == DeviceStatus.RESET) {
                pci.addStatus(DeviceStatus.FAILED);
            }
        } catch (InternalError | RuntimeException e) {
            reason.addSuppressed(e);
        }
    }

    private DriverInstance start() {
        reset();
        pci.addStatus(DeviceStatus.ACKNOWLEDGE);
        pci.addStatus(DeviceStatus.DRIVER);
        pci.alive("DRIVER was set");
        negotiate();
        EthernetAddress mac = deviceMac();
        EthernetAddress wantedMac = wantedMac(mac);

        openVectors();
        attachment.enableDma();
        for (int i = 0; i < parts.pairs; i++) {
            rxQueue(i);
            txQueue(i);
        }
        parts.maxMtu = maxMtu(parts.maxSegments());
        int mtu = mtu(parts.maxMtu);
        if (Feature.CTRL_VQ.in(parts.features)) {
            controlQueue();
        }
        for (VirtioRxQueue q : parts.rx) {
            if (q.fill(pool.cache()) == 0) {
                throw new DevException(DevError.NO_MEMORY, "%s: pool %s has no free buffer for receive queue %d: make the pool larger"
                        .formatted(name, pool.name(), q.index()));
            }
        }
        pci.addStatus(DeviceStatus.DRIVER_OK);
        int status = pci.status();
        pci.alive("DRIVER_OK was set");
        if ((status & (DeviceStatus.DRIVER_OK | DeviceStatus.DEVICE_NEEDS_RESET)) != DeviceStatus.DRIVER_OK) {
            throw new DevException(DevError.IO, "%s does not start: its status is %s".formatted(name, DeviceStatus.text(status)));
        }
        for (VirtioRxQueue q : parts.rx) {
            q.start();
        }
        parts.settings = new VirtioSettings(name, parts.capabilities(), parts.features, parts.control, parts.tx, mac, mtu);
        parts.settings.start(wantedMac, config.promiscuous(), config.allMulticast(), parts.pairs);
        return parts.done(snapshot.link());
    }

    private void reset() {
        pci.alive("mapping its registers");
        int status = pci.reset(limits.resetNanos());
        pci.alive("reset");
        if (status != DeviceStatus.RESET) {
            throw new DevException(DevError.IO, "%s does not finish its reset: its status is %s after %d ms".formatted(name, DeviceStatus.text(status),
                    limits.resetNanos() / 1_000_000));
        }
    }

    private void negotiate() {
        int wantedPairs = Math.min(config.rxQueues(), config.txQueues());
        long offered = pci.offeredFeatures();
        pci.alive("its features were read");
        long features = Negotiation.accept(name, offered, pci::has, wantedPairs);
        snapshot = NetSnapshot.read(name, pci, features);
        pci.alive("its configuration was read");
        if (Feature.MTU.in(features) && snapshot.mtu() < NetConfig.MIN_MTU) {
            throw new DevException(DevError.IO, "%s says that its MTU is %d, less than %d".formatted(name, snapshot.mtu(), NetConfig.MIN_MTU));
        }
        if (Feature.MTU.in(features) && !Feature.MRG_RXBUF.in(features) && snapshot.mtu() > longestSingle()) {
            // Who accepts MTU must be able to receive it: 5.1.4.2.
            features &= ~Feature.MTU.mask();
        }
        if (Feature.MQ.in(features) && (snapshot.maxPairs() < 1 || snapshot.maxPairs() > NetConfig.MAX_PAIRS)) {
            throw new DevException(DevError.IO, "%s says that it has %d queue pairs, 1 to %d are possible".formatted(name, snapshot.maxPairs(),
                    NetConfig.MAX_PAIRS));
        }
        parts.offered = offered;
        parts.features = features;
        parts.maxPairs = Feature.MQ.in(features) ? snapshot.maxPairs() : 1;
        parts.queues(Math.min(wantedPairs, parts.maxPairs));
        pci.acceptFeatures(features);
        pci.addStatus(DeviceStatus.FEATURES_OK);
        int status = pci.status();
        pci.alive("FEATURES_OK was set");
        if ((status & DeviceStatus.FEATURES_OK) == 0) {
            throw new DevException(DevError.UNSUPPORTED, "%s refuses the features %s; it offered %s".formatted(name, Feature.text(features),
                    Feature.text(offered)));
        }
        int queues = parts.controlIndex() + (Feature.CTRL_VQ.in(features) ? 1 : 0);
        int there = pci.read(CommonConfig.NUM_QUEUES);
        if (there < queues) {
            throw new DevException(DevError.UNSUPPORTED, "%s has %d queues, %d are needed".formatted(name, there, queues));
        }
    }

    // ---- what the settings begin with ----

    private int longestSingle() {
        return pool.dataRoom() - NetDriverOps.FRAME_OVERHEAD;
    }

    private int maxMtu(int maxSegments) {
        int max = Feature.MTU.in(parts.features) ? Math.min(snapshot.mtu(), LARGEST_MTU) : LARGEST_MTU;
        long buffers = Feature.MRG_RXBUF.in(parts.features) ? maxSegments : 1;
        return (int) Math.min(max, buffers * pool.dataRoom() - NetDriverOps.FRAME_OVERHEAD);
    }

    private int mtu(int max) {
        int byDefault = Feature.MTU.in(parts.features) ? snapshot.mtu() : DEFAULT_MTU;
        int mtu = config.mtu() != 0 ? config.mtu() : Math.min(byDefault, max);
        if (mtu < Parts.MIN_MTU || mtu > max) {
            throw new DevException(DevError.INVALID_PARAM, "%s: MTU %d is outside %d to %d: the device allows %s, and frames of %s buffer of %d bytes"
                    .formatted(name, mtu, Parts.MIN_MTU, max, Feature.MTU.in(parts.features) ? "an MTU of " + snapshot.mtu() : "any MTU",
                            Feature.MRG_RXBUF.in(parts.features) ? "more than one" : "one", pool.dataRoom()));
        }
        return mtu;
    }

    /** What the device says, or, if it says nothing, what the user says, or a local address: 5.1.4.2. */
    private EthernetAddress deviceMac() {
        if (snapshot.mac().isPresent()) {
            return snapshot.mac().get();
        }
        byte[] random = new byte[EthernetAddress.BYTES];
        new SecureRandom().nextBytes(random);
        random[0] = (byte) (random[0] & 0xfc | 0x02);
        return config.mac().orElseGet(() -> EthernetAddress.of(random));
    }

    private EthernetAddress wantedMac(EthernetAddress device) {
        EthernetAddress wanted = config.mac().orElse(device);
        if (!wanted.isValidUnicast()) {
            throw new DevException(config.mac().isPresent() ? DevError.INVALID_PARAM : DevError.IO,
                    "%s: %s cannot be a card's address: configure a unicast address for it".formatted(name, wanted));
        }
        if (!wanted.equals(device) && !Feature.CTRL_MAC_ADDR.in(parts.features)) {
            throw new DevException(DevError.INVALID_PARAM, "%s: the device has address %s and cannot change it to %s: leave the address out"
                    .formatted(name, device, wanted));
        }
        return wanted;
    }

    // ---- vectors and queues ----

    /** Vector 0 for the configuration and one for each receive queue; with too few, none: a queue without would sleep in vain. */
    private void openVectors() {
        if (!config.interrupts()) {
            return;
        }
        List<Interrupt> opened = attachment.interrupts(1 + parts.pairs);
        if (opened.size() < 1 + parts.pairs) {
            return;
        }
        parts.vectors = opened;
        pci.write(CommonConfig.CONFIG_MSIX_VECTOR, 0);
        // 4.1.5.1.2.2: a device without resources for the vector reads back NO_VECTOR.
        if (pci.read(CommonConfig.CONFIG_MSIX_VECTOR) == 0) {
            parts.configInterrupt = parts.vectors.getFirst();
        }
    }

    private void rxQueue(int i) {
        int size = select(Parts.rxIndex(i), config.rxRingSize());
        Interrupt interrupt = null;
        if (!parts.vectors.isEmpty()) {
            pci.write(CommonConfig.QUEUE_MSIX_VECTOR, 1 + i);
            if (pci.read(CommonConfig.QUEUE_MSIX_VECTOR) == 1 + i) {
                interrupt = parts.vectors.get(1 + i);
            }
        }
        parts.rxQueue(i, size, interrupt);
        enable(parts.rx[i].queue());
    }

    private void txQueue(int i) {
        parts.txQueue(i, select(Parts.txIndex(i), config.txRingSize()));
        parts.tx[i].begin();
        enable(parts.tx[i].queue());
    }

    private void controlQueue() {
        parts.controlQueue(select(parts.controlIndex(), Parts.controlSize()));
        enable(parts.control.queue());
    }

    /** Selects a queue and settles its size: the wanted one, or the device's largest if that is less. 4.1.4.3, 4.1.5.1.3. */
    private int select(int index, int wanted) {
        pci.write(CommonConfig.QUEUE_SELECT, index);
        int max = pci.read(CommonConfig.QUEUE_SIZE);
        pci.alive("queue " + index + " was selected");
        if (max == 0) {
            throw new DevException(DevError.UNSUPPORTED, "%s has no queue %d: its size is 0".formatted(name, index));
        }
        if (max > VirtqDesc.MAX_QUEUE_SIZE || Integer.bitCount(max) != 1) {
            throw new DevException(DevError.IO, "%s: size %d of queue %d is no power of two up to %d".formatted(name, max, index,
                    VirtqDesc.MAX_QUEUE_SIZE));
        }
        int size = Math.min(Integer.highestOneBit(wanted), max);
        if (size < max) {
            pci.write(CommonConfig.QUEUE_SIZE, size);
            int got = pci.read(CommonConfig.QUEUE_SIZE);
            if (got != size) {
                throw new DevException(DevError.IO, "%s: queue %d has size %d after %d was set".formatted(name, index, got, size));
            }
        }
        return size;
    }

    private void enable(SplitRing ring) {
        ring.begin();
        pci.connect(ring, pci.read(CommonConfig.QUEUE_NOTIFY_OFF));
        pci.write64(CommonConfig.QUEUE_DESC, ring.iova(0));
        pci.write64(CommonConfig.QUEUE_DRIVER, ring.iova(ring.avail));
        pci.write64(CommonConfig.QUEUE_DEVICE, ring.iova(ring.used));
        pci.write(CommonConfig.QUEUE_ENABLE, 1);
        pci.alive("queue " + ring.index + " was enabled");
    }
}
