package net.bench.swap;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a process holds.
 *
 * @param descriptors open files
 * @param mappings pieces of its address space
 * @param threads of the virtual machine
 * @param classes that are loaded
 * @param heap bytes in use after a collection
 */
record Footprint(long descriptors, long mappings, long threads, long classes, long heap) {
    private static final int COLLECTIONS = 3;

    static Footprint now() {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
        }
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd")); Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
            return new Footprint(files.count(), maps.count(), ManagementFactory.getThreadMXBean().getThreadCount(),
                    ManagementFactory.getClassLoadingMXBean().getLoadedClassCount(), left());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the collection has left. What is in use now is more: each thread that allocates anything after it holds megabytes in reserve. */
    private static long left() {
        return ManagementFactory.getMemoryPoolMXBeans().stream().filter(p -> p.getType() == MemoryType.HEAP && p.getCollectionUsage() != null)
                .mapToLong(p -> p.getCollectionUsage().getUsed()).sum();
    }

    Footprint minus(Footprint before) {
        return new Footprint(descriptors - before.descriptors, mappings - before.mappings, threads - before.threads, classes - before.classes,
                heap - before.heap);
    }
}
