package net.testkit.qemu;

import java.util.ArrayList;
import java.util.List;
import net.api.device.Mmio;
import net.api.device.PciAddress;
import net.api.host.PciAccess;

/** A virtio function driven by hand, without device manager and driver. Virtio 1.2, 4.1. */
public final class RawVirtio {
    private static final int VENDOR_CAPABILITY = 9;

    public final Mmio common;
    public final Mmio device;
    public final Mmio isr;
    public final PciAddress address;
    private final PciAccess pci;

    /** Finds a virtio-net function on the root bus, places its BARs where they are free, turns decoding on. */
    public RawVirtio(PciAccess pci, PciAddress address) {
        this.pci = pci;
        this.address = address;
        pci.acquire(address);
        place();
        common = structure(1);
        isr = structure(3);
        device = structure(4);
    }

    /** The first network function of a host's root bus. */
    public static PciAddress find(PciAccess pci) {
        for (int d = 0; d < 32; d++) {
            PciAddress a = new PciAddress(pci.roots().getFirst().segment(), pci.roots().getFirst().firstBus(), d, 0);
            if (pci.read(a, 0, 4) == 0x1041_1af4) {
                return a;
            }
        }
        throw new AssertionError("no virtio-net function on the root bus");
    }

    private void place() {
        long next = pci.windows().isEmpty() ? 0 : pci.windows().stream().filter(w -> w.kind() == PciAccess.Window.Kind.MEMORY_32).findFirst().orElseThrow()
                .start();
        for (int i = 0; i < 6; i++) {
            int at = 0x10 + 4 * i;
            int was = pci.read(address, at, 4);
            pci.write(address, at, 4, -1);
            int mask = pci.read(address, at, 4);
            pci.write(address, at, 4, was);
            if (mask == 0 || (was & 1) != 0) {
                continue;
            }
            boolean wide = (was & 6) == 4;
            if ((was & ~15) == 0) {
                long size = -(mask & ~15) & 0xffff_ffffL;
                next = (next + size - 1) / size * size;
                pci.write(address, at, 4, (int) next);
                if (wide) {
                    pci.write(address, at + 4, 4, 0);
                }
                next += size;
            }
            i += wide ? 1 : 0;
        }
        pci.write(address, 4, 2, pci.read(address, 4, 2) | 6);
    }

    /** Every vendor capability's type, BAR, offset and length. */
    public List<int[]> structures() {
        List<int[]> all = new ArrayList<>();
        int at = pci.read(address, 0x34, 1);
        for (int i = 0; i < 48 && at >= 0x40; i++) {
            if (pci.read(address, at, 1) == VENDOR_CAPABILITY) {
                all.add(new int[] {pci.read(address, at + 3, 1), pci.read(address, at + 4, 1), pci.read(address, at + 8, 4), pci.read(address, at + 12, 4)});
            }
            at = pci.read(address, at + 1, 1);
        }
        return all;
    }

    private Mmio structure(int type) {
        int[] s = structures().stream().filter(x -> x[0] == type).findFirst().orElseThrow(() -> new AssertionError("no structure of type " + type));
        int low = pci.read(address, 0x10 + 4 * s[1], 4);
        long base = low & 0xffff_fff0L;
        if ((low & 6) == 4) {
            base |= (long) pci.read(address, 0x14 + 4 * s[1], 4) << 32;
        }
        return new Part(pci.mapBar(address, s[1], base, s[2] + (long) s[3]), s[2], s[3]);
    }

    /** A structure within a BAR. */
    private record Part(Mmio bar, long start, long size) implements Mmio {
        @Override
        public int read8(long offset) {
            return bar.read8(start + offset);
        }

        @Override
        public int read16(long offset) {
            return bar.read16(start + offset);
        }

        @Override
        public int read32(long offset) {
            return bar.read32(start + offset);
        }

        @Override
        public void write8(long offset, int value) {
            bar.write8(start + offset, value);
        }

        @Override
        public void write16(long offset, int value) {
            bar.write16(start + offset, value);
        }

        @Override
        public void write32(long offset, int value) {
            bar.write32(start + offset, value);
        }
    }
}
