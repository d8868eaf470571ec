package net.testkit.qemu;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import net.api.DevError;
import net.api.DevException;
import net.api.device.Interrupt;
import net.api.device.Mmio;
import net.api.device.PciAddress;
import net.api.device.PciCapability;
import net.api.host.PciAccess;

/**
 * The PCI Express hierarchy of a q35. There is no firmware: the only thing set up here is the window through which configuration space is reached; buses,
 * bridges and BARs are left to whoever enumerates.
 */
final class QemuPci implements PciAccess {
    /** Where the window of configuration space is put: 1 MiB a bus, 256 buses. */
    private static final long ECAM = 0xb000_0000L;
    /** PCIEXBAR of the host bridge, as port 0xcf8 wants it. Intel 3 Series Express Chipset, 5.1.16; bits 2:1 = 0 for 256 buses, bit 0 enables. */
    private static final int PCIEXBAR = 0x8000_0060;
    /** Between the window above and the I/O APIC. */
    private static final Window MEMORY_32 = new Window(Window.Kind.MEMORY_32, 0xc000_0000L, 0x3e00_0000L);
    private static final Window MEMORY_64 = new Window(Window.Kind.MEMORY_64, 0x8_0000_0000L, 0x1_0000_0000L);
    /** PCI Express Base 4.0, 7.5.3.10: slot control, from the start of the capability. */
    private static final int SLOT_CONTROL = 0x18;
    private static final int SLOT_POWER_OFF = 0x400;
    private static final int SLOT_INDICATOR = 0x300;
    private static final int SLOT_INDICATOR_ON = 0x100;

    private final Qtest qtest;
    private final RamInterrupts interrupts;
    private final SortedSet<PciAddress> seen = new TreeSet<>();
    private final Map<PciAddress, List<QtestMmio>> mapped = new HashMap<>();

    QemuPci(Qtest qtest, RamInterrupts interrupts) {
        this.qtest = qtest;
        this.interrupts = interrupts;
        qtest.out32(0xcf8, PCIEXBAR);
        qtest.out32(0xcfc, (int) ECAM | 1);
    }

    @Override
    public List<Root> roots() {
        return List.of(new Root(0, 0, 255));
    }

    @Override
    public List<Window> windows() {
        return List.of(MEMORY_32, MEMORY_64);
    }

    @Override
    public int read(PciAddress function, int offset, int width) {
        int value = qtest.read(at(function, offset, width), width);
        if (offset == 0 && (value & 0xffff) != 0xffff) {
            synchronized (this) {
                seen.add(function);
            }
        }
        return value;
    }

    @Override
    public void write(PciAddress function, int offset, int width, int value) {
        qtest.write(at(function, offset, width), width, value);
    }

    @Override
    public synchronized void release(PciAddress function) {
        List<QtestMmio> windows = mapped.remove(function);
        if (windows != null) {
            windows.forEach(QtestMmio::close);
        }
    }

    @Override
    public synchronized Mmio mapBar(PciAddress function, int bar, long address, long size) {
        QtestMmio mmio = new QtestMmio(qtest, "BAR " + bar + " of " + function, address, size);
        mapped.computeIfAbsent(function, f -> new ArrayList<>()).add(mmio);
        return mmio;
    }

    @Override
    public boolean managesInterrupts() {
        return false;
    }

    @Override
    public List<Interrupt> openInterrupts(PciAddress function, int count) {
        throw new DevException(DevError.UNSUPPORTED, "QEMU's host gives messages, and leaves MSI-X to the device manager");
    }

    @Override
    public Message openMessage(PciAddress function) {
        return interrupts.open();
    }

    /** Every function that anybody has found, and forgets them. */
    synchronized List<PciAddress> forgetAll() {
        List<PciAddress> all = List.copyOf(seen);
        seen.clear();
        return all;
    }

    /** The function a card is at now: below a root port the bus has the number that the enumeration gave it. */
    PciAddress locate(int slot, boolean behindPort) {
        PciAddress function = new PciAddress(0, 0, slot, 0);
        return behindPort ? new PciAddress(0, read(function, 0x19, 1), 0, 0) : function;
    }

    /**
     * Turns a slot's power off: QEMU takes the card out at once.
     *
     * @return the function that was there
     */
    PciAddress powerOff(int slot) {
        PciAddress port = new PciAddress(0, 0, slot, 0);
        PciAddress function = locate(slot, true);
        int control = express(port) + SLOT_CONTROL;
        qtest.atomically(() -> {
            synchronized (this) {
                mapped.getOrDefault(function, List.of()).forEach(QtestMmio::gone);
                seen.remove(function);
            }
            write(port, control, 2, read(port, control, 2) | SLOT_POWER_OFF | SLOT_INDICATOR);
        });
        return function;
    }

    /** Turns a slot's power on. */
    void powerOn(int slot) {
        PciAddress port = new PciAddress(0, 0, slot, 0);
        int control = express(port) + SLOT_CONTROL;
        write(port, control, 2, read(port, control, 2) & ~(SLOT_POWER_OFF | SLOT_INDICATOR) | SLOT_INDICATOR_ON);
    }

    private int express(PciAddress port) {
        int at = read(port, 0x34, 1);
        for (int i = 0; i < 48 && at >= 0x40 && at != 0xff; i++) {
            if (read(port, at, 1) == PciCapability.EXPRESS) {
                return at;
            }
            at = read(port, at + 1, 1);
        }
        throw new DevException(DevError.IO, port + " has no PCI Express capability: it is no root port, or QEMU is gone");
    }

    private static long at(PciAddress f, int offset, int width) {
        if (f.segment() != 0 || offset < 0 || offset > 4096 - width || (offset & width - 1) != 0) {
            throw new DevException(DevError.INVALID_PARAM, "%d bytes at 0x%x of %s are not in configuration space".formatted(width, offset, f));
        }
        return ECAM + ((long) f.bus() << 20 | f.device() << 15 | f.function() << 12 | offset);
    }
}
