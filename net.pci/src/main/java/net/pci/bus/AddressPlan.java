package net.pci.bus;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.api.device.PciAddress;
import net.api.device.PciBar;
import net.api.host.PciAccess.Window;

/**
 * Gives BARs and bridges of a host without firmware their addresses. What is set already, sensibly and alone, stays; the rest is put into gaps, the largest
 * first. What does not fit is reported and stays unassigned; nothing else suffers. Not for several threads.
 */
public final class AddressPlan {
    private static final long MIB = 1 << 20;
    /** Memory that a bridge passes on at least, so that a card can be added behind it later. */
    private static final long BRIDGE_MEMORY = 2 * MIB;

    /** A function to be placed. */
    public static final class Item {
        private final ConfigSpace config;
        private final PciAddress above;
        private final boolean bridge;
        private final boolean numbered;
        private final List<PciBar> bars;
        private final List<String> problems = new ArrayList<>();

        /**
         * @param found the function
         * @param config its configuration space
         * @param bars its BARs, as sized
         */
        public Item(PciScanner.Found found, ConfigSpace config, List<PciBar> bars) {
            this.config = config;
            this.above = found.bridge();
            this.bridge = found.isBridge();
            this.numbered = found.numbered();
            this.bars = new ArrayList<>(bars);
        }

        /** Where it is. */
        public PciAddress address() {
            return config.address();
        }

        /** Its BARs, where they are now; address 0 did not fit. */
        public List<PciBar> bars() {
            return List.copyOf(bars);
        }

        /** What did not fit. */
        public List<String> problems() {
            return List.copyOf(problems);
        }
    }

    private final BusSpace root;
    private final Map<PciAddress, BusSpace> behind = new HashMap<>();
    private final Map<PciAddress, List<BusSpace.Claim>> claims = new HashMap<>();

    /**
     * @param windows of the host, one or more
     * @throws net.api.DevException INVALID_PARAM if they overflow or lie on the wrong side of 4 GiB
     */
    public AddressPlan(List<Window> windows) {
        root = BusSpace.ofRoot(windows);
    }

    /** Places functions that were not there before. A bridge that was there before may be above them. */
    public void place(List<Item> items) {
        Map<PciAddress, List<Item>> buses = new HashMap<>();
        for (Item i : items) {
            buses.computeIfAbsent(i.above, a -> new ArrayList<>()).add(i);
        }
        List<PciAddress> tops = new ArrayList<>(buses.keySet());
        tops.removeIf(above -> above != null && !behind.containsKey(above));
        for (PciAddress above : tops) {
            placeBus(above == null ? root : behind.get(above), above, buses);
        }
    }

    /** Gives up what a function, gone by now, and everything behind it had. */
    public void remove(PciAddress function) {
        behind.remove(function);
        List<BusSpace.Claim> held = claims.remove(function);
        if (held != null) {
            held.forEach(BusSpace.Claim::free);
        }
    }

    private void placeBus(BusSpace space, PciAddress above, Map<PciAddress, List<Item>> buses) {
        List<Item> here = buses.getOrDefault(above, List.of());
        for (Item i : here) {
            claims.put(i.address(), new ArrayList<>());
            if (!i.bridge) {
                i.config.command(0, ConfigSpace.COMMAND_IO | ConfigSpace.COMMAND_MEMORY | ConfigSpace.COMMAND_MASTER);
            }
            keepBars(space, i);
            if (i.bridge) {
                behind.put(i.address(), i.numbered ? keepWindows(space, i) : BusSpace.ofBridge());
            }
        }
        List<Wish> wishes = new ArrayList<>();
        for (Item i : here) {
            for (int b = 0; b < i.bars.size(); b++) {
                int index = b;
                if (i.bars.get(b).address() == 0) {
                    wishes.add(new Wish(i.bars.get(b).size(), () -> assign(space, i, index)));
                }
            }
            if (i.bridge) {
                for (Window.Kind kind : Window.Kind.values()) {
                    Need need = need(i, kind, buses, !space.wide().isEmpty());
                    if (behind.get(i.address()).list(kind).isEmpty() && need.bytes > 0) {
                        wishes.add(new Wish(need.alignment, () -> open(space, i, kind, need)));
                    }
                }
            }
        }
        // Largest alignment first, so that the gaps between ranges stay small.
        wishes.sort(Comparator.comparingLong(Wish::alignment).reversed());
        wishes.forEach(w -> w.grant.run());
        for (Item i : here) {
            if (i.bridge) {
                BridgeWindows.program(i.config, behind.get(i.address()));
                placeBus(behind.get(i.address()), i.address(), buses);
            }
        }
    }

