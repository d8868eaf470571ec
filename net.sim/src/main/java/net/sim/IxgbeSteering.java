package net.sim;

import java.lang.foreign.MemorySegment;
import net.hw.ixgbe.ReceiveBits.Mrqc;
import net.hw.ixgbe.Reg;
import net.hw.ixgbe.RxDescriptor;

/** Which receive queue a frame goes to, and its hash: EtherType filters, 7.1.2.3, and receive side scaling, 7.1.2.8. Under the engine's lock. */
final class IxgbeSteering {
    private static final int ENABLE = 1 << 31;
    private static final int QUEUE_SHIFT = 16;

    private final IxgbeRegisterFile file;
    private Toeplitz toeplitz;
    private int queue;
    private int hash;
    private int rssType;
    private int packetType;

    IxgbeSteering(IxgbeRegisterFile file) {
        this.file = file;
    }

    /** The key was written. */
    void keyChanged() {
        toeplitz = null;
    }

    int queue() {
        return queue;
    }

    int hash() {
        return hash;
    }

    int rssType() {
        return rssType;
    }

    /** Packet type as in a descriptor. */
    int packetType() {
        return packetType;
    }

    void steer(MemorySegment frame, PacketHeaders h) {
        queue = 0;
        hash = 0;
        rssType = RxDescriptor.RSS_NONE;
        packetType = headers(h);
        for (int i = 0; i < Reg.ETQF.count(); i++) {
            int filter = file.get(Reg.ETQF, i);
            if ((filter & ENABLE) != 0 && (filter & 0xffff) == h.etherType) {
                packetType = RxDescriptor.TYPE_ETQF | i;
                int select = file.get(Reg.ETQS, i);
                if ((select & ENABLE) != 0) {
                    queue = select >>> QUEUE_SHIFT & 0x7f;
                    return;
                }
            }
        }
        if ((file.get(Reg.MRQC) & Mrqc.MRQE) == Mrqc.MRQE_RSS) {
            scale(frame, h);
        }
    }

    private static int headers(PacketHeaders h) {
        int type = 0;
        if (h.version == 4) {
            type = h.optioned ? RxDescriptor.TYPE_IPV4_OPTIONS : RxDescriptor.TYPE_IPV4;
        } else if (h.version == 6) {
            type = h.optioned ? RxDescriptor.TYPE_IPV6_EXTENSIONS : RxDescriptor.TYPE_IPV6;
        }
        return type | switch (h.l4) {
            case PacketHeaders.TCP -> RxDescriptor.TYPE_TCP;
            case PacketHeaders.UDP -> RxDescriptor.TYPE_UDP;
            case PacketHeaders.SCTP -> RxDescriptor.TYPE_SCTP;
            default -> 0;
        };
    }

    private void scale(MemorySegment frame, PacketHeaders h) {
        int fields = file.get(Reg.MRQC);
        boolean four = h.version == 4;
        boolean ports = false;
        if (h.version == 0) {
            return;
        }
        if (h.l4 == PacketHeaders.TCP && (fields & (four ? Mrqc.IPV4_TCP : Mrqc.IPV6_TCP)) != 0) {
            rssType = four ? RxDescriptor.RSS_IPV4_TCP : RxDescriptor.RSS_IPV6_TCP;
            ports = true;
        } else if (h.l4 == PacketHeaders.UDP && (fields & (four ? Mrqc.IPV4_UDP : Mrqc.IPV6_UDP)) != 0) {
            rssType = four ? RxDescriptor.RSS_IPV4_UDP : RxDescriptor.RSS_IPV6_UDP;
            ports = true;
        } else if ((fields & (four ? Mrqc.IPV4 : Mrqc.IPV6)) != 0) {
            rssType = four ? RxDescriptor.RSS_IPV4 : RxDescriptor.RSS_IPV6;
        } else {
            return;
        }
        int addresses = four ? 8 : 32;
        add(frame, h.ip + (four ? 12 : 8), 0, addresses);
        if (ports) {
            add(frame, h.transportAt(), addresses, 4);
        }
        // RETA: 128 entries of 4 bits, four in a register. 8.2.3.7.
        int entry = hash & 0x7f;
        queue = file.get(Reg.RETA, entry >>> 2) >>> 8 * (entry & 3) & 0xf;
    }

    private void add(MemorySegment frame, int at, int place, int length) {
        Toeplitz t = table();
        for (int i = 0; i < length; i++) {
            hash ^= t.of(place + i, PacketHeaders.u8(frame, at + i));
        }
    }

    private Toeplitz table() {
        if (toeplitz == null) {
            byte[] key = new byte[Toeplitz.KEY];
            for (int i = 0; i < key.length; i++) {
                key[i] = (byte) (file.get(Reg.RSSRK, i >>> 2) >>> 8 * (i & 3));
            }
            toeplitz = new Toeplitz(key);
        }
        return toeplitz;
    }
}
