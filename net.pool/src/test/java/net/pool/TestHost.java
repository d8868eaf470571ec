package net.pool;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import net.api.DevError;
import net.api.DevException;
import net.api.device.DmaMemory;
import net.api.host.DeviceHost;
import net.api.host.DmaRequest;
import net.api.host.HostListener;

/** A host that lends a limited amount of memory. */
public final class TestHost implements DeviceHost {
    public final List<TestMemory> lent = new ArrayList<>();
    public final List<DmaRequest> requests = new ArrayList<>();
    private static final long LOW_IOVA = 1 << 20;

    private final String name;
    private final long limit;
    private final long pageSize;
    private final boolean canBeContiguous;

    public TestHost(String name, long limit, long pageSize, boolean canBeContiguous) {
        this.name = name;
        this.limit = limit;
        this.pageSize = pageSize;
        this.canBeContiguous = canBeContiguous;
    }

    public TestHost(String name) {
        this(name, 1L << 30, 4096, true);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public DmaMemory allocateDma(DmaRequest request) {
        requests.add(request);
        request.refuseNode(name);
        if (request.bytes() > limit || request.contiguous() && !canBeContiguous) {
            throw new DevException(DevError.NO_MEMORY, request.purpose() + " wants " + request.bytes() + " bytes, and there are " + limit);
        }
        TestMemory memory = new TestMemory(null, request.bytes(), pageSize, request.contiguous(), request.below4GiB() ? LOW_IOVA : TestMemory.FIRST_IOVA);
        lent.add(memory);
        return memory;
    }

    @Override
    public DmaMemory mapDma(String purpose, MemorySegment memory) {
        TestMemory mapped = new TestMemory(memory, memory.byteSize(), pageSize, false, TestMemory.FIRST_IOVA);
        lent.add(mapped);
        return mapped;
    }

    @Override
    public AutoCloseable subscribe(HostListener listener) {
        return () -> { };
    }

    /** Memory that was lent and not given back. */
    public long open() {
        return lent.stream().filter(m -> !m.isClosed()).count();
    }
}
