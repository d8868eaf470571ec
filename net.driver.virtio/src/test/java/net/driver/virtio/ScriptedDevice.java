package net.driver.virtio;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.api.EthernetAddress;
import net.api.device.Mmio;
import net.hw.virtio.CommonConfig;
import net.hw.virtio.DeviceStatus;
import net.hw.virtio.Feature;
import net.hw.virtio.NetConfig;
import net.hw.virtio.NetHeader;
import net.hw.virtio.VirtqAvail;
import net.hw.virtio.VirtqDesc;
import net.hw.virtio.VirtqUsed;

/**
 * As little of a virtio-net function as a driver can be attached to, every answer of which a test can bend. It does nothing by itself but answer its control
 * queue: what is received and completed, in which order and with which lies, the test says.
 */
final class ScriptedDevice implements Mmio {
    static final int BAR_SIZE = 0x4000;
    static final int COMMON = 0;
    static final int DEVICE = 0x2000;
    static final int NOTIFY = 0x3000;
    static final int MULTIPLIER = 4;

    /** Registers of one queue. */
    static final class Queue {
        int maxSize = 16;
        int size = 16;
        int vector = CommonConfig.NO_VECTOR;
        boolean enabled;
        long desc;
        long avail;
        long used;
        int lastAvail;
        int usedIdx;
    }

    long offered = Feature.VERSION_1.mask() | Feature.MAC.mask() | Feature.STATUS.mask() | Feature.MRG_RXBUF.mask();
    long accepted;
    boolean refuseFeatures;
    boolean refuseVectors;
    boolean hangInReset;
    boolean keepQueueSize;
    boolean generationRuns;
    int notifyOffStep = 1;
    int numQueues = 3;
    int linkStatus = NetConfig.LINK_UP;
    int mtu = 1500;
    int maxPairs = 1;
    byte[] mac = EthernetAddress.parse("02:00:00:00:00:01").toBytes();
    /** Accesses after which everything reads as all ones; negative: never. */
    int dieAfter = -1;
    int accesses;
    int status;
    int generation;
    int statusAtQueueEnable;
    int postedAtDriverOk;
    /** What the control queue answers; negative: nothing. */
    int controlAnswer;
    final List<String> commands = new ArrayList<>();
    final List<Integer> notified = new ArrayList<>();
    final Map<Integer, Queue> queues = new HashMap<>();
    private final TestSpace space;
    private int select;
    private int featureSelect;
    private int driverFeatureSelect;

    ScriptedDevice(TestSpace space) {
        this.space = space;
        for (int i = 0; i < 7; i++) {
            queues.put(i, new Queue());
        }
    }

    private boolean dead() {
        int n = accesses++;
        return dieAfter >= 0 && n >= dieAfter;
    }

    private Queue selected() {
        return queues.getOrDefault(select, new Queue());
    }

    @Override
    public long size() {
        return BAR_SIZE;
    }

    @Override
    public int read8(long offset) {
        if (dead()) {
            return 0xff;
        }
        if (offset == CommonConfig.DEVICE_STATUS.offset()) {
            return status;
        }
        if (offset == CommonConfig.CONFIG_GENERATION.offset()) {
            return generationRuns ? generation++ & 0xff : generation;
        }
        if (offset >= DEVICE && offset < DEVICE + 6) {
            return mac[(int) offset - DEVICE] & 0xff;
        }
        throw new AssertionError("read8 at " + offset);
    }

    @Override
    public int read16(long offset) {
        if (dead()) {
            return 0xffff;
        }
        if (offset == DEVICE + NetConfig.STATUS.offset()) {
            return linkStatus;
        }
        if (offset == DEVICE + NetConfig.MAX_VIRTQUEUE_PAIRS.offset()) {
            return maxPairs;
        }
        if (offset == DEVICE + NetConfig.MTU.offset()) {
            return mtu;
        }
        for (CommonConfig r : CommonConfig.values()) {
            if (r.offset() == offset) {
                return switch (r) {
                    case NUM_QUEUES -> numQueues;
                    case QUEUE_SIZE -> selected().size;
                    case QUEUE_NOTIFY_OFF -> select * notifyOffStep;
                    case QUEUE_MSIX_VECTOR -> selected().vector;
                    case CONFIG_MSIX_VECTOR -> refuseVectors ? CommonConfig.NO_VECTOR : 0;
                    default -> 0;
                };
            }
        }
        throw new AssertionError("read16 at " + offset);
    }

