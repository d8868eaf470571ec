package net.pci;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import net.api.DevError;
import net.api.DevException;
import net.api.EthernetAddress;
import net.api.NetDriverOps;
import net.api.driver.DeviceConfig;

/** What users have set on the cards of one device, so that the next driver begins with it. Any thread; one setting at a time. */
final class UserSettings {
    private NetDriverOps now;
    /** Made while there was no card, by what they set: a driver that takes a running device over knows nothing of them. */
    private final Map<String, Consumer<NetDriverOps>> missed = new LinkedHashMap<>();
    private Optional<Integer> mtu = Optional.empty();
    private Optional<EthernetAddress> mac = Optional.empty();
    private Optional<Boolean> promiscuous = Optional.empty();
    private Optional<Boolean> allMulticast = Optional.empty();
    private Set<EthernetAddress> filters = Set.of();
    private final Set<Integer> vlans = new TreeSet<>();

    /**
     * This card is the one that settings go to from now on; null for none. It gets those that were made while there was none.
     *
     * @return what it did not take, in sentences
     */
    synchronized List<String> card(NetDriverOps ops) {
        List<String> problems = new ArrayList<>();
        now = ops;
        if (ops != null) {
            missed.forEach((what, setting) -> attempt(() -> setting.accept(ops), "its " + what, problems));
            missed.clear();
        }
        return problems;
    }

    void setMtu(NetDriverOps ops, int bytes) {
        set(ops, "MTU", o -> o.setMtu(bytes), () -> mtu = Optional.of(bytes));
    }

    void setMacAddress(NetDriverOps ops, EthernetAddress address) {
        set(ops, "MAC address", o -> o.setMacAddress(address), () -> mac = Optional.of(address));
    }

    void setPromiscuous(NetDriverOps ops, boolean on) {
        set(ops, "promiscuous mode", o -> o.setPromiscuous(on), () -> promiscuous = Optional.of(on));
    }

    void setAllMulticast(NetDriverOps ops, boolean on) {
        set(ops, "multicast mode", o -> o.setAllMulticast(on), () -> allMulticast = Optional.of(on));
    }

    void setMacFilters(NetDriverOps ops, Set<EthernetAddress> addresses) {
        Set<EthernetAddress> copy = Set.copyOf(addresses);
        set(ops, "MAC filters", o -> o.setMacFilters(copy), () -> filters = copy);
    }

    void setVlanFilter(NetDriverOps ops, int vlan, boolean on) {
        set(ops, "filter of VLAN " + vlan, o -> o.setVlanFilter(vlan, on), () -> {
            if (on) {
                vlans.add(vlan);
            } else {
                vlans.remove(vlan);
            }
        });
    }

    /**
     * Sets something, and notes it if that succeeded. Whoever holds a card whose driver has gone meanwhile, and takes a setting back, say, must not be
     * overruled by what is restored: the setting is noted too, and made on the card that has come in its place.
     */
    private synchronized void set(NetDriverOps ops, String what, Consumer<NetDriverOps> setting, Runnable note) {
        try {
            setting.accept(ops);
            note.run();
        } catch (DevException e) {
            if (e.error() == DevError.BAD_STATE && ops != now) {
                note.run();
                if (now != null) {
                    setting.accept(now);
                } else {
                    missed.put(what, setting);
                }
            }
            throw e;
        }
    }

    /** Nothing was set that a configuration could say. */
    synchronized boolean isEmpty() {
        return mtu.isEmpty() && mac.isEmpty() && promiscuous.isEmpty() && allMulticast.isEmpty();
    }

    /** A configuration, with what was set in its place. */
    synchronized DeviceConfig over(DeviceConfig c) {
        return new DeviceConfig(c.rxQueues(), c.txQueues(), c.rxRingSize(), c.txRingSize(), mtu.orElse(c.mtu()), mac.or(c::mac),
                promiscuous.orElse(c.promiscuous()), allMulticast.orElse(c.allMulticast()), c.interrupts(), c.violationLimit(),
                c.rxOffloads(), c.flowControl());
    }

    /** A configuration was changed after things were set: where it did, it counts. */
    synchronized void configured(DeviceConfig before, DeviceConfig after) {
        mtu = mtu.filter(m -> before.mtu() == after.mtu());
        mac = mac.filter(m -> before.mac().equals(after.mac()));
        promiscuous = promiscuous.filter(p -> before.promiscuous() == after.promiscuous());
        allMulticast = allMulticast.filter(a -> before.allMulticast() == after.allMulticast());
    }

    /** No driver can take what was set: the configuration counts again. */
    synchronized void drop() {
        mtu = Optional.empty();
        mac = Optional.empty();
        promiscuous = Optional.empty();
        allMulticast = Optional.empty();
    }

    /**
     * Sets what no configuration says, on a card that was just attached.
     *
     * @return what could not be restored, in sentences
     */
    synchronized List<String> restore(NetDriverOps ops) {
        missed.clear(); // the configuration had it, or what follows has
        List<String> problems = new ArrayList<>();
        if (!filters.isEmpty()) {
            attempt(() -> ops.setMacFilters(filters), "its MAC filters", problems);
        }
        for (int vlan : vlans) {
            if (!attempt(() -> ops.setVlanFilter(vlan, true), "its VLAN filters", problems)) {
                break;
            }
        }
        return problems;
    }

    private static boolean attempt(Runnable setting, String what, List<String> problems) {
        try {
            setting.run();
            return true;
        } catch (DevException e) {
            problems.add(what + " could not be restored: " + e.getMessage());
            return false;
        }
    }
}
