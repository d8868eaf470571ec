package net.pci;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import net.api.device.Device;
import net.api.device.DeviceState;
import net.api.device.DeviceStatus;
import net.api.host.DeviceHost;
import net.api.host.DmaRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is common to devices of all buses. */
abstract sealed class ListedDevice implements Device permits PciFunction, PlatformNode {
    private static final Logger LOG = LoggerFactory.getLogger(ListedDevice.class);

    private record Standing(DeviceState state, String driver, String version, String reason, DeviceAttachment attachment) {
    }

    private final DeviceHost host;
    private final String name;
    private final String address;
    private volatile List<String> problems = List.of();
    private volatile Standing standing = new Standing(DeviceState.IDLE, "", "", "", null);

    ListedDevice(DeviceHost host, String name) {
        this.host = host;
        this.name = name;
        this.address = host.name() + "/" + name;
    }

    @Override
    public final String address() {
        return address;
    }

    @Override
    public final String host() {
        return host.name();
    }

    @Override
    public final DeviceStatus status() {
        Standing s = standing;
        return new DeviceStatus(s.state, s.driver, s.version, s.reason, s.attachment == null ? 0 : s.attachment.buffersInFlight());
    }

    @Override
    public String toString() {
        return address + " (" + description() + ")";
    }

    /** The name on its host. */
    final String name() {
        return name;
    }

    final DeviceHost supplier() {
        return host;
    }

    /** The interface that it is registered under besides {@link Device}. */
    abstract Class<? extends Device> type();

    /** The way to its registers. */
    abstract DeviceAccess access();

    /** Why drivers may not be attached, "" if they may. */
    abstract String restriction();

    /** Its ids as service properties. */
    abstract void addIds(Map<String, Object> properties);

    /** What is odd about the device, in sentences; each is logged when it is new. */
    final void problems(List<String> now) {
        for (String p : now) {
            if (!problems.contains(p)) {
                LOG.warn("{}: {}", address, p);
            }
        }
        problems = List.copyOf(now);
    }

    final List<String> problems() {
        return problems;
    }

    /** The reason is joined with what is odd about the device. */
    final void standing(DeviceState state, DriverEntry driver, String reason, DeviceAttachment attachment) {
        List<String> all = new ArrayList<>();
        if (!reason.isEmpty()) {
            all.add(reason);
        }
        all.addAll(problems);
        standing = new Standing(state, driver == null ? "" : driver.name(), driver == null ? "" : driver.version(), String.join("; ", all), attachment);
    }

    /** The NUMA node that it is on; {@link DmaRequest#ANY_NODE} if the host tells none. */
    final int numaNode() {
        return properties().get(NUMA_NODE) instanceof Integer node ? node : DmaRequest.ANY_NODE;
    }

    /** All service properties, as they are now. */
    final Map<String, Object> properties() {
        Map<String, Object> p = new TreeMap<>();
        try {
            p.putAll(host.describe(name));
        } catch (RuntimeException e) {
            LOG.warn("{}: the host cannot describe it", address, e);
        }
        addIds(p);
        p.put(ADDRESS, address);
        p.put(HOST, host.name());
        p.put(BUS, bus());
        Standing s = standing;
        p.put(STATE, s.state.name().toLowerCase(Locale.ROOT));
        if (!s.reason.isEmpty()) {
            p.put(REASON, s.reason);
        }
        if (!s.driver.isEmpty()) {
            p.put(DRIVER, s.driver);
        }
        return p;
    }
}
