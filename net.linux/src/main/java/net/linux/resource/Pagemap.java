package net.linux.resource;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import net.api.DevError;
import net.api.DevException;

/** {@code /proc/self/pagemap}: 8 bytes for each page. Documentation/admin-guide/mm/pagemap.rst of the kernel. */
public final class Pagemap implements Frames {
    private static final int PAGE_SHIFT = 12;
    private static final int ENTRY = Long.BYTES;
    /** Bit 63: the page is in memory. Bits 0 to 54: its frame, 0 for those who may not know. */
    private static final long PRESENT = 1L << 63;
    private static final long FRAME = (1L << 55) - 1;

    private final Path file;

    /** @param file of this process */
    public Pagemap(Path file) {
        this.file = file;
    }

    @Override
    public long physical(long address) {
        long entry;
        try (RandomAccessFile map = new RandomAccessFile(file.toFile(), "r")) {
            map.seek((address >>> PAGE_SHIFT) * ENTRY);
            entry = Long.reverseBytes(map.readLong());
        } catch (IOException e) {
            throw new DevException(DevError.UNSUPPORTED, file + " does not tell where memory is: " + e, e);
        }
        if ((entry & PRESENT) == 0) {
            throw new DevException(DevError.IO, "the page at 0x%x is not in memory".formatted(address));
        }
        if ((entry & FRAME) == 0) {
            throw new DevException(DevError.UNSUPPORTED, "the kernel does not tell this process where its memory is: without VFIO devices are driven by root"
                    + " only (CAP_SYS_ADMIN)");
        }
        return (entry & FRAME) << PAGE_SHIFT | address & (1 << PAGE_SHIFT) - 1;
    }
}
