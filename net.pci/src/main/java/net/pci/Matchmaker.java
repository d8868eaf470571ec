package net.pci;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import net.api.DevError;
import net.api.DevException;
import net.api.NetBufPool;
import net.api.device.DeviceState;
import net.api.driver.NetDriver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Knows drivers and pools, and finds those that belong to a device. Manager's thread. */
final class Matchmaker {
    private static final Logger LOG = LoggerFactory.getLogger(Matchmaker.class);

    private record PoolEntry(NetBufPool pool, String host) {
    }

    private final Lifecycle lifecycle;
    private final List<DriverEntry> drivers = new ArrayList<>();
    private final List<PoolEntry> pools = new ArrayList<>();

    Matchmaker(Lifecycle lifecycle) {
        this.lifecycle = lifecycle;
    }

    /** Adds a driver; the same one again replaces its ranking. */
    void add(DriverEntry entry) {
        for (int i = 0; i < drivers.size(); i++) {
            if (drivers.get(i).driver() == entry.driver()) {
                drivers.set(i, entry);
                return;
            }
        }
        drivers.add(entry);
    }

    void remove(NetDriver driver) {
        drivers.removeIf(d -> d.driver() == driver);
    }

    void add(NetBufPool pool, String host) {
        pools.add(new PoolEntry(pool, host));
    }

    void remove(NetBufPool pool) {
        pools.removeIf(p -> p.pool == pool);
    }

    void clear() {
        drivers.clear();
        pools.clear();
    }

    List<String> driverNames() {
        return drivers.stream().map(DriverEntry::text).toList();
    }

    /**
     * The drivers that match: first those that the device is held to, then the one that it had, then the best.
     *
     * @param word only those that the user's word means, if it is not null
     */
    List<DriverEntry> candidates(Slot s, String word) {
        List<DriverEntry> all = new ArrayList<>(drivers);
        all.removeIf(d -> d.score(s.device) <= 0 || word != null && !d.isMeant(word));
        all.sort(DriverEntry.bestFor(s.device));
        if (word == null && s.preferred != null && all.removeIf(d -> d.driver() == s.preferred.driver())) {
            all.addFirst(s.preferred);
        }
        String held = s.held();
        if (word == null && !held.isEmpty()) {
            all.sort(Comparator.comparing(d -> !d.isMeant(held)));
        }
        return all;
    }

    /**
     * Attaches the first that can. What stands in its way is the device's reason afterwards.
     *
     * @param again although it was tried with the same in vain
     * @throws DevException why it is not attached; if {@code again} is false, only for a new failure
     */
    void attach(Slot s, List<DriverEntry> candidates, boolean again) {
        Optional<NetBufPool> pool = pools.stream().filter(p -> p.host.equals(s.host.name) && p.pool.name().equals(s.wanted.pool())).map(PoolEntry::pool)
                .findFirst();
        DevException obstacle = null;
        if (candidates.isEmpty()) {
            obstacle = new DevException(DevError.UNSUPPORTED, Lifecycle.joined("no driver matches", s.located));
        } else if (lifecycle.hasZombie(s.address())) {
            obstacle = new DevException(DevError.RESOURCE_BUSY, "an earlier driver has not left yet, its memory is kept");
        } else if (pool.isEmpty()) {
            obstacle = new DevException(DevError.BAD_STATE, "no pool '%s' for host %s yet".formatted(s.wanted.pool(), s.host.name));
        }
        if (obstacle != null) {
            s.failed = null;
            s.retry = null;
            idle(s, obstacle.getMessage());
            if (again) {
                throw obstacle;
            }
            return;
        }
        UserSettings user = s.lasting.settings;
        DeviceSettings wanted = s.wanted.with(user.over(s.wanted.config()));
        Slot.Attempt attempt = new Slot.Attempt(candidates, wanted, pool.get(), s.host.epoch);
        if (!again && attempt.equals(s.failed) && (s.retry == null || !s.retry.isDue())) {
            return;
        }
        DeviceSettings last = s.worked;
        s.failed = attempt; // also if what comes is no DevException
        s.reason = "";
        DevException failure = attachFirst(s, candidates, wanted, pool.get());
        if (failure != null && failure.error() == DevError.INVALID_PARAM && !user.isEmpty()) {
            LOG.error("{}: {}: what was set by hand is dropped", s.address(), s.reason);
            user.drop();
            failure = attachFirst(s, candidates, s.wanted, pool.get());
        }
        if (failure != null && failure.error() == DevError.INVALID_PARAM && last != null && !last.equals(s.wanted)) {
            String refused = s.reason;
            LOG.error("{}: {}: the previous configuration stays", s.address(), refused);
            failure = attachFirst(s, candidates, last, pool.get());
            if (failure == null) {
                lifecycle.become(s, s.state, refused + "; the previous configuration stays");
            }
        }
        s.retry = failure == null ? null : Retry.after(s.retry, attempt, failure);
        if (s.retry != null && s.state == DeviceState.IDLE) {
            lifecycle.become(s, s.state, Lifecycle.joined(s.reason, s.retry.text()));
        }
        if (failure != null) {
            throw failure;
        }
        s.failed = null;
    }

    /** Tries the next driver if one cannot drive the device, or is broken itself; not after a failure of the device or the configuration. */
    private DevException attachFirst(Slot s, List<DriverEntry> candidates, DeviceSettings settings, NetBufPool pool) {
        DevException first = null;
        String reasons = "";
        for (DriverEntry d : candidates) {
            try {
                lifecycle.attach(s, d, settings, pool);
                return null;
            } catch (DevException e) {
                first = first == null ? e : first;
                reasons = Lifecycle.joined(reasons, s.reason);
                if (s.state != DeviceState.IDLE || e.error() != DevError.UNSUPPORTED && !(e.getCause() instanceof LinkageError)) {
                    break;
                }
            }
        }
        lifecycle.become(s, s.state, reasons);
        return first;
    }

    /** Idle, for this reason. */
    void idle(Slot s, String reason) {
        if (!s.reason.equals(reason)) {
            lifecycle.become(s, DeviceState.IDLE, reason);
        }
    }
}
