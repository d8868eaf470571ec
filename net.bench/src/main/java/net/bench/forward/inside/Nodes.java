package net.bench.forward.inside;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.api.DevError;
import net.api.DevException;
import net.api.device.Interrupt;
import net.api.device.Mmio;
import net.api.host.PlatformAccess;

/** The cards as Phytium's MACs of a device tree, without interrupts: they are polled. */
final class Nodes implements PlatformAccess {
    private static final long WINDOW = 0x2000;
    private static final String NAME = "ethernet@";

    private final Path file;
    private final List<Node> nodes;
    private final Map<String, Arena> mapped = new HashMap<>();

    Nodes(Path file) {
        this.file = file;
        nodes = IntStream.range(0, CardFile.CARDS).mapToObj(card -> new Node(name(card), List.of("cdns,phytium-gem-1.0"), List.of(WINDOW), 0, true,
                Map.of("phy-mode", Node.text("usxgmii")))).toList();
    }

    static String name(int card) {
        return NAME + card;
    }

    @Override
    public List<Node> nodes() {
        return nodes;
    }

    @Override
    public synchronized Mmio mapRegion(String name, int region) {
        Arena arena = mapped.computeIfAbsent(name, n -> Arena.ofShared());
        try {
            return new MappedWindow(CardFile.map(file, CardFile.window(Integer.parseInt(name.substring(NAME.length()))), WINDOW, arena));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public synchronized void release(String name) {
        Arena arena = mapped.remove(name);
        if (arena != null) {
            arena.close();
        }
    }

    @Override
    public List<Interrupt> openInterrupts(String name, int count) {
        throw new DevException(DevError.UNSUPPORTED, "the shared cards are polled");
    }
}
