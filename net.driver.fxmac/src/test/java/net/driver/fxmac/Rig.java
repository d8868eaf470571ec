package net.driver.fxmac;

import java.lang.foreign.MemorySegment;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import net.api.EthernetAddress;
import net.api.LinkState;
import net.api.NetBuf;
import net.api.device.DmaMemory;
import net.api.device.Interrupt;
import net.api.device.PlatformDevice;
import net.api.driver.Attachment;
import net.api.driver.DeviceConfig;
import net.api.driver.DeviceWatch;
import net.api.driver.FlowControl;
import net.api.host.DmaRequest;
import net.hw.fxmac.DesignConfig;
import net.hw.fxmac.Fxmac;
import net.hw.fxmac.RxBd;
import net.hw.fxmac.TxBd;
import net.pool.BufferPool;
import net.pool.PoolMaker;
import net.pool.PoolSpec;
import net.sim.SimHost;

/** The driver's parts without a device: the test writes descriptors and registers as one would. */
final class Rig implements AutoCloseable {
    static final int ROOM = 2048;
    static final Limits LIMITS = new Limits(20_000_000, 20_000_000, 20_000_000, 200_000_000);
    private static final int RINGS = 1 << 16;

    final Window window = new Window();
    final SimHost host = new SimHost("rig");
    final BufferPool pool;
    final DmaMemory memory = host.allocateDma(new DmaRequest("rings", RINGS, 4096, true, false));
    final MemorySegment m = memory.segment();
    final List<String> reports = new ArrayList<>();
    /** What users were told of the link. */
    final List<LinkState> links = new ArrayList<>();
    final Map<String, String> properties = new java.util.TreeMap<>();
    /** Properties of the node that are no text. */
    final Map<String, byte[]> bytes = new java.util.TreeMap<>();
    final MacRegisters mac = new MacRegisters("rig", window, true);
    final DeviceWatch watch = new DeviceWatch(attachment());
    NetBuf[] ring;
    private final List<NetBuf[]> rings = new ArrayList<>();
    boolean coherent = true;
    String compatible = "cdns,phytium-gem-1.0";
    /** Device address of the memory for rings; 0 for its own. */
    long memoryAt;
    /** That memory was asked for with. */
    long alignment;

    Rig(int buffers) {
        pool = PoolMaker.make(host, new PoolSpec("test", buffers, ROOM));
        watch.attached();
        window.put(Fxmac.REVISION, 0x700c_0000);
        window.put(Fxmac.DCFG6, DesignConfig.ADDRESS_64 | 0xe);
        window.put(Fxmac.DCFG8, 16 << 16 | 16);
        properties.put("phy-mode", "sgmii");
    }

    /** A receive queue whose buffers have {@code room} bytes, posted. */
    FxmacRxQueue rx(int size, int room, int longest) {
        return rx(size, room, longest, false);
    }

    FxmacRxQueue rx(int size, int room, int longest, boolean checksums) {
        ring = new NetBuf[size];
        FxmacRxQueue q = new FxmacRxQueue(0, ring, pool, watch, null, mac, false, m, 0, room, longest, checksums, null);
        q.fill(pool.cache());
        return q;
    }

    FxmacTxQueue tx(int size) {
        return tx(size, false);
    }

    FxmacTxQueue tx(int size, boolean checksums) {
        ring = new NetBuf[size];
        FxmacTxQueue q = new FxmacTxQueue(0, ring, pool, watch, mac, m, 0, checksums, false);
        q.setMaxFrame(1518);
        q.begin();
        return q;
    }

    NetBuf buffer(int length) {
        NetBuf b = pool.allocate();
        b.setLength(length);
        return b;
    }

    /** Frames of 60 bytes, each in one descriptor, that the queue takes. */
    int send(FxmacTxQueue q, int count) {
        NetBuf[] batch = new NetBuf[count];
        Arrays.setAll(batch, i -> buffer(60));
        int n = q.transmit(batch, 0, count);
        pool.release(batch, n, count - n);
        return n;
    }

