package net.linux;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.linux.device.HostMemory;
import net.linux.device.HugePages;
import net.linux.device.IovaSpace;
import net.linux.device.Memory;
import net.linux.device.Sysfs;
import net.linux.doctor.AccessFindings;
import net.linux.doctor.VfioFindings;
import net.linux.vfio.Memlock;
import net.linux.vfio.VfioHost;

/** Devices that VFIO has: behind an IOMMU, that lets them reach the memory here and no other. */
final class VfioAccess implements Access {
    /** Where x86 has its interrupt messages. Intel SDM 3A, 12.11.1. */
    private static final long MESSAGES = 0xfee0_0000L;
    private static final long MESSAGES_LAST = 0xfeef_ffffL;
    private static final Pattern RESERVED = Pattern.compile("0x(\\p{XDigit}{1,16}) 0x(\\p{XDigit}{1,16}) .*");

    private static final String NOT_EVERYWHERE = "; for a device that the kernel cannot reset: modprobe vfio-platform reset_required=0; on a machine without IOMMU"
            + " for it, or a kernel without vfio-platform, access = \"unsafe-sysfs\" of net.linux is all there is";

    private final Machine machine;
    private final VfioHost vfio;
    private final Memory memory;

    VfioAccess(Machine machine) {
        this.machine = machine;
        vfio = new VfioHost(machine.fds(), machine.mappings(), machine.dev(), machine.sysfs(), addresses(machine.sysfs()));
        memory = new HostMemory(machine.mappings(), new HugePages(machine.sysfs()), vfio);
    }

    private static IovaSpace addresses(Path sysfs) {
        IovaSpace addresses = new IovaSpace();
        addresses.reserve(MESSAGES, MESSAGES_LAST);
        Path groups = sysfs.resolve("kernel/iommu_groups");
        for (String group : Sysfs.names(groups)) {
            Sysfs.text(groups.resolve(group).resolve("reserved_regions")).ifPresent(t -> t.lines().forEach(line -> {
                Matcher m = RESERVED.matcher(line);
                if (m.matches()) {
                    addresses.reserve(Long.parseUnsignedLong(m.group(1), 16), Long.parseUnsignedLong(m.group(2), 16));
                }
            }));
        }
        return addresses;
    }

    @Override
    public Way pci() {
        return new Way("vfio-pci", "", vfio::open);
    }

    @Override
    public Way platform() {
        return new Way("vfio-platform", NOT_EVERYWHERE, vfio::open);
    }

    @Override
    public Memory memory() {
        return memory;
    }

    @Override
    public AccessFindings findings() {
        return new VfioFindings(machine.sysfs(), machine.dev(), Memlock.now());
    }

    @Override
    public void close() {
        vfio.close();
    }
}
