package net.bench.forward.inside;

import java.nio.file.Path;
import java.util.Optional;
import net.api.device.DmaMemory;
import net.api.host.DeviceHost;
import net.api.host.DmaRequest;
import net.api.host.HostListener;
import net.api.host.PciAccess;
import net.api.host.PlatformAccess;

/** Cards that another process is: registers and DMA memory are a file that both have mapped. */
final class CardHost implements DeviceHost {
    /** Its name, and the first part of its cards' addresses. */
    static final String HOST = "shared";

    private final FileMemory memory;
    private final Optional<PciAccess> pci;
    private final Optional<PlatformAccess> platform;

    /** @param devices what the cards are */
    CardHost(Path file, Devices devices) {
        memory = new FileMemory(file);
        pci = devices == Devices.FUNCTIONS ? Optional.of(new Functions(file)) : Optional.empty();
        platform = devices == Devices.NODES ? Optional.of(new Nodes(file)) : Optional.empty();
    }

    @Override
    public String name() {
        return HOST;
    }

    @Override
    public Optional<PciAccess> pci() {
        return pci;
    }

    @Override
    public Optional<PlatformAccess> platform() {
        return platform;
    }

    @Override
    public DmaMemory allocateDma(DmaRequest request) {
        return memory.allocate(request);
    }

    /** The cards stay where they are. */
    @Override
    public AutoCloseable subscribe(HostListener listener) {
        return () -> { };
    }
}
