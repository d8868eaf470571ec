package net.api.driver;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import net.api.DevError;
import net.api.DevException;
import net.api.EthernetAddress;
import net.api.NetCapabilities;
import net.api.NetDriverOps;
import net.api.NetFeature;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What can be changed while a card runs, from any thread, one change at a time: the checks that every driver makes, and what is set now. A driver adds how its
 * device is told. A change that fails leaves everything as it was.
 */
@ConsumerType
public abstract class CardSettings {
    /** VLAN ids that a frame can be filtered by: 0 to this - 1. */
    protected static final int VLANS = 4095;
    private static final long LOCK_MILLIS = 200;

    private final String name;
    private final NetCapabilities capabilities;
    private final OwnedTxQueue[] tx;
    private final ReentrantLock lock = new ReentrantLock();
    private final BitSet vlans = new BitSet(VLANS);
    private boolean vlanFiltering;
    private volatile boolean closed;
    private volatile EthernetAddress mac;
    private volatile int mtu;
    private volatile ReceiveMode mode;

    /**
     * @param name of the device, in messages
     * @param tx the queues, which are told the longest frame
     * @param mac the address that the device receives under now
     * @param mtu the MTU that it is set up for
     * @param mode what it passes now
     */
    protected CardSettings(String name, NetCapabilities capabilities, OwnedTxQueue[] tx, EthernetAddress mac, int mtu, ReceiveMode mode) {
        this.name = name;
        this.capabilities = capabilities;
        this.tx = tx.clone();
        this.mac = mac;
        this.mode = mode;
        limitFrames(mtu);
    }

    // ---- what a driver implements: called one at a time, with a value that was checked; may fail with a DevException, then everything is as it was ----

    /** Tells the device the MTU, if it wants to know. */
    protected abstract void applyMtu(int to);

    /** Gives the device another address. */
    protected abstract void applyMac(EthernetAddress from, EthernetAddress to);

    /** Goes to another mode; on the way the device passes more than either asks for, never less. */
    protected abstract void applyMode(ReceiveMode from, ReceiveMode to);

    /** Until now tagged frames of all ids pass; from now on those of this one alone. */
    protected abstract void applyFirstVlan(int vlan);

    /** Tagged frames of this id pass, or do not any more. */
    protected abstract void applyVlan(int vlan, boolean on);

    // ---- what it may use while it starts, before anybody else calls ----

    /** Gives a device that was just started an address. */
    protected final void startMac(EthernetAddress to) {
        applyMac(mac, to);
        mac = to;
    }

    /** The device, which was just started, passes this. */
    protected final void startedMode(ReceiveMode now) {
        mode = now;
    }

    // ---- what is set ----

    /** The device's address, for messages. */
    protected final String name() {
        return name;
    }

    /** What the card can do. */
    public final NetCapabilities capabilities() {
        return capabilities;
    }

    /** As {@link NetDriverOps#macAddress}. */
    public final EthernetAddress mac() {
        return mac;
    }

    /** As {@link NetDriverOps#mtu}. */
    public final int mtu() {
        return mtu;
    }

    /** What passes. */
    public final ReceiveMode mode() {
        return mode;
    }

    // ---- hand-over ----

    /** Notes what is set, for the version of the driver that takes over. Once nobody changes it any more. */
    public final void save(HandOver.Writer to) {
        to.put("settings.mac", mac.bits()).put("settings.mtu", mtu).put("settings.promiscuous", mode.promiscuous() ? 1 : 0)
                .put("settings.allMulticast", mode.allMulticast() ? 1 : 0).put("settings.filters", mode.filters().stream().mapToLong(EthernetAddress::bits).toArray())
                .put("settings.vlanFiltering", vlanFiltering ? 1 : 0).put("settings.vlans", vlans.toLongArray());
    }

    /** Takes what was set over. The device is not told, it knows. */
    public final void restore(HandOver from) {
        mac = new EthernetAddress(from.number("settings.mac"));
        mode = new ReceiveMode(from.number("settings.promiscuous", 0, 1) == 1, from.number("settings.allMulticast", 0, 1) == 1,
                Arrays.stream(from.longs("settings.filters")).mapToObj(EthernetAddress::new).collect(Collectors.toSet()));
        vlanFiltering = from.number("settings.vlanFiltering", 0, 1) == 1;
        vlans.or(BitSet.valueOf(from.longs("settings.vlans")));
        limitFrames(from.number("settings.mtu", capabilities.minMtu(), capabilities.maxMtu()));
    }

