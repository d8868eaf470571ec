package net.linux.resource;

import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.StringJoiner;
import net.api.DevError;
import net.api.DevException;
import net.api.device.DmaMemory;
import net.api.host.DmaRequest;
import net.linux.device.HugePages;
import net.linux.device.Memory;
import net.linux.device.Piece;
import net.linux.device.Placement.Placed;
import net.linux.resource.HugeFiles.Mount;
import net.linux.sys.SystemCallException;

/**
 * Memory for devices that see the machine's own addresses: huge pages only, because the kernel moves smaller ones about, locked or not. What is smaller than
 * half of one shares it with others.
 */
public final class PhysicalMemory implements Memory {
    /** Attempts to have pages below 4 GiB, or side by side: the kernel does not take such a wish. */
    private static final int TRIES = 64;
    private static final long SMALLEST = 4096;

    private final HugeFiles files;
    private final Frames frames;
    private final HugePages pools;
    private final List<HugeRun> runs = new ArrayList<>();

    /** @param frames tells where pages are */
    public PhysicalMemory(HugeFiles files, Pagemap frames, HugePages pools) {
        this(files, (Frames) frames, pools);
    }

    PhysicalMemory(HugeFiles files, Frames frames, HugePages pools) {
        this.files = files;
        this.frames = frames;
        this.pools = pools;
    }

    @Override
    public synchronized DmaMemory allocate(DmaRequest request) {
        List<Mount> mounts = files.mounts();
        if (mounts.isEmpty()) {
            throw new DevException(DevError.NO_MEMORY, "%d bytes for %s: no hugetlbfs is mounted where %s may write: mkdir -p /dev/hugepages && mount -t"
                    .formatted(request.bytes(), request.purpose(), System.getProperty("user.name")) + " hugetlbfs none /dev/hugepages");
        }
        StringJoiner missed = new StringJoiner("; ");
        for (Mount m : mounts) {
            if (request.bytes() >= m.page() / 2 || m.equals(mounts.getLast())) {
                try {
                    return allocate(request, m);
                } catch (SystemCallException | UncheckedIOException | Unfit e) {
                    missed.add(e.getMessage());
                }
            }
        }
        throw new DevException(DevError.NO_MEMORY, "%d bytes for %s: no huge pages for it (%s): %s. For more: %s".formatted(request.bytes(), request.purpose(),
                pools.describe(request.node()), missed, pools.command(mounts.getLast().page(), request.bytes())));
    }

    @Override
    public DmaMemory map(String purpose, MemorySegment memory) {
        throw new DevException(DevError.UNSUPPORTED, ("memory of others, as %s wants, cannot be shown to devices without VFIO: the kernel may move its pages;"
                + " copy packets into the host's buffers").formatted(purpose));
    }

    private DmaMemory allocate(DmaRequest request, Mount mount) {
        boolean shares = request.bytes() < mount.page() / 2;
        long size = roundUp(request.bytes(), shares ? SMALLEST : mount.page());
        if (shares) {
            for (HugeRun r : runs) {
                OptionalLong offset = r.page() == mount.page() ? r.take(request, size) : OptionalLong.empty();
                if (offset.isPresent()) {
                    return piece(r, offset.getAsLong(), size, request.node());
                }
            }
        }
        List<HugeRun> unfit = new ArrayList<>();
        try {
            while (unfit.size() < TRIES) {
                HugeRun r = run(mount, roundUp(size, mount.page()), request.node());
                OptionalLong offset = r.take(request, size);
                if (offset.isPresent()) {
                    runs.add(r);
                    return piece(r, offset.getAsLong(), size, request.node());
                }
                unfit.add(r);
            }
        } catch (SystemCallException e) {
            if (unfit.isEmpty()) {
                throw e;
            }
        } finally {
            unfit.forEach(HugeRun::close);
        }
        throw new Unfit(request.alignment() > mount.page() ? "they are not aligned to " + request.alignment()
                : "none of the %d MiB pages that were tried %s: those that are reserved at boot (hugepages=N on the kernel's command line) lie low and side by side"
                        .formatted(mount.page() >> 20, request.below4GiB() ? "lies below 4 GiB" : "lies beside another"));
    }

    /** Huge pages were free, but not where they were wanted. */
    private static final class Unfit extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unfit(String why) {
            super(why);
        }
    }

    private HugeRun run(Mount mount, long size, int node) {
        HugeFiles.HugeFile file = files.make(mount, size, node);
        try {
            return new HugeRun(file, mount.page(), node, frames);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** A late access to a piece that was closed is an exception, although the page is still there: each has an arena of its own. */
    private DmaMemory piece(HugeRun run, long offset, long size, int node) {
        Arena arena = Arena.ofShared();
        MemorySegment memory = MemorySegment.ofAddress(run.memory().address() + offset).reinterpret(size, arena, s -> free(run, offset));
        memory.fill((byte) 0);
        boolean onePiece = size <= run.page() || run.isContiguous();
        return new Piece(memory, arena, new Placed() {
            @Override
            public long pageSize() {
                return onePiece ? Placed.ofOnePiece(size) : run.page();
            }

            @Override
            public long iova(long at) {
                return run.physical(offset + at);
            }

            @Override
            public void remove() {
                // Nothing hides it from devices.
            }
        }, node);
    }

    private synchronized void free(HugeRun run, long offset) {
        if (run.give(offset)) {
            runs.remove(run);
            run.close();
        }
    }

    /** Why no device may go on, in a sentence; "" if all memory is where devices were told. */
    public synchronized String moved() {
        return runs.stream().map(r -> r.moved(frames)).filter(t -> !t.isEmpty()).findFirst().orElse("");
    }

    private static long roundUp(long value, long to) {
        return (value + to - 1) / to * to;
    }
}