    /** As the device writes when it has sent the frame that begins there. */
    void sent(int descriptor, long errors) {
        TxBd.setWordRelease(m, TxBd.at(0, descriptor), TxBd.word(m, TxBd.at(0, descriptor)) | TxBd.USED | errors);
    }

    /** As the device writes when it has filled a descriptor: bits of the upper word. */
    void filled(int descriptor, long bits, int length) {
        long at = RxBd.at(0, descriptor);
        RxBd.setWordRelease(m, at, RxBd.word(m, at) & 0xffff_ffffL | RxBd.USED | bits | (long) length << RxBd.LENGTH_SHIFT);
    }

    int inRing() {
        return (int) Arrays.stream(ring).filter(Objects::nonNull).count();
    }

    /** Whatever is where: free, in the owner's cache, in the ring. */
    int accounted() {
        return pool.statistics().free() + pool.statistics().cached() + inRing();
    }

    Attachment attachment() {
        PlatformDevice device = proxy(PlatformDevice.class, (name, args) -> switch (name) {
            case "address" -> "rig";
            case "compatible" -> List.of(compatible);
            case "dmaCoherent" -> coherent;
            case "property" -> Optional.ofNullable(bytes.get((String) args[0]));
            case "text" -> Optional.ofNullable(properties.get((String) args[0]));
            default -> throw new UnsupportedOperationException(name);
        });
        return proxy(Attachment.class, (name, args) -> switch (name) {
            case "config" -> DeviceConfig.DEFAULT;
            case "device" -> device;
            case "pool" -> pool();
            case "map" -> window;
            case "interrupts" -> List.of();
            case "enableDma" -> null;
            case "allocateDma" -> allocate((long) args[2]);
            case "ring" -> lend((int) args[1]);
            case "linkChanged" -> links.add((LinkState) args[0]) ? null : null;
            case "report" -> reports.add(args[0] + " " + args[1]) ? null : null;
            default -> throw new UnsupportedOperationException(name);
        });
    }

    private BufferPool pool() {
        return pool;
    }

    /** Parts with identity and registers, for what makes the link. */
    Parts parts(FlowControl pauses) {
        Parts p = new Parts(attachment(), Options.DEFAULT, LIMITS);
        p.shape = new Shape(1, 16, 1, 16, 0, ROOM, FrameLimits.PLAIN, false, false, false, false, pauses);
        return p;
    }

    private DmaMemory allocate(long wanted) {
        alignment = wanted;
        return memoryAt == 0 ? memory : proxy(DmaMemory.class, (name, args) -> switch (name) {
            case "segment" -> m;
            case "iova" -> memoryAt + (long) args[0];
            default -> throw new UnsupportedOperationException(name);
        });
    }

    private NetBuf[] lend(int slots) {
        rings.add(new NetBuf[slots]);
        return rings.getLast();
    }

    /**
     * Parts with a queue each way, ready to run.
     *
     * @param interrupt of the receive queue; null for none
     */
    Parts running(Interrupt interrupt) {
        Parts p = parts(FlowControl.NONE);
        p.interrupts = interrupt == null ? List.of() : List.of(interrupt);
        p.machine = LinkMachine.start(p);
        p.queues();
        p.rings.begin();
        p.rx[0].fill(pool.cache());
        p.tx[0].begin();
        p.tx[0].setMaxFrame(1518);
        p.engine = new DmaEngine(p);
        p.engine.start(p.machine.expected());
        return p;
    }

    /** A card at work, its link up with 1000 Mb/s, with {@link #running} parts. */
    FxmacCard card(Parts p) {
        LinkState link = new LinkState(true, 1000, true);
        p.programmed = link;
        p.firmwareMac = EthernetAddress.parse("02:00:00:00:00:01");
        p.settings(p.firmwareMac, FrameLimits.DEFAULT_MTU);
        p.watch.attached();
        return p.card(link);
    }

    private static <T> T proxy(Class<T> type, BiFunction<String, Object[], Object> answer) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (p, method, args) -> answer.apply(method.getName(), args)));
    }

    @Override
    public void close() {
        if (ring != null) {
            pool.reclaim(ring);
        }
        rings.forEach(pool::reclaim);
        memory.close();
        pool.close();
        host.close(0);
    }
}
