package net.linux.vfio;

import static java.lang.foreign.MemoryLayout.structLayout;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/** The structures of the requests, with the kernel's field names. Each begins with its own size. */
final class Structs {
    static final StructLayout GROUP_STATUS = structLayout(JAVA_INT.withName("argsz"), JAVA_INT.withName("flags"));
    static final StructLayout DEVICE_INFO = structLayout(JAVA_INT.withName("argsz"), JAVA_INT.withName("flags"), JAVA_INT.withName("num_regions"),
            JAVA_INT.withName("num_irqs"), JAVA_INT.withName("cap_offset"), JAVA_INT.withName("pad"));
    static final StructLayout REGION_INFO = structLayout(JAVA_INT.withName("argsz"), JAVA_INT.withName("flags"), JAVA_INT.withName("index"),
            JAVA_INT.withName("cap_offset"), JAVA_LONG.withName("size"), JAVA_LONG.withName("offset"));
    static final StructLayout IRQ_INFO = structLayout(JAVA_INT.withName("argsz"), JAVA_INT.withName("flags"), JAVA_INT.withName("index"),
            JAVA_INT.withName("count"));
    /** Followed by {@code count} descriptors. */
    static final StructLayout IRQ_SET = structLayout(JAVA_INT.withName("argsz"), JAVA_INT.withName("flags"), JAVA_INT.withName("index"),
            JAVA_INT.withName("start"), JAVA_INT.withName("count"));
    static final StructLayout IOMMU_INFO = structLayout(JAVA_INT.withName("argsz"), JAVA_INT.withName("flags"), JAVA_LONG.withName("iova_pgsizes"),
            JAVA_INT.withName("cap_offset"), JAVA_INT.withName("pad"));
    static final StructLayout DMA_MAP = structLayout(JAVA_INT.withName("argsz"), JAVA_INT.withName("flags"), JAVA_LONG.withName("vaddr"),
            JAVA_LONG.withName("iova"), JAVA_LONG.withName("size"));
    static final StructLayout DMA_UNMAP = structLayout(JAVA_INT.withName("argsz"), JAVA_INT.withName("flags"), JAVA_LONG.withName("iova"),
            JAVA_LONG.withName("size"));
    static final StructLayout BIND_IOMMUFD = structLayout(JAVA_INT.withName("argsz"), JAVA_INT.withName("flags"), JAVA_INT.withName("iommufd"),
            JAVA_INT.withName("out_devid"));
    static final StructLayout ATTACH_PT = structLayout(JAVA_INT.withName("argsz"), JAVA_INT.withName("flags"), JAVA_INT.withName("pt_id"));
    static final StructLayout IOAS_ALLOC = structLayout(JAVA_INT.withName("size"), JAVA_INT.withName("flags"), JAVA_INT.withName("out_ioas_id"));
    static final StructLayout IOAS_MAP = structLayout(JAVA_INT.withName("argsz"), JAVA_INT.withName("flags"), JAVA_INT.withName("ioas_id"),
            JAVA_INT.withName("reserved"), JAVA_LONG.withName("user_va"), JAVA_LONG.withName("length"), JAVA_LONG.withName("iova"));
    static final StructLayout IOAS_UNMAP = structLayout(JAVA_INT.withName("argsz"), JAVA_INT.withName("ioas_id"), JAVA_LONG.withName("iova"),
            JAVA_LONG.withName("length"));

    private Structs() {
    }

    /** A zeroed structure that has its size in it. */
    static MemorySegment of(StructLayout layout, Arena arena) {
        return of(layout, 0, arena);
    }

    /** A zeroed structure with room behind it, that has the size of both in it. */
    static MemorySegment of(StructLayout layout, long more, Arena arena) {
        MemorySegment struct = arena.allocate(layout.byteSize() + more, layout.byteAlignment());
        struct.set(JAVA_INT, 0, (int) struct.byteSize());
        return struct;
    }

    static int getInt(MemorySegment struct, StructLayout layout, String field) {
        return struct.get(JAVA_INT, layout.byteOffset(PathElement.groupElement(field)));
    }

    static long getLong(MemorySegment struct, StructLayout layout, String field) {
        return struct.get(JAVA_LONG, layout.byteOffset(PathElement.groupElement(field)));
    }

    static void set(MemorySegment struct, StructLayout layout, String field, int value) {
        struct.set(JAVA_INT, layout.byteOffset(PathElement.groupElement(field)), value);
    }

    static void set(MemorySegment struct, StructLayout layout, String field, long value) {
        struct.set(JAVA_LONG, layout.byteOffset(PathElement.groupElement(field)), value);
    }
}
