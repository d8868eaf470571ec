package net.pci;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import net.api.DevError;
import net.api.DevException;
import net.api.device.Interrupt;
import net.api.device.Mmio;
import net.api.device.PciBar;
import net.api.device.PciCapability;
import net.api.host.PciAccess;
import net.pci.bus.ConfigSpace;
import net.pci.bus.MsiX;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an attachment does to a PCI function. */
final class PciFunctionAccess implements DeviceAccess {
    private static final Logger LOG = LoggerFactory.getLogger(PciFunctionAccess.class);
    /** Power management control and status, from the capability's start; PCI Power Management 1.2, 3.2.4. */
    private static final int PM_CONTROL = 4;
    /** From D3 to D0 a function takes 10 ms. PCI Power Management 1.2, 5.4. */
    private static final long D3_DELAY_NANOS = 10_000_000;

    private final PciFunction function;
    private final PciAccess pci;
    private final ConfigSpace config;
    private Optional<MsiX> enabled = Optional.empty();

    PciFunctionAccess(PciFunction function) {
        this.function = function;
        this.pci = function.pci();
        this.config = function.config();
    }

    @Override
    public void acquire() {
        pci.acquire(function.pciAddress());
    }

    @Override
    public void prepare() {
        if (config.isGone()) {
            throw new DevException(DevError.IO, function.address() + " does not answer: it is gone");
        }
        function.acquired();
        wake();
        function.size();
        for (PciBar bar : function.bars()) {
            if (bar.address() == 0 && bar.type() != PciBar.Type.IO) {
                throw new DevException(DevError.NO_MEMORY, "%s: BAR %d of 0x%x bytes has no address".formatted(function.address(), bar.index(), bar.size()));
            }
        }
        // Nobody serves the interrupt pin: a device that raised it would hold it for ever.
        config.command(ConfigSpace.COMMAND_MEMORY | ConfigSpace.COMMAND_INTX_DISABLE, ConfigSpace.COMMAND_MASTER);
    }

    private void wake() {
        for (PciCapability c : function.capabilities()) {
            if (c.id() == PciCapability.PM && !c.extended()) {
                int control = config.read16(c.offset() + PM_CONTROL);
                if ((control & 3) != 0) {
                    config.write16(c.offset() + PM_CONTROL, control & ~3);
                    long end = System.nanoTime() + D3_DELAY_NANOS;
                    while (System.nanoTime() - end < 0) {
                        LockSupport.parkNanos(end - System.nanoTime());
                    }
                }
            }
        }
    }

    @Override
    public Mmio map(int index) {
        for (PciBar bar : function.bars()) {
            if (bar.index() == index && bar.type() != PciBar.Type.IO) {
                return pci.mapBar(function.pciAddress(), index, bar.address(), bar.size());
            }
        }
        throw new DevException(DevError.INVALID_PARAM, "%s has no memory in BAR %d; it has %s".formatted(function.address(), index, function.bars()));
    }

    @Override
    public void configWrite(int offset, int width, int value) {
        function.check(offset, width);
        refuse(offset, width, ConfigSpace.COMMAND, 2, "command register");
        refuse(offset, width, ConfigSpace.BAR0, ConfigSpace.BAR_END - ConfigSpace.BAR0, "BARs");
        refuse(offset, width, ConfigSpace.ROM, 4, "BARs");
        for (PciCapability c : function.capabilities()) {
            if (c.id() == PciCapability.MSI_X && !c.extended()) {
                refuse(offset, width, c.offset(), MsiX.LENGTH, "MSI-X");
            }
        }
        pci.write(function.pciAddress(), offset, width, value);
    }

    private void refuse(int offset, int width, int from, int length, String what) {
        if (offset < from + length && from < offset + width) {
            throw new DevException(DevError.INVALID_PARAM, "a driver may not write %d bytes at 0x%x of %s: %s are the attachment's"
                    .formatted(width, offset, function.address(), what));
        }
    }

    @Override
    public void enableDma() {
        config.command(ConfigSpace.COMMAND_MASTER, 0);
    }

    @Override
    public void disableDma() {
        config.command(0, ConfigSpace.COMMAND_MASTER);
    }

    @Override
    public List<Interrupt> interrupts(int count, IntFunction<Mmio> windows) {
        List<String> problems = new ArrayList<>();
        Optional<MsiX> msix = MsiX.of(config, function.capabilities(), function.bars(), problems);
        problems.forEach(p -> LOG.warn("{}: {}", function.address(), p));
        if (msix.isEmpty()) {
            return List.of();
        }
        int wanted = Math.min(count, msix.get().vectors());
        return pci.managesInterrupts() ? ofHost(wanted) : ofTable(msix.get(), wanted, windows);
    }

    private List<Interrupt> ofHost(int wanted) {
        try {
            return pci.openInterrupts(function.pciAddress(), wanted);
        } catch (DevException e) {
            if (e.error() == DevError.UNSUPPORTED) {
                return List.of();
            }
            throw e;
        }
    }

    private List<Interrupt> ofTable(MsiX msix, int wanted, IntFunction<Mmio> windows) {
        List<PciAccess.Message> messages = new ArrayList<>();
        try {
            while (messages.size() < wanted) {
                messages.add(pci.openMessage(function.pciAddress()));
            }
        } catch (DevException e) {
            if (e.error() != DevError.UNSUPPORTED && e.error() != DevError.NO_MEMORY) {
                messages.forEach(m -> m.interrupt().close());
                throw e;
            }
        }
        if (!messages.isEmpty()) {
            try {
                enabled = Optional.of(msix);
                msix.enable(windows.apply(msix.bar()), messages);
            } catch (RuntimeException e) {
                messages.forEach(m -> m.interrupt().close());
                throw e;
            }
        }
        return messages.stream().map(PciAccess.Message::interrupt).toList();
    }

    @Override
    public void disableInterrupts() {
        enabled.ifPresent(MsiX::disable);
        enabled = Optional.empty();
    }

    @Override
    public void disableDecode() {
        config.command(0, ConfigSpace.COMMAND_MEMORY | ConfigSpace.COMMAND_IO | ConfigSpace.COMMAND_INTX_DISABLE);
    }

    @Override
    public void release() {
        pci.release(function.pciAddress());
    }

    @Override
    public boolean releaseStopsDma() {
        return false;
    }

    @Override
    public boolean isGone() {
        return config.isGone();
    }
}
