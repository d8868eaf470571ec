package net.linux.resource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A procfs that tells of hugetlbfs where ordinary directories are: what is made there is memory all the same. */
public final class HugeMounts {
    private HugeMounts() {
    }

    /** Mounts a directory with pages of 2 MiB, among other file systems. */
    public static Path make(Path proc, Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.createDirectories(proc.resolve("self"));
        Files.writeString(proc.resolve("self/mounts"), """
                proc /proc proc rw,nosuid 0 0
                hugetlbfs /nowhere/1G hugetlbfs rw,relatime,pagesize=1024M 0 0
                hugetlbfs %s hugetlbfs rw,relatime,pagesize=2M,size=1G 0 0
                hugetlbfs /nowhere/old hugetlbfs rw 0 0
                """.formatted(directory.toString().replace(" ", "\\040")));
        return directory;
    }
}