    // ---- changes ----

    /** As {@link NetDriverOps#setMtu}. */
    public final void setMtu(int wanted) {
        change(NetFeature.MTU_UPDATE, () -> {
            if (wanted < capabilities.minMtu() || wanted > capabilities.maxMtu()) {
                throw new DevException(DevError.INVALID_PARAM, "%s: MTU %d is outside %d to %d".formatted(name, wanted, capabilities.minMtu(),
                        capabilities.maxMtu()));
            }
            applyMtu(wanted);
            limitFrames(wanted);
        });
    }

    private void limitFrames(int to) {
        for (OwnedTxQueue q : tx) {
            q.setMaxFrame(to + NetDriverOps.FRAME_OVERHEAD);
        }
        mtu = to;
    }

    /** As {@link NetDriverOps#setMacAddress}. */
    public final void setMacAddress(EthernetAddress wanted) {
        if (!wanted.isValidUnicast()) {
            throw new DevException(DevError.INVALID_PARAM, "%s: %s cannot be a card's address: it must be a unicast address".formatted(name, wanted));
        }
        change(NetFeature.MAC_SET, () -> startMac(wanted));
    }

    /** As {@link NetDriverOps#setPromiscuous}. */
    public final void setPromiscuous(boolean on) {
        change(NetFeature.PROMISCUOUS, () -> setMode(new ReceiveMode(on, mode.allMulticast(), mode.filters())));
    }

    /** As {@link NetDriverOps#setAllMulticast}. */
    public final void setAllMulticast(boolean on) {
        change(NetFeature.ALL_MULTICAST, () -> setMode(new ReceiveMode(mode.promiscuous(), on, mode.filters())));
    }

    /** As {@link NetDriverOps#setMacFilters}. */
    public final void setMacFilters(Set<EthernetAddress> addresses) {
        if (addresses.contains(EthernetAddress.ZERO)) {
            throw new DevException(DevError.INVALID_PARAM, "%s: %s is no address to receive under".formatted(name, EthernetAddress.ZERO));
        }
        change(NetFeature.MAC_FILTER, () -> setMode(new ReceiveMode(mode.promiscuous(), mode.allMulticast(), addresses)));
    }

    private void setMode(ReceiveMode to) {
        applyMode(mode, to);
        mode = to;
    }

    /** As {@link NetDriverOps#setVlanFilter}. */
    public final void setVlanFilter(int vlan, boolean on) {
        if (vlan < 0 || vlan >= VLANS) {
            throw new DevException(DevError.INVALID_PARAM, "%s: VLAN %d is outside 0 to %d".formatted(name, vlan, VLANS - 1));
        }
        change(NetFeature.VLAN_FILTER, () -> {
            if (!vlanFiltering && on) {
                applyFirstVlan(vlan);
                vlanFiltering = true;
            } else if (vlanFiltering && on != vlans.get(vlan)) {
                applyVlan(vlan, on);
            }
            vlans.set(vlan, vlanFiltering && on);
        });
    }

    /** Takes back what a change did before it failed; what fails then too is noted with the failure. */
    protected static void undo(DevException failure, Runnable back) {
        try {
            back.run();
        } catch (DevException e) {
            failure.addSuppressed(e);
        }
    }

    private void change(NetFeature needed, Runnable change) {
        lock.lock();
        try {
            if (closed) {
                throw new DevException(DevError.BAD_STATE, name + " was detached: look for its service again");
            }
            if (!capabilities.has(needed)) {
                throw new DevException(DevError.UNSUPPORTED, "%s: the device has no %s".formatted(name, needed));
            }
            change.run();
        } catch (InternalError | IllegalStateException e) {
            throw new DevException(DevError.IO, name + ": the device is gone: its memory is not there any more", e);
        } finally {
            lock.unlock();
        }
    }

    /** For the driver that stops: waits for a change under way, not for long, and refuses further ones. */
    public final void close() {
        boolean locked = false;
        try {
            locked = lock.tryLock(LOCK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        closed = true;
        if (locked) {
            lock.unlock();
        }
    }
}
