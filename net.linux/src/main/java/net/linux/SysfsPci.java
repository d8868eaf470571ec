package net.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.api.device.PciAddress;
import net.api.device.PciBar;
import net.api.host.PciAccess.Root;
import net.linux.device.Sysfs;

/**
 * What the kernel tells of the machine's PCI functions: files are opened for reading, nothing else. Without root it gives the first 64 bytes of
 * configuration space; the rest reads as all ones.
 */
final class SysfsPci {
    /** Segments above ffff, as of Intel's Volume Management Device, have no {@link PciAddress}. */
    static final Pattern FUNCTION = Pattern.compile("\\p{XDigit}{4}:\\p{XDigit}{2}:[01]\\p{XDigit}\\.[0-7]");
    private static final Pattern RESOURCE = Pattern.compile("0x(\\p{XDigit}{1,16}) 0x(\\p{XDigit}{1,16}) 0x(\\p{XDigit}{1,16})");
    private static final int BARS = 6;
    private static final int CONFIG_SPACE = 4096;
    /** PCI Local Bus 3.0, 6.1 and PCI-to-PCI Bridge 1.2, 3.2. */
    private static final int HEADER_TYPE = 0x0e;
    private static final int MULTI_FUNCTION = 0x80;
    private static final int BRIDGE = 1;
    private static final int SECONDARY_BUS = 0x19;
    private static final int SUBORDINATE_BUS = 0x1a;

    private final Path devices;

    SysfsPci(Path sysfs) {
        devices = sysfs.resolve("bus/pci/devices");
    }

    /** The functions that are there now, in order. */
    List<PciAddress> functions() {
        return Sysfs.names(devices).stream().filter(n -> FUNCTION.matcher(n).matches()).map(PciAddress::parse).sorted().toList();
    }

    /** The function's directory. */
    Path directory(PciAddress function) {
        return devices.resolve(function.toString());
    }

    /** A root is a bus that no bridge leads to; so is the bus that holds the far virtual functions of a card (SR-IOV 1.1, 2.1.2). */
    List<Root> roots() {
        Map<Integer, TreeSet<Integer>> found = new TreeMap<>();
        Map<Integer, TreeSet<Integer>> behindBridges = new TreeMap<>();
        Map<Integer, Map<Integer, Integer>> last = new TreeMap<>();
        for (PciAddress f : functions()) {
            found.computeIfAbsent(f.segment(), s -> new TreeSet<>()).add(f.bus());
            int secondary = read(f, SECONDARY_BUS, 1);
            int subordinate = read(f, SUBORDINATE_BUS, 1);
            if ((read(f, HEADER_TYPE, 1) & ~MULTI_FUNCTION) == BRIDGE && f.bus() < secondary && secondary <= subordinate) {
                behindBridges.computeIfAbsent(f.segment(), s -> new TreeSet<>()).add(secondary);
                last.computeIfAbsent(f.segment(), s -> new TreeMap<>()).merge(f.bus(), subordinate, Math::max);
            }
        }
        List<Root> roots = new ArrayList<>();
        found.forEach((segment, buses) -> {
            buses.removeAll(behindBridges.getOrDefault(segment, new TreeSet<>()));
            buses.forEach(bus -> roots.add(new Root(segment, bus, last.getOrDefault(segment, Map.of()).getOrDefault(bus, bus))));
        });
        return roots;
    }

    /**
     * The BARs, where the kernel has put them: a line for each with first and last address and flags. linux/ioport.h: IORESOURCE_IO, _MEM, _PREFETCH and
     * _MEM_64.
     */
    List<PciBar> bars(PciAddress function) {
        List<String> lines = Sysfs.text(directory(function).resolve("resource")).map(t -> t.lines().limit(BARS).toList()).orElse(List.of());
        List<PciBar> bars = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            Matcher line = RESOURCE.matcher(lines.get(i));
            if (line.matches()) {
                long start = Long.parseUnsignedLong(line.group(1), 16);
                long size = Long.parseUnsignedLong(line.group(2), 16) - start + 1;
                long flags = Long.parseUnsignedLong(line.group(3), 16);
                PciBar.Type type = (flags & 0x100) != 0 ? PciBar.Type.IO : (flags & 0x100000) != 0 ? PciBar.Type.MEMORY_64 : PciBar.Type.MEMORY_32;
                if ((flags & 0x300) != 0 && size > 1) {
                    bars.add(new PciBar(i, type, (flags & 0x2000) != 0, start, size));
                }
            }
        }
        return bars;
    }

    /** See {@link net.api.host.PciAccess#read}. */
    int read(PciAddress function, int offset, int width) {
        Objects.checkFromIndexSize(offset, width, CONFIG_SPACE);
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).limit(width);
        try (FileChannel config = FileChannel.open(directory(function).resolve("config"), StandardOpenOption.READ)) {
            if (config.read(bytes, offset) < width) {
                return allOnes(width);
            }
        } catch (IOException e) {
            return allOnes(width);
        }
        bytes.limit(Integer.BYTES);
        return completed(function, offset, width, bytes.getInt(0));
    }

    /** Adds what the kernel knows and configuration space does not tell, so that a walk of it finds every function. */
    private int completed(PciAddress function, int offset, int width, int value) {
        if (offset < Integer.BYTES && value == allOnes(width) && Files.exists(directory(function).resolve("physfn"))) {
            // Vendor and device id of a virtual function read as all ones (SR-IOV 1.1, 3.4.1.1 and 3.4.1.2).
            OptionalInt vendor = Sysfs.number(directory(function).resolve("vendor"));
            OptionalInt device = Sysfs.number(directory(function).resolve("device"));
            if (vendor.isPresent() && device.isPresent()) {
                return (device.getAsInt() << 16 | vendor.getAsInt() & 0xffff) >> offset * 8 & allOnes(width);
            }
        }
        boolean coversHeaderType = offset <= HEADER_TYPE && HEADER_TYPE < offset + width;
        if (coversHeaderType && function.function() == 0 && hasSiblings(function)) {
            // Clear in virtual functions, even where there are several in a device.
            return value | MULTI_FUNCTION << (HEADER_TYPE - offset) * 8;
        }
        return value;
    }

    private boolean hasSiblings(PciAddress function) {
        for (int f = 1; f < 8; f++) {
            if (Files.exists(directory(function.withFunction(f)))) {
                return true;
            }
        }
        return false;
    }

    private static int allOnes(int width) {
        return width == Integer.BYTES ? -1 : (1 << width * 8) - 1;
    }
}
