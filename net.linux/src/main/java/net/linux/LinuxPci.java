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
import net.api.device.Interrupt;
import net.api.device.Mmio;
import net.api.device.PciAddress;
import net.api.device.PciBar;
import net.api.host.PciAccess;
import net.linux.device.OpenDevice;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The machine's PCI functions. All are listed; those of the {@link AllowList} are taken from the kernel when a driver is attached, and given back afterwards.
 * Until then their configuration space is only read.
 */
final class LinuxPci implements PciAccess {
    private static final Logger LOG = LoggerFactory.getLogger(LinuxPci.class);

    /** A way to have a function. */
    interface Way {
        /** The kernel's driver that must be bound; "" if none may be. */
        String kernelDriver();

        /**
         * Takes the function, whose driver is bound. It is at rest afterwards, whoever left it.
         *
         * @throws DevException why it cannot be had, and what to do
         */
        OpenDevice open(Path directory, String name);

        /** After a function was taken, and its lock says that it is at rest. */
        default void opened() {
        }

        /** Why no function may be had any more, in a sentence; "" if they may. */
        default String obstacle() {
            return "";
        }
    }

    /** Who hears what the kernel says of functions that are held. */
    interface Ear {
        /** From now on. */
        void listen(String name, OpenDevice device);

        /** Before the device is closed. */
        void stop(String name);
    }

    private record Held(FunctionLock lock, OpenDevice device, Optional<String> formerDriver) {
    }

    private final SysfsPci sysfs;
    private final AllowList allowed;
    private final Interfaces interfaces;
    private final KernelBinding binding;
    private final Path locks;
    private final Way way;
    private final Ear ear;
    private final Map<PciAddress, Held> held = new ConcurrentHashMap<>();
    /** Functions that the kernel has asked for, with what tells them from a new one in the same place. */
    private final Map<PciAddress, Object> wanted = new HashMap<>();

    LinuxPci(Machine machine, AllowList allowed, Interfaces interfaces, Path locks, Way way, Ear ear) {
        this.sysfs = new SysfsPci(machine.sysfs());
        this.allowed = allowed;
        this.interfaces = interfaces;
        this.binding = new KernelBinding(machine.sysfs().resolve("bus/pci"), machine.attributes());
        this.locks = locks;
        this.way = way;
        this.ear = ear;
    }

    SysfsPci sysfs() {
        return sysfs;
    }

    @Override
    public List<Root> roots() {
        return sysfs.roots();
    }

    /** None: the kernel has placed every BAR. */
    @Override
    public List<Window> windows() {
        return List.of();
    }

    @Override
    public Optional<List<PciBar>> bars(PciAddress function) {
        return Optional.of(sysfs.bars(function));
    }

    @Override
    public int read(PciAddress function, int offset, int width) {
        Held h = held.get(function);
        return h == null ? sysfs.read(function, offset, width) : h.device.configRead(offset, width);
    }

    /** Ignored unless the function was acquired: a write to one that the kernel drives would break that driver. */
    @Override
    public void write(PciAddress function, int offset, int width, int value) {
        Held h = held.get(function);
        if (h != null) {
            h.device.configWrite(offset, width, value);
        }
    }

    @Override
    public String restriction(PciAddress function) {
        if (held.containsKey(function)) {
            return "";
        }
        String name = function.toString();
        Optional<String> driver = binding.driver(name);
        if (!allowed.has(name, sysfs.read(function, 0, Integer.BYTES))) {
            return "listed only: " + driver.map(d -> "the kernel's driver " + d + " has it; ").orElse("") + "name it in 'devices' of net.linux to drive it from here";
        }
        if (!way.obstacle().isEmpty()) {
            return "not taken: " + way.obstacle();
        }
        if (isWanted(function)) {
            return "the kernel asked for it, and it was let go of: bind it to " + way.kernelDriver() + " to have it here again";
        }
        List<String> busy = interfaces.carryingTraffic(sysfs.directory(function));
        return busy.isEmpty() || allowed.isForced(name) ? ""
                : "not taken: " + String.join(", ", busy) + " carries this machine's traffic; name " + name + " in 'force' of net.linux to take it all the same";
    }

