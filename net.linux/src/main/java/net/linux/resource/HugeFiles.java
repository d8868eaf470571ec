package net.linux.resource;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import net.linux.device.ProcessId;
import net.linux.device.Sysfs;
import net.linux.sys.Descriptors;
import net.linux.sys.Mappings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Memory in files of hugetlbfs: Documentation/admin-guide/mm/hugetlbpage.rst. Huge pages are never swapped. A file outlives its process when that is killed,
 * so the kernel gives its pages to nobody while a device may still write to them.
 */
public final class HugeFiles {
    private static final Logger LOG = LoggerFactory.getLogger(HugeFiles.class);
    private static final String FILE = "hotnic-%s.%d";
    private static final Pattern LEFT = Pattern.compile("hotnic-([0-9]+-[0-9]+)\\.[0-9]+");
    /** hugetlbfs_show_options of the kernel: {@code pagesize=2M}, in K, M or G. */
    private static final Pattern PAGE_SIZE = Pattern.compile("(?:.*,)?pagesize=([0-9]{1,9})([KMG])(?:,.*)?");

    private final Descriptors fds;
    private final Mappings mappings;
    private final Path proc;
    private final AtomicInteger number = new AtomicInteger();

    /** @param proc where procfs is mounted */
    public HugeFiles(Descriptors fds, Mappings mappings, Path proc) {
        this.fds = fds;
        this.mappings = mappings;
        this.proc = proc;
    }

    /**
     * A place for files.
     *
     * @param directory where it is mounted
     * @param page bytes of its pages
     */
    public record Mount(Path directory, long page) {
    }

    /** The places that this user may write to, largest pages first. */
    public List<Mount> mounts() {
        return mounts(proc).stream().filter(m -> Files.isWritable(m.directory())).toList();
    }

    /** All places. */
    public static List<Mount> mounts(Path proc) {
        List<Mount> mounts = new ArrayList<>();
        try (Stream<String> lines = Files.lines(proc.resolve("self/mounts"))) {
            lines.map(l -> l.split(" ")).filter(f -> f.length >= 4 && f[2].equals("hugetlbfs")).forEach(f -> {
                Matcher size = PAGE_SIZE.matcher(f[3]);
                if (size.matches()) {
                    // Spaces and the like are octal: proc_pid_mounts(5), getmntent(3).
                    mounts.add(new Mount(Path.of(f[1].replace("\\040", " ")), Long.parseLong(size.group(1)) << "KMG".indexOf(size.group(2)) * 10 + 10));
                }
            });
        } catch (IOException | UncheckedIOException e) {
            return List.of();
        }
        mounts.sort(Comparator.comparingLong(Mount::page).reversed());
        return mounts;
    }

    /** A file in memory. */
    final class HugeFile {
        private final Path path;
        private final Arena arena = Arena.ofShared();
        private final MemorySegment memory;

        private HugeFile(Path path, long size, int node) {
            this.path = path;
            try {
                memory = map(size, node);
            } catch (RuntimeException e) {
                close();
                throw e;
            }
        }

        private MemorySegment map(long size, int node) {
            int fd = fds.open(path.toString());
            try {
                MemorySegment mapped = mappings.map(fd, 0, size, arena);
                if (node >= 0) {
                    mappings.bind(mapped, node);
                }
                mappings.lock(mapped);
                return mapped;
            } finally {
                fds.close(fd);
            }
        }

        MemorySegment memory() {
            return memory;
        }

        /** Its pages are free again. */
        void close() {
            arena.close();
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                LOG.warn("{} keeps its huge pages: {}; by hand: rm {}", path, e, path);
            }
        }
    }

    /**
     * Takes huge pages, all of them at once.
     *
     * @param size a multiple of the page
     * @param node NUMA node, -1 for any
     * @throws net.linux.sys.SystemCallException if they are not free
     * @throws UncheckedIOException if there can be no file
     */
    HugeFile make(Mount mount, long size, int node) {
        for (;;) {
            Path path = mount.directory().resolve(FILE.formatted(ProcessId.OWN, number.getAndIncrement()));
            try {
                Files.createFile(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
                    file.setLength(size);
                } catch (IOException e) {
                    Files.deleteIfExists(path);
                    throw e;
                }
                return new HugeFile(path, size, node);
            } catch (FileAlreadyExistsException e) {
                // Of another host in this process: the next number.
            } catch (IOException e) {
                throw new UncheckedIOException("no file for huge pages in " + mount.directory() + ": " + e, e);
            }
        }
    }

    /** The files of processes that were killed. */
    public static List<Path> left(Path proc) {
        return mounts(proc).stream().flatMap(m -> Sysfs.names(m.directory()).stream().filter(n -> !process(n).isEmpty() && !ProcessId.mayRun(process(n)))
                .map(m.directory()::resolve)).toList();
    }

    private static String process(String fileName) {
        Matcher m = LEFT.matcher(fileName);
        return m.matches() ? m.group(1) : "";
    }

    /** Removes files of processes that were killed. @param keep those whose devices may still write to them, by {@link ProcessId} */
    public void removeLeft(Predicate<String> keep) {
        for (Path path : left(proc)) {
            if (!keep.test(process(path.getFileName().toString()))) {
                try {
                    Files.deleteIfExists(path);
                    LOG.info("{}, memory of a process that was killed, is free again: its devices are at rest", path);
                } catch (IOException e) {
                    LOG.warn("{}, memory of a process that was killed, could not be removed: {}", path, e.toString());
                }
            }
        }
    }
}