    @Override
    public int read32(long offset) {
        if (dead()) {
            return -1;
        }
        return offset == CommonConfig.DEVICE_FEATURE.offset() ? (int) (offered >>> 32 * featureSelect) : 0;
    }

    @Override
    public void write8(long offset, int value) {
        if (dead()) {
            return;
        }
        if (value == 0) {
            if (!hangInReset) {
                status = 0;
            }
            queues.values().forEach(q -> q.enabled = false);
            return;
        }
        status = value & 0xff;
        if (refuseFeatures) {
            status &= ~DeviceStatus.FEATURES_OK;
        }
        if ((status & DeviceStatus.DRIVER_OK) != 0) {
            Queue rx = queues.get(0);
            postedAtDriverOk = VirtqAvail.idxAcquire(memory(rx.avail, 4), 0);
        }
    }

    @Override
    public void write16(long offset, int value) {
        if (dead()) {
            return;
        }
        if (offset >= NOTIFY) {
            notified.add(value);
            if (value == controlIndex() && controlAnswer >= 0) {
                answerControl(value);
            }
        } else if (offset == CommonConfig.QUEUE_SELECT.offset()) {
            select = value;
        } else if (offset == CommonConfig.QUEUE_SIZE.offset()) {
            selected().size = keepQueueSize ? selected().size : value;
        } else if (offset == CommonConfig.QUEUE_MSIX_VECTOR.offset()) {
            selected().vector = refuseVectors ? CommonConfig.NO_VECTOR : value;
        } else if (offset == CommonConfig.QUEUE_ENABLE.offset()) {
            selected().enabled = true;
            statusAtQueueEnable = status;
        }
    }

    @Override
    public void write32(long offset, int value) {
        if (dead()) {
            return;
        }
        Queue q = selected();
        long low = value & 0xffff_ffffL;
        switch ((int) offset) {
            case 0x00 -> featureSelect = value;
            case 0x08 -> driverFeatureSelect = value;
            case 0x0c -> accepted = accepted & ~(0xffff_ffffL << 32 * driverFeatureSelect) | low << 32 * driverFeatureSelect;
            case 0x20 -> q.desc = q.desc & ~0xffff_ffffL | low;
            case 0x24 -> q.desc = q.desc & 0xffff_ffffL | low << 32;
            case 0x28 -> q.avail = q.avail & ~0xffff_ffffL | low;
            case 0x2c -> q.avail = q.avail & 0xffff_ffffL | low << 32;
            case 0x30 -> q.used = q.used & ~0xffff_ffffL | low;
            case 0x34 -> q.used = q.used & 0xffff_ffffL | low << 32;
            default -> throw new AssertionError("write32 at " + offset);
        }
    }

    // ---- rings, as the device sees them ----

    MemorySegment memory(long iova, long bytes) {
        return space.at(iova, bytes);
    }

    /** Entries that the driver has made available and the device has not taken. */
    int waiting(int queue) {
        Queue q = queues.get(queue);
        return VirtqAvail.idxAcquire(memory(q.avail, 4), 0) - q.lastAvail & 0xffff;
    }

    /** The next available head. */
    int next(int queue) {
        Queue q = queues.get(queue);
        if (waiting(queue) == 0) {
            throw new AssertionError("nothing is available in queue " + queue);
        }
        return VirtqAvail.entry(memory(q.avail, VirtqAvail.size(q.size)), 0, q.lastAvail++ & q.size - 1);
    }

