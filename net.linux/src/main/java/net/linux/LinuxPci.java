package net.linux;

import java.util.List;
import java.util.Optional;
import net.api.DevError;
import net.api.DevException;
import net.api.device.Interrupt;
import net.api.device.Mmio;
import net.api.device.PciAddress;
import net.api.device.PciBar;
import net.api.host.PciAccess;

/** The machine's PCI functions. All are listed; until a driver is attached their configuration space is only read. */
final class LinuxPci implements PciAccess {
    private final SysfsPci sysfs;
    private final Lender lender;

    /** @param lender of the bus */
    LinuxPci(SysfsPci sysfs, Lender lender) {
        this.sysfs = sysfs;
        this.lender = lender;
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
        return lender.open(function.toString()).map(d -> d.configRead(offset, width)).orElseGet(() -> sysfs.read(function, offset, width));
    }

    /** Ignored unless the function was acquired: a write to one that the kernel drives would break that driver. */
    @Override
    public void write(PciAddress function, int offset, int width, int value) {
        lender.open(function.toString()).ifPresent(d -> d.configWrite(offset, width, value));
    }

    private Lender.Candidate candidate(PciAddress function) {
        return new Lender.Candidate(function.toString(), sysfs.directory(function), sysfs.read(function, 0, Integer.BYTES));
    }

    @Override
    public String restriction(PciAddress function) {
        return lender.restriction(candidate(function));
    }

    @Override
    public void acquire(PciAddress function) {
        lender.acquire(candidate(function));
    }

    @Override
    public void release(PciAddress function) {
        lender.release(function.toString());
    }

    @Override
    public Mmio mapBar(PciAddress function, int bar, long address, long size) {
        return lender.device(function.toString()).map(bar, size);
    }

    @Override
    public boolean managesInterrupts() {
        return true;
    }

    @Override
    public List<Interrupt> openInterrupts(PciAddress function, int count) {
        return lender.device(function.toString()).interrupts(count);
    }

    @Override
    public Message openMessage(PciAddress function) {
        throw new DevException(DevError.UNSUPPORTED, LinuxHost.NAME_OF_HOST + "/" + function + ": the kernel writes the table of messages");
    }
}