    private void keepBars(BusSpace space, Item item) {
        for (int b = 0; b < item.bars.size(); b++) {
            PciBar bar = item.bars.get(b);
            Optional<BusSpace.Claim> kept = space.keep(bar);
            if (kept.isPresent()) {
                claims.get(item.address()).add(kept.get());
            } else {
                item.bars.set(b, new PciBar(bar.index(), bar.type(), bar.prefetchable(), 0, bar.size()));
            }
        }
    }

    private BusSpace keepWindows(BusSpace space, Item bridge) {
        BusSpace below = BusSpace.ofBridge();
        for (Window.Kind kind : Window.Kind.values()) {
            BridgeWindows.read(bridge.config, kind).ifPresent(w -> {
                for (IntervalAllocator a : space.list(kind)) {
                    if (a.reserve(w.start(), w.size())) {
                        claims.get(bridge.address()).add(new BusSpace.Claim(a, w.start()));
                        below.list(kind).add(new IntervalAllocator(w.start(), w.size()));
                        return;
                    }
                }
            });
        }
        return below;
    }

    private void assign(BusSpace space, Item item, int index) {
        PciBar bar = item.bars.get(index);
        List<Window.Kind> kinds = space.kinds(bar);
        for (Window.Kind kind : kinds) {
            Optional<BusSpace.Claim> claim = space.allocate(kind, bar.size(), bar.size());
            if (claim.isPresent()) {
                claims.get(item.address()).add(claim.get());
                write(item, index, claim.get().address());
                return;
            }
        }
        write(item, index, 0);
        if (bar.type() != PciBar.Type.IO) {
            Window.Kind last = kinds.getLast();
            item.problems.add("BAR %d of 0x%x bytes does not fit: %s for %s".formatted(bar.index(), bar.size(), space.describe(last), last));
        }
    }

    private static void write(Item item, int index, long address) {
        PciBar bar = item.bars.get(index);
        item.config.write32(BarSizer.offset(bar.index()), (int) address);
        if (bar.type() == PciBar.Type.MEMORY_64) {
            item.config.write32(BarSizer.offset(bar.index() + 1), (int) (address >>> 32));
        }
        item.bars.set(index, new PciBar(bar.index(), bar.type(), bar.prefetchable(), address, bar.size()));
    }

    private void open(BusSpace space, Item bridge, Window.Kind kind, Need need) {
        Optional<BusSpace.Claim> claim = space.allocate(kind, need.bytes, need.alignment);
        if (claim.isPresent()) {
            claims.get(bridge.address()).add(claim.get());
            behind.get(bridge.address()).list(kind).add(new IntervalAllocator(claim.get().address(), need.bytes));
        } else if (kind == Window.Kind.MEMORY_32) {
            bridge.problems.add("0x%x bytes for what is behind it do not fit: %s for %s".formatted(need.bytes, space.describe(kind), kind));
        }
    }

    private record Need(long bytes, long alignment) {
    }

    private record Wish(long alignment, Runnable grant) {
    }

    /**
     * What a bridge must pass on, each part rounded to its own alignment, so that it fits whatever the order.
     *
     * @param wide there are addresses above 4 GiB on the bus of the bridge
     */
    private Need need(Item bridge, Window.Kind kind, Map<PciAddress, List<Item>> buses, boolean wide) {
        boolean passesWide = wide && BridgeWindows.has(bridge.config, Window.Kind.MEMORY_64);
        if (kind == Window.Kind.MEMORY_64 && !passesWide) {
            return new Need(0, 1);
        }
        long granule = kind == Window.Kind.IO ? 4096 : MIB;
        long bytes = 0;
        long alignment = granule;
        BusSpace below = BusSpace.ofBridge();
        for (Item i : buses.getOrDefault(bridge.address(), List.of())) {
            for (PciBar bar : i.bars) {
                List<Window.Kind> kinds = below.kinds(bar);
                if ((passesWide ? kinds.getFirst() : kinds.getLast()) == kind) {
                    bytes = Math.addExact(bytes, bar.size());
                    alignment = Math.max(alignment, bar.size());
                }
            }
            if (i.bridge) {
                Need inner = need(i, kind, buses, passesWide);
                bytes = Math.addExact(bytes, Math.ceilDiv(inner.bytes, inner.alignment) * inner.alignment);
                alignment = Math.max(alignment, inner.alignment);
            }
        }
        if (kind == Window.Kind.MEMORY_32) {
            bytes = Math.max(bytes, BRIDGE_MEMORY);
        }
        return new Need(Math.ceilDiv(bytes, granule) * granule, alignment);
    }
}
