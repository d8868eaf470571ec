package net.app.core;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import net.api.DevError;
import net.api.DevException;
import net.api.NetDriverOps;
import net.api.host.Processors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts threads on the processors that their options name, and says when memory is far from there. */
public final class Placement {
    /** No thread is pinned. */
    static final Placement NONE = new Placement(Optional::empty);
    private static final Logger LOG = LoggerFactory.getLogger(Placement.class);

    private final Supplier<Optional<Processors>> processors;

    /** @param processors who can pin, if anybody can */
    public Placement(Supplier<Optional<Processors>> processors) {
        this.processors = processors;
    }

    /**
     * Pins the calling thread.
     *
     * @throws DevException UNSUPPORTED if nobody can; INVALID_PARAM if there is no such processor
     */
    void place(App app) {
        if (app.processor() != AppOptions.ANY) {
            processors.get().orElseThrow(() -> new DevException(DevError.UNSUPPORTED, "processor " + app.processor()
                    + " is wanted, and nothing here can pin threads: install net.linux")).pin(app.processor());
        }
    }

    /** Warns of cards whose buffers are on another NUMA node than the thread. */
    void look(App app, List<NetDriverOps> cards) {
        if (app.processor() == AppOptions.ANY) {
            return;
        }
        int here = processors.get().map(p -> p.node(app.processor())).orElse(-1);
        for (NetDriverOps card : cards) {
            int there = card.pool().node();
            if (here >= 0 && there >= 0 && here != there) {
                LOG.warn("{}: processor {} is on NUMA node {}, and the buffers of {} are on node {}: choose another processor, or a pool of node {}", app,
                        app.processor(), here, card.deviceName(), there, here);
            }
        }
    }
}
