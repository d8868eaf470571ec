package net.pool.internal;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import net.api.DevError;
import net.api.DevException;
import net.api.NetBufPool;
import net.pool.BufferPool;
import net.pool.Leak;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** The command {@code net:leaks} of the shell. */
@Component(service = LeakCommand.class, property = {"osgi.command.scope=net", "osgi.command.function=leaks"})
public final class LeakCommand {
    private final Set<BufferPool> pools = ConcurrentHashMap.newKeySet();

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindPool(NetBufPool pool) {
        if (pool instanceof BufferPool own) {
            pools.add(own);
        }
    }

    void unbindPool(NetBufPool pool) {
        pools.removeIf(p -> p == pool);
    }

    /** As {@link #leaks(long)} with 10 s. */
    @Descriptor("lists the followed buffers that applications have held for 10 seconds or more, with where they were taken and touched last")
    public List<Leak> leaks() {
        return leaks(BufferPool.LONG.toSeconds());
    }

    /** Lists buffers that are held for long. */
    @Descriptor("lists the followed buffers that applications have held for so long, with where they were taken and touched last")
    public List<Leak> leaks(@Descriptor("seconds, 0 or more") long seconds) {
        if (seconds < 0) {
            throw new DevException(DevError.INVALID_PARAM, "seconds is " + seconds + "; give 0 or more");
        }
        return pools.stream().sorted(Comparator.comparing(BufferPool::host).thenComparing(BufferPool::name))
                .flatMap(p -> p.leaks(Duration.ofSeconds(seconds)).stream()).toList();
    }
}
