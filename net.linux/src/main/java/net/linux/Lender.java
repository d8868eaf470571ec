package net.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import net.api.DevError;
import net.api.DevException;
import net.linux.device.OpenDevice;
import net.linux.device.Sysfs;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes those devices of one bus from the kernel that the {@link AllowList} has, and gives them back. */
final class Lender {
    private static final Logger LOG = LoggerFactory.getLogger(Lender.class);

    /**
     * A device.
     *
     * @param name what it is called here and in the configuration
     * @param directory below the bus, by the kernel's name for it
     * @param ids vendor id below device id; -1 if it has none
     */
    record Candidate(String name, Path directory, int ids) {
        String kernelName() {
            return directory.getFileName().toString();
        }
    }

    private record Held(Candidate candidate, FunctionLock lock, OpenDevice device, Optional<String> formerDriver) {
    }

    private final AllowList allowed;
    private final Interfaces interfaces;
    private final KernelBinding binding;
    private final Path locks;
    private final Access access;
    private final Way way;
    private final Ear ear;
    private final Map<String, Held> held = new ConcurrentHashMap<>();
    /** Devices that the kernel has asked for, with what tells them from a new one in the same place. */
    private final Map<String, Object> wanted = new HashMap<>();

    /**
     * @param bus directory of the bus
     * @param locks directory for locks
     * @param way the access's, for this bus
     */
    Lender(Path bus, Machine machine, AllowList allowed, Path locks, Access access, Way way, Ear ear) {
        this.allowed = allowed;
        this.interfaces = new Interfaces(machine.sysfs(), machine.proc());
        this.binding = new KernelBinding(bus, machine.attributes());
        this.locks = locks;
        this.access = access;
        this.way = way;
        this.ear = ear;
    }

    /** Why it may not be had, in a sentence; "" if it may. */
    String restriction(Candidate c) {
        if (held.containsKey(c.name)) {
            return "";
        }
        if (!allowed.has(c.name, c.ids)) {
            return "listed only: " + binding.driver(c.kernelName()).map(d -> "the kernel's driver " + d + " has it; ").orElse("")
                    + "name it in 'devices' of net.linux to drive it from here";
        }
        if (!access.obstacle().isEmpty()) {
            return "not taken: " + access.obstacle();
        }
        if (isWanted(c)) {
            return "the kernel asked for it, and it was let go of: bind it to " + way.kernelDriver() + " to have it here again";
        }
        List<String> busy = interfaces.carryingTraffic(c.directory);
        return busy.isEmpty() || allowed.isForced(c.name) ? ""
                : "not taken: " + String.join(", ", busy) + " carries this machine's traffic; name " + c.name + " in 'force' of net.linux to take it all the same";
    }

    /** The kernel asks for it. From now on it is not taken, until there is a new one in its place, or somebody has bound the driver anew. */
    void wanted(String name) {
        Held h = held.get(name);
        if (h != null) {
            synchronized (wanted) {
                wanted.put(name, identity(h.candidate));
            }
        }
    }

    private boolean isWanted(Candidate c) {
        synchronized (wanted) {
            Object identity = wanted.get(c.name);
            if (identity == null) {
                return false;
            }
            if (!identity.equals(identity(c))) {
                wanted.remove(c.name);
                return false;
            }
            return true;
        }
    }

    /** What is another after the device went and came, or its driver did. */
    private static Object identity(Candidate c) {
        return List.of(identity(c.directory), identity(c.directory.resolve("driver")));
    }

    private static Object identity(Path link) {
        try {
            Object key = Files.readAttributes(link, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey();
            return key == null ? "" : key;
        } catch (IOException e) {
            return "";
        }
    }

    /** The devices of a directory as they are now, for comparison with a later look. */
    static Object listing(Path devices) {
        Map<String, Object> now = new HashMap<>();
        Sysfs.names(devices).forEach(n -> now.put(n, identity(devices.resolve(n))));
        return now;
    }

    /** The devices that are held. */
    List<String> held() {
        return List.copyOf(held.keySet());
    }

    /** @throws DevException why it cannot be had, and what to do */
    synchronized void acquire(Candidate c) {
        String restriction = restriction(c);
        if (!restriction.isEmpty()) {
            throw new DevException(DevError.RESOURCE_BUSY, LinuxHost.NAME_OF_HOST + "/" + c.name + " is " + restriction);
        }
        if (held.containsKey(c.name)) {
            throw new DevException(DevError.ALREADY_EXISTS, LinuxHost.NAME_OF_HOST + "/" + c.name + " was acquired before");
        }
        FunctionLock lock = FunctionLock.take(locks, c.kernelName());
        Optional<String> former = lock.formerDriver();
        try {
            String bound = binding.driver(c.kernelName()).orElse("");
            if (!bound.equals(way.kernelDriver()) || bound.isEmpty()) {
                // After a killed process nothing is bound perhaps, and its note tells what is to be.
                former = bound.isEmpty() && former.isPresent() ? former : Optional.of(bound);
                lock.note(former);
                binding.bind(c.kernelName(), way);
            }
            OpenDevice device = way.opener().open(c.directory, c.kernelName());
            held.put(c.name, new Held(c, lock, device, former));
            ear.listen(c.name, device);
            if (device.isAtRest()) {
                rested(lock);
            }
        } catch (RuntimeException e) {
            if (held.containsKey(c.name)) {
                release(c.name);
            } else {
                giveBack(c, lock, former);
            }
            throw e;
        }
    }

    private void rested(FunctionLock lock) {
        lock.quiet();
        access.rested();
    }

    /** Nothing if it is not held. It was stopped before. */
    synchronized void release(String name) {
        Held h = held.remove(name);
        if (h != null) {
            try {
                ear.stop(name);
                h.device.close();
                rested(h.lock);
            } catch (RuntimeException e) {
                LOG.error("{} was not let go of as it should be: {}", name, e.toString());
            } finally {
                giveBack(h.candidate, h.lock, isWanted(h.candidate) ? Optional.empty() : h.formerDriver);
            }
        }
    }

    private void giveBack(Candidate c, FunctionLock lock, Optional<String> formerDriver) {
        Optional<String> owed = formerDriver;
        try {
            formerDriver.ifPresent(d -> binding.restore(c.kernelName(), d));
            owed = Optional.empty();
        } catch (DevException e) {
            LOG.error("{}", e.getMessage());
        } finally {
            lock.release(owed);
        }
    }

    /** The open device; absent if it is not held. */
    Optional<OpenDevice> open(String name) {
        return Optional.ofNullable(held.get(name)).map(Held::device);
    }

    /** @throws DevException BAD_STATE if it is not held */
    OpenDevice device(String name) {
        return open(name).orElseThrow(() -> new DevException(DevError.BAD_STATE, LinuxHost.NAME_OF_HOST + "/" + name + " was not acquired"));
    }
}