    /** The kernel asks for it. From now on it is not taken, until there is a new one in its place, or somebody has bound the driver anew. */
    void wanted(String name) {
        PciAddress function = PciAddress.parse(name);
        synchronized (wanted) {
            wanted.put(function, identity(function));
        }
    }

    private boolean isWanted(PciAddress function) {
        synchronized (wanted) {
            Object identity = wanted.get(function);
            if (identity == null) {
                return false;
            }
            if (!identity.equals(identity(function))) {
                wanted.remove(function);
                return false;
            }
            return true;
        }
    }

    /** What is another after the function went and came, or its driver did. */
    private Object identity(PciAddress function) {
        return List.of(identity(sysfs.directory(function)), identity(sysfs.directory(function).resolve("driver")));
    }

    private static Object identity(Path link) {
        try {
            Object key = Files.readAttributes(link, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey();
            return key == null ? "" : key;
        } catch (IOException e) {
            return "";
        }
    }

    /** The functions that are held. */
    List<String> held() {
        return held.keySet().stream().map(PciAddress::toString).toList();
    }

    /** What there is, for comparison with a later look. */
    Object listing() {
        Map<PciAddress, Object> now = new HashMap<>();
        sysfs.functions().forEach(f -> now.put(f, identity(sysfs.directory(f))));
        return now;
    }

    @Override
    public synchronized void acquire(PciAddress function) {
        String name = function.toString();
        String restriction = restriction(function);
        if (!restriction.isEmpty()) {
            throw new DevException(DevError.RESOURCE_BUSY, LinuxHost.NAME_OF_HOST + "/" + name + " is " + restriction);
        }
        if (held.containsKey(function)) {
            throw new DevException(DevError.ALREADY_EXISTS, LinuxHost.NAME_OF_HOST + "/" + name + " was acquired before");
        }
        FunctionLock lock = FunctionLock.take(locks, name);
        Optional<String> former = lock.formerDriver();
        try {
            String bound = binding.driver(name).orElse("");
            if (!bound.equals(way.kernelDriver()) || bound.isEmpty()) {
                // After a killed process nothing is bound perhaps, and its note tells what is to be.
                former = bound.isEmpty() && former.isPresent() ? former : Optional.of(bound);
                lock.note(former);
                binding.bind(name, way.kernelDriver());
            }
            OpenDevice device = way.open(sysfs.directory(function), name);
            lock.quiet();
            held.put(function, new Held(lock, device, former));
            ear.listen(name, device);
            way.opened();
        } catch (RuntimeException e) {
            giveBack(name, lock, former);
            throw e;
        }
    }

    @Override
    public synchronized void release(PciAddress function) {
        Held h = held.remove(function);
        if (h != null) {
            String name = function.toString();
            ear.stop(name);
            h.device.close();
            giveBack(name, h.lock, isWanted(function) ? Optional.empty() : h.formerDriver);
        }
    }

    private void giveBack(String name, FunctionLock lock, Optional<String> formerDriver) {
        Optional<String> owed = formerDriver;
        try {
            formerDriver.ifPresent(d -> binding.restore(name, d));
            owed = Optional.empty();
        } catch (DevException e) {
            LOG.error("{}", e.getMessage());
        } finally {
            lock.release(owed);
        }
    }

    @Override
    public Mmio mapBar(PciAddress function, int bar, long address, long size) {
        return device(function).map(bar, size);
    }

    @Override
    public boolean managesInterrupts() {
        return true;
    }

    @Override
    public List<Interrupt> openInterrupts(PciAddress function, int count) {
        return device(function).interrupts(count);
    }

    @Override
    public Message openMessage(PciAddress function) {
        throw new DevException(DevError.UNSUPPORTED, LinuxHost.NAME_OF_HOST + "/" + function + ": the kernel writes the table of messages");
    }

    private OpenDevice device(PciAddress function) {
        Held h = held.get(function);
        if (h == null) {
            throw new DevException(DevError.BAD_STATE, LinuxHost.NAME_OF_HOST + "/" + function + " was not acquired");
        }
        return h.device;
    }
}