    /** The descriptor chain of a head, tables followed, as (address, length, flags). */
    List<long[]> chain(int queue, int head) {
        Queue q = queues.get(queue);
        MemorySegment table = memory(q.desc, (long) q.size * VirtqDesc.SIZE);
        List<long[]> chain = new ArrayList<>();
        for (int d = head;;) {
            long at = VirtqDesc.at(0, d);
            int flags = VirtqDesc.flags(table, at);
            if ((flags & VirtqDesc.INDIRECT) != 0) {
                table = memory(VirtqDesc.addr(table, at), VirtqDesc.len(table, at));
                d = 0;
                continue;
            }
            chain.add(new long[] {VirtqDesc.addr(table, at), VirtqDesc.len(table, at), flags});
            if ((flags & VirtqDesc.NEXT) == 0) {
                return chain;
            }
            d = VirtqDesc.next(table, at);
        }
    }

    /** The bytes of a frame that the driver sends, its header cut off; the header must be plain. */
    byte[] frame(int head) {
        List<long[]> chain = chain(1, head);
        byte[] all = new byte[chain.stream().mapToInt(d -> (int) d[1]).sum()];
        int n = 0;
        for (long[] d : chain) {
            if (d[1] == 0) {
                throw new AssertionError("a descriptor of no bytes");
            }
            MemorySegment.copy(memory(d[0], d[1]), ValueLayout.JAVA_BYTE, 0, all, n, (int) d[1]);
            n += (int) d[1];
        }
        for (int i = 0; i < NetHeader.SIZE; i++) {
            if (all[i] != 0) {
                throw new AssertionError("byte " + i + " of the header is " + all[i]);
            }
        }
        return java.util.Arrays.copyOfRange(all, NetHeader.SIZE, n);
    }

    /** Writes a used element without publishing it. */
    void element(int queue, int ahead, int id, int len) {
        Queue q = queues.get(queue);
        VirtqUsed.setElement(memory(q.used, VirtqUsed.size(q.size)), 0, q.usedIdx + ahead & q.size - 1, id, len);
    }

    /** Moves the used index. */
    void publish(int queue, int count) {
        Queue q = queues.get(queue);
        q.usedIdx = q.usedIdx + count & 0xffff;
        VirtqUsed.setIdxRelease(memory(q.used, 4), 0, q.usedIdx);
    }

    void use(int queue, int id, int len) {
        element(queue, 0, id, len);
        publish(queue, 1);
    }

    /** Writes header and frame into the buffer of a head, without using it. */
    void fill(int head, int numBuffers, byte[] frame) {
        long[] d = chain(0, head).getFirst();
        MemorySegment m = memory(d[0], d[1]);
        NetHeader.setPlain(m, 0);
        NetHeader.setNumBuffers(m, 0, numBuffers);
        MemorySegment.copy(frame, 0, m, ValueLayout.JAVA_BYTE, NetHeader.SIZE, frame.length);
    }

    /** Receives a frame as it should be. */
    void receive(byte[] frame) {
        int head = next(0);
        fill(head, 1, frame);
        use(0, head, NetHeader.SIZE + frame.length);
    }

    private int controlIndex() {
        return Feature.MQ.in(accepted) ? 2 * maxPairs : 2;
    }

    private void answerControl(int queue) {
        while (waiting(queue) > 0) {
            int head = next(queue);
            List<long[]> c = chain(queue, head);
            MemorySegment command = memory(c.get(0)[0], 2);
            MemorySegment data = memory(c.get(1)[0], c.get(1)[1]);
            commands.add(command.get(ValueLayout.JAVA_BYTE, 0) + "/" + command.get(ValueLayout.JAVA_BYTE, 1) + " "
                    + java.util.HexFormat.of().formatHex(data.toArray(ValueLayout.JAVA_BYTE)));
            memory(c.get(2)[0], 1).set(ValueLayout.JAVA_BYTE, 0, (byte) controlAnswer);
            use(queue, head, 1);
        }
        wish(queue, queues.get(queue).lastAvail);
    }

    /** Asks for a notification when the available index passes this: avail_event. */
    void wish(int queue, int event) {
        Queue q = queues.get(queue);
        VirtqUsed.setAvailEventOpaque(memory(q.used, VirtqUsed.size(q.size)), 0, q.size, event);
    }
}
