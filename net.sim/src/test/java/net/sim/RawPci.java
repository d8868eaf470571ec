package net.sim;

import java.util.ArrayList;
import java.util.List;
import net.api.device.PciAddress;

/** The least that firmware does: gives numbers to buses and addresses to BARs. Written from the PCI specification, with its numbers as literals. */
final class RawPci {
    private final SimHost host;
    private final List<PciAddress> functions = new ArrayList<>();
    private int nextBus = 1;
    private long next32 = 0xe000_0000L;
    private long next64 = 0x80_0000_0000L;

    private RawPci(SimHost host) {
        this.host = host;
    }

    /** Sets everything up; answers with all functions but bridges. */
    static List<PciAddress> setUp(SimHost host) {
        RawPci p = new RawPci(host);
        p.bus(0);
        return p.functions;
    }

    private void bus(int bus) {
        for (int d = 0; d < 32; d++) {
            for (int f = 0; f < 8; f++) {
                PciAddress a = new PciAddress(0, bus, d, f);
                if (host.read(a, 0, 2) == 0xffff) {
                    continue;
                }
                if ((host.read(a, 0x0e, 1) & 0x7f) == 1) {
                    bridge(a);
                } else {
                    bars(a);
                    functions.add(a);
                }
            }
        }
    }

    private void bridge(PciAddress a) {
        int secondary = nextBus++;
        host.write(a, 0x18, 4, 0x00ff_0000 | secondary << 8);
        next32 = next32 + 0xf_ffff & ~0xf_ffffL;
        next64 = next64 + 0xf_ffff & ~0xf_ffffL;
        long start32 = next32;
        long start64 = next64;
        bus(secondary);
        next32 = next32 + 0xf_ffff & ~0xf_ffffL;
        next64 = next64 + 0xf_ffff & ~0xf_ffffL;
        if (next32 > start32) {
            host.write(a, 0x20, 4, (int) (start32 >>> 16 | next32 - 1 & 0xfff0_0000L));
        }
        if (next64 > start64) {
            host.write(a, 0x24, 4, (int) (start64 >>> 16 & 0xfff0 | next64 - 1 & 0xfff0_0000L));
            host.write(a, 0x28, 4, (int) (start64 >>> 32));
            host.write(a, 0x2c, 4, (int) (next64 - 1 >>> 32));
        }
        host.write(a, 0x18, 4, nextBus - 1 << 16 | secondary << 8);
        host.write(a, 0x04, 2, 0x6);
    }

    private void bars(PciAddress a) {
        for (int i = 0; i < 6; i++) {
            int at = 0x10 + 4 * i;
            host.write(a, at, 4, -1);
            int mask = host.read(a, at, 4);
            if (mask == 0) {
                continue;
            }
            boolean wide = (mask & 6) == 4;
            long size = -(mask & ~0xf) & 0xffff_ffffL;
            if (wide) {
                next64 = next64 + size - 1 & -size;
                host.write(a, at, 4, (int) next64);
                host.write(a, at + 4, 4, (int) (next64 >>> 32));
                next64 += size;
                i++;
            } else {
                next32 = next32 + size - 1 & -size;
                host.write(a, at, 4, (int) next32);
                next32 += size;
            }
        }
    }
}
