package net.pci;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import net.api.DevError;
import net.api.DevException;
import net.api.LinkState;
import net.api.NetBuf;
import net.api.NetBufPool;
import net.api.device.Device;
import net.api.device.DmaMemory;
import net.api.device.Interrupt;
import net.api.device.Mmio;
import net.api.driver.Attachment;
import net.api.driver.DeviceConfig;
import net.api.host.DmaRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Owns what a driver has of a device, and gives it back in the right order: first {@link #silence}, then {@link #free}. */
final class DeviceAttachment implements Attachment {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceAttachment.class);

    /** Who hears of faults and links, from any thread. */
    interface Reports {
        void fault(DeviceAttachment attachment, Fault fault, String reason);

        void link(DeviceAttachment attachment, LinkState link);
    }

    private final ListedDevice device;
    private final DeviceAccess access;
    private final NetBufPool pool;
    private final DeviceConfig config;
    private final Reports reports;
    private final Holdings holdings;
    private final Holdings.Inheritance inheritance;
    private int node;
    private boolean interruptsTaken;
    private final AtomicBoolean reported = new AtomicBoolean();
    private volatile boolean ended;

    DeviceAttachment(ListedDevice device, NetBufPool pool, DeviceConfig config, Reports reports) {
        this.device = device;
        this.access = device.access();
        this.pool = pool;
        this.config = config;
        this.reports = reports;
        this.holdings = new Holdings();
        this.inheritance = Holdings.Inheritance.NONE;
        this.node = device.numaNode();
    }

    private DeviceAttachment(DeviceAttachment before) {
        this.device = before.device;
        this.access = before.access;
        this.pool = before.pool;
        this.config = before.config;
        this.reports = before.reports;
        this.holdings = before.holdings;
        this.inheritance = holdings.leave();
        this.node = before.node;
    }

    /** For a driver that takes the running device over: with all that this one holds. This one gives nothing any more, and reports nothing. */
    DeviceAttachment successor() {
        ended = true;
        return new DeviceAttachment(this);
    }

    @Override
    public Device device() {
        return device;
    }

    @Override
    public DeviceConfig config() {
        return config;
    }

    @Override
    public NetBufPool pool() {
        return pool;
    }

    @Override
    public Mmio map(int index) {
        check();
        return holdings.windows.computeIfAbsent(index, access::map);
    }

    @Override
    public void configWrite(int offset, int width, int value) {
        check();
        access.configWrite(offset, width, value);
    }

    @Override
    public DmaMemory allocateDma(String purpose, long bytes, long alignment) {
        check();
        DmaMemory inherited = inherited(inheritance.memory(), purpose, bytes);
        if (inherited != null) {
            return inherited;
        }
        DmaMemory m = allocate(purpose + " of " + device.address(), bytes, alignment);
        holdings.memory.add(new Holdings.Piece<>(purpose, bytes, m));
        return m;
    }

    /** Of the device's NUMA node, as long as that has some. */
    private DmaMemory allocate(String purpose, long bytes, long alignment) {
        if (node != DmaRequest.ANY_NODE) {
            try {
                return device.supplier().allocateDma(new DmaRequest(purpose, bytes, alignment, true, false, node));
            } catch (DevException e) {
                if (e.error() != DevError.NO_MEMORY && e.error() != DevError.UNSUPPORTED) {
                    throw e;
                }
                LOG.warn("{}: its memory is not that of its NUMA node {}, which has none for it: {}", device.address(), node, e.getMessage());
                node = DmaRequest.ANY_NODE;
            }
        }
        return device.supplier().allocateDma(new DmaRequest(purpose, bytes, alignment, true, false));
    }

    @Override
    public void enableDma() {
        check();
        access.enableDma();
    }

    @Override
    public NetBuf[] ring(String purpose, int slots) {
        check();
        if (slots < 1) {
            throw new DevException(DevError.INVALID_PARAM, "%s of %s cannot have %d slots".formatted(purpose, device.address(), slots));
        }
        NetBuf[] inherited = inherited(inheritance.rings(), purpose, slots);
        if (inherited != null) {
            return inherited;
        }
        NetBuf[] ring = new NetBuf[slots];
        holdings.rings.add(new Holdings.Piece<>(purpose, slots, ring));
        return ring;
    }

    /** What the driver before had for this purpose, once; null if there is nothing. */
    private <T> T inherited(List<Holdings.Piece<T>> pieces, String purpose, long size) {
        for (Holdings.Piece<T> p : pieces) {
            if (p.purpose().equals(purpose)) {
                if (p.size() != size) {
                    throw new DevException(DevError.BAD_STATE, "%s of %s is in use with size %d, not %d".formatted(purpose, device.address(), p.size(), size));
                }
                pieces.remove(p);
                return p.what();
            }
        }
        return null;
    }

    @Override
    public List<Interrupt> interrupts(int count) {
        check();
        if (count < 1) {
            throw new DevException(DevError.INVALID_PARAM, "%d interrupts of %s: at least 1 must be wanted".formatted(count, device.address()));
        }
        if (interruptsTaken) {
            throw new DevException(DevError.BAD_STATE, "the interrupts of " + device.address() + " are open already");
        }
        if (!config.interrupts()) {
            return List.of();
        }
        interruptsTaken = true;
        if (holdings.interrupts == null) {
            holdings.interrupts = List.copyOf(access.interrupts(count, this::map));
        }
        return holdings.interrupts.subList(0, Math.min(count, holdings.interrupts.size()));
    }

    @Override
    public void linkChanged(LinkState link) {
        if (!ended) {
            reports.link(this, link);
        }
    }

    @Override
    public void report(Fault fault, String reason) {
        if (!ended && reported.compareAndSet(false, true)) {
            reports.fault(this, fault, reason);
        }
    }

    /** Buffers in the rings now. Any thread; a snapshot without synchronisation. */
    int buffersInFlight() {
        int n = 0;
        for (Holdings.Piece<NetBuf[]> ring : holdings.rings) {
            for (NetBuf b : ring.what()) {
                if (b != null) {
                    n++;
                }
            }
        }
        return n;
    }

    boolean isGone() {
        try {
            return access.isGone();
        } catch (RuntimeException e) {
            return true; // the host is going too
        }
    }

    /** Takes the device and makes it answer. */
    void acquire() {
        access.acquire();
        holdings.acquired = true;
        access.prepare();
    }

    /**
     * The device can do nothing any more, and threads that wait for it wake up. Memory stays.
     *
     * @param quiet no thread is inside of the driver any more; otherwise registers still answer, because an access to one that does not can be fatal
     */
    void silence(boolean quiet) {
        ended = true;
        if (!holdings.acquired) {
            return;
        }
        step("turning DMA off", access::disableDma);
        if (quiet) {
            step("turning registers off", access::disableDecode);
        }
        step("turning interrupts off", access::disableInterrupts);
        if (holdings.interrupts != null) {
            holdings.interrupts.forEach(i -> step("closing an interrupt", i::close));
        }
    }

    /**
     * Gives everything back. Only when no thread is inside of the driver and the device has stopped.
     *
     * @param stopped the driver has stopped the device; if nobody did, some buses need the release before
     * @return buffers that the rings still held
     */
    int free(boolean stopped) {
        boolean releaseFirst = !stopped && access.releaseStopsDma();
        if (releaseFirst) {
            release();
        }
        int buffers = 0;
        for (Holdings.Piece<NetBuf[]> ring : holdings.rings) {
            int[] n = {0};
            step("taking buffers back", () -> n[0] = pool.reclaim(ring.what()));
            buffers += n[0];
        }
        holdings.memory.forEach(m -> step("freeing DMA memory", m.what()::close));
        holdings.windows.clear();
        if (!releaseFirst) {
            release();
        }
        return buffers;
    }

    /** Registers answer no more; for a detach whose threads left late. */
    void disableDecode() {
        step("turning registers off", access::disableDecode);
    }

    private void release() {
        if (holdings.acquired) {
            holdings.acquired = false;
            step("releasing the device", access::release);
        }
    }

    private void check() {
        if (ended) {
            throw new DevException(DevError.BAD_STATE, device.address() + " was detached from this driver");
        }
    }

    /** A step that fails must not keep the others from being done. */
    private void step(String what, Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            LOG.warn("{}: {} failed: {}", device.address(), what, e.toString());
        }
    }
}
