package net.bench.forward.inside;

import java.nio.file.Path;
import java.util.Optional;
import net.api.device.DmaMemory;
import net.api.host.DeviceHost;
import net.api.host.DmaRequest;
import net.api.host.HostListener;
import net.api.host.PciAccess;

/** Cards that another process is: registers and DMA memory are a file that both have mapped. */
final class CardHost implements DeviceHost {
    /** Its name, and the first part of its cards' addresses. */
    static final String HOST = "shared";

    private final FileMemory memory;
    private final Functions functions;

    CardHost(Path file) {
        memory = new FileMemory(file);
        functions = new Functions(file);
    }

    @Override
    public String name() {
        return HOST;
    }

    @Override
    public Optional<PciAccess> pci() {
        return Optional.of(functions);
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
