package net.launch;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import net.api.DevException;
import net.api.EthernetAddress;
import net.api.NetBuf;
import net.api.NetDriverOps;
import net.api.device.DeviceManager;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the start looks at beyond bundles: that every device has been offered to the drivers, and that a frame passes. Both are skipped without a word where
 * the runtime has no device manager or no simulated cards.
 */
final class Cards {
    private static final Logger LOG = LoggerFactory.getLogger(Cards.class);
    /** Cards whose other end is known, and that nobody minds a frame on. */
    private static final String SIMULATED = "(device.address=sim/*)";
    private static final long LONGEST_WAIT_NANOS = 1_000_000_000;
    /** IEEE 802 local experimental ethertype 1: for no protocol's ears. */
    private static final int EXPERIMENTAL = 0x88b5;
    private static final byte[] TEXT = "Hotnic: first frame".getBytes(StandardCharsets.US_ASCII);
    private static final int HEADER = 14;
    private static final int SHORTEST = 60;

    private final BundleContext context;

    Cards(BundleContext context) {
        this.context = context;
    }

    /** Returns when the device manager has looked at every host that is there, and has attached what it can. */
    void settle() {
        ServiceReference<DeviceManager> reference = context.getServiceReference(DeviceManager.class);
        DeviceManager manager = reference == null ? null : context.getService(reference);
        if (manager != null) {
            manager.rescan();
            context.ungetService(reference);
        }
    }

    /**
     * Sends a frame from one simulated card and waits for it on the others, through drivers, rings, models and a cable.
     *
     * @return "from A to B"; empty if there are no two cards, if an application owns their queues, or if nothing came
     */
    Optional<String> passFrame() {
        List<ServiceReference<NetDriverOps>> references = new ArrayList<>(references());
        List<NetDriverOps> cards = new ArrayList<>();
        try {
            references.stream().sorted().map(context::getService).filter(ops -> ops != null && ops.link().up()).forEach(cards::add);
            return cards.size() < 2 ? Optional.empty() : passFrame(cards.getLast(), cards.subList(0, cards.size() - 1));
        } catch (DevException e) {
            LOG.debug("no frame at the start", e);
            return Optional.empty();
        } finally {
            cards.forEach(Cards::giveBack);
            references.forEach(context::ungetService);
        }
    }

    private static Optional<String> passFrame(NetDriverOps from, List<NetDriverOps> to) {
        NetBuf frame = from.allocTxBuffer(SHORTEST);
        if (frame == null) {
            return Optional.empty();
        }
        frame.setMac(0, EthernetAddress.BROADCAST.bits());
        frame.setMac(6, from.macAddress().bits());
        frame.setShort(12, EXPERIMENTAL);
        frame.copyFrom(HEADER, TEXT, 0, TEXT.length);
        if (!from.transmit(frame)) {
            frame.release();
            return Optional.empty();
        }
        for (long start = System.nanoTime(); System.nanoTime() - start < LONGEST_WAIT_NANOS; Thread.onSpinWait()) {
            for (NetDriverOps card : to) {
                NetBuf received = card.receive();
                if (received != null) {
                    boolean ours = received.length() >= SHORTEST && received.getUnsignedShort(12) == EXPERIMENTAL;
                    card.recycleRxBuffer(received);
                    if (ours) {
                        return Optional.of("from " + from.deviceName() + " to " + card.deviceName());
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** What this thread held is free for the applications. */
    private static void giveBack(NetDriverOps card) {
        try {
            card.recycleTxBuffers();
            card.txQueue(0).unbind();
            card.rxQueue(0).unbind();
            card.pool().cache().flush();
        } catch (DevException e) {
            LOG.debug("{} went away at the start, or an application has it", card.deviceName(), e);
        }
    }

    private Collection<ServiceReference<NetDriverOps>> references() {
        try {
            return context.getServiceReferences(NetDriverOps.class, SIMULATED);
        } catch (InvalidSyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
