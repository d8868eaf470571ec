package net.driver.ixgbe;

import java.lang.foreign.MemorySegment;
import java.util.Set;
import net.api.RxInfo;
import net.api.RxInfo.Checksum;
import net.api.driver.RxOffload;
import net.hw.ixgbe.RxDescriptor;

/** Turns what a written-back descriptor says of a frame into {@link RxInfo}: 7.1.6.2. */
final class RxFinder {
    private final boolean hash;
    private final boolean sums;
    private final boolean vlan;

    /** @param wanted not empty */
    RxFinder(Set<RxOffload> wanted) {
        hash = wanted.contains(RxOffload.RSS_HASH);
        sums = wanted.contains(RxOffload.CHECKSUM);
        vlan = wanted.contains(RxOffload.VLAN_STRIP);
    }

    /** What the descriptor says, which is the last of its frame and done. */
    long find(MemorySegment memory, long at) {
        long word1 = RxDescriptor.word1Acquire(memory, at);
        long word0 = RxDescriptor.word0(memory, at);
        int status = RxDescriptor.status(word1);
        int errors = RxDescriptor.errors(word1);
        long info = 0;
        if (hash && RxDescriptor.rssType(word0) != RxDescriptor.RSS_NONE) {
            info = RxInfo.withHash(info, RxDescriptor.rssHash(word0));
        }
        if (sums && (status & RxDescriptor.IPCS) != 0) {
            info = RxInfo.withIp(info, (errors & RxDescriptor.IPE) != 0 ? Checksum.BAD : Checksum.GOOD);
        }
        if (sums && (status & RxDescriptor.L4CS) != 0) {
            info = RxInfo.withL4(info, (errors & RxDescriptor.TCPE) != 0 ? Checksum.BAD : Checksum.GOOD);
        }
        if (vlan && (status & RxDescriptor.VP) != 0) {
            info = RxInfo.withVlan(info, RxDescriptor.vlan(word1));
        }
        return info;
    }
}
