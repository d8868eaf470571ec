package net.linux.device;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The kernel's pools of huge pages: Documentation/admin-guide/mm/hugetlbpage.rst. */
public final class HugePages {
    private static final String PREFIX = "hugepages-";
    private static final String SUFFIX = "kB";

    private final Path sysfs;

    /** @param sysfs where sysfs is mounted */
    public HugePages(Path sysfs) {
        this.sysfs = sysfs;
    }

    /**
     * One pool.
     *
     * @param bytes size of a page
     * @param total pages in it
     * @param free pages that nobody has
     */
    public record Pool(long bytes, int total, int free) {
        /** {@code 2 MiB pages: 8 of 16 free}. */
        @Override
        public String toString() {
            return "%d MiB pages: %d of %d free".formatted(bytes >> 20, free, total);
        }
    }

    /**
     * The pools, largest pages first.
     *
     * @param node NUMA node, -1 for the whole machine
     */
    public List<Pool> pools(int node) {
        Path directory = sysfs.resolve(node < 0 ? "kernel/mm/hugepages" : "devices/system/node/node" + node + "/hugepages");
        return Sysfs.names(directory).stream().flatMap(name -> pool(directory, name)).sorted((a, b) -> Long.compare(b.bytes(), a.bytes())).toList();
    }

    private static Stream<Pool> pool(Path directory, String name) {
        if (!name.startsWith(PREFIX) || !name.endsWith(SUFFIX)) {
            return Stream.empty();
        }
        int kib = Sysfs.number(name.substring(PREFIX.length(), name.length() - SUFFIX.length())).orElse(0);
        Path pool = directory.resolve(name);
        return kib == 0 ? Stream.empty() : Stream.of(new Pool((long) kib << 10, Sysfs.number(pool.resolve("nr_hugepages")).orElse(0),
                Sysfs.number(pool.resolve("free_hugepages")).orElse(0)));
    }

    /** What there is, for messages. */
    public String describe(int node) {
        List<Pool> pools = pools(node);
        return pools.isEmpty() ? "this kernel has no huge pages" : pools.stream().map(Pool::toString).collect(Collectors.joining(", "));
    }

    /** What reserves so many bytes more, in pages of this size. */
    public String command(long page, long bytes) {
        int total = pools(-1).stream().filter(p -> p.bytes() == page).mapToInt(Pool::total).findFirst().orElse(0);
        return "echo %d > /sys/kernel/mm/hugepages/%s%d%s/nr_hugepages".formatted(total + (bytes + page - 1) / page, PREFIX, page >> 10, SUFFIX);
    }
}
