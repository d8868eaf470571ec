package net.driver.virtio;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.api.DevError;
import net.api.DevException;
import net.api.LinkState;
import net.api.NetBuf;
import net.api.NetDriverOps;
import net.api.device.Device;
import net.api.device.DeviceState;
import net.api.device.DeviceStatus;
import net.api.device.DmaMemory;
import net.api.device.Interrupt;
import net.api.device.Mmio;
import net.api.device.PciAddress;
import net.api.device.PciBar;
import net.api.device.PciCapability;
import net.api.device.PciDevice;
import net.api.driver.Attachment;
import net.api.driver.DeviceConfig;
import net.api.driver.DriverInstance;
import net.hw.virtio.PciCap;
import net.pool.BufferPool;
import net.pool.PoolSpec;

/** A driver on a {@link ScriptedDevice}, and what the device manager would hear of it. */
final class TestRig implements Attachment, PciDevice, AutoCloseable {
    static final Limits LIMITS = new Limits(20_000_000, 20_000_000, 200_000_000);

    final TestSpace space = new TestSpace();
    final ScriptedDevice script = new ScriptedDevice(space);
    final byte[] configSpace = new byte[256];
    final List<PciCapability> capabilities = new ArrayList<>();
    final List<String> reports = new ArrayList<>();
    final List<LinkState> links = new ArrayList<>();
    final List<NetBuf[]> rings = new ArrayList<>();
    final List<DmaMemory> memory = new ArrayList<>();
    final BufferPool pool;
    int deviceId = PciCap.NET_DEVICE_ID;
    DeviceConfig config = new DeviceConfig(1, 1, 16, 16, 0, Optional.empty(), false, false, true, 3);
    int vectors;
    boolean dmaEnabled;
    boolean stopped;
    DriverInstance instance;

    TestRig() {
        this(64);
    }

    TestRig(int buffers) {
        PoolSpec spec = new PoolSpec("test", buffers, 1920, 0).withShells(buffers);
        pool = new BufferPool(spec, 1, "test", space.allocate((long) buffers * spec.stride()));
        capability(0x40, PciCap.COMMON_CFG, 4, ScriptedDevice.COMMON, 0x38, 0);
        capability(0x50, PciCap.DEVICE_CFG, 4, ScriptedDevice.DEVICE, 0x18, 0);
        capability(0x60, PciCap.NOTIFY_CFG, 4, ScriptedDevice.NOTIFY, 0x1000, ScriptedDevice.MULTIPLIER);
    }

    /** Adds or replaces the capability at an offset. */
    void capability(int at, int type, int bar, long offset, long length, long multiplier) {
        if (capabilities.stream().noneMatch(c -> c.offset() == at)) {
            capabilities.add(new PciCapability(PciCapability.VENDOR, at, false));
        }
        put(at + PciCap.CAP_LEN, 1, type == PciCap.NOTIFY_CFG ? 20 : 16);
        put(at + PciCap.CFG_TYPE, 1, type);
        put(at + PciCap.BAR, 1, bar);
        put(at + PciCap.OFFSET, 4, offset);
        put(at + PciCap.LENGTH, 4, length);
        if (type == PciCap.NOTIFY_CFG) {
            put(at + PciCap.NOTIFY_OFF_MULTIPLIER, 4, multiplier);
        }
    }

    void put(int at, int width, long value) {
        for (int i = 0; i < width; i++) {
            configSpace[at + i] = (byte) (value >>> 8 * i);
        }
    }

    NetDriverOps attach() {
        instance = new VirtioNetDriver(LIMITS).attach(this);
        return instance.ops();
    }

    /** Buffers that the rings hold. */
    int inRings() {
        return rings.stream().mapToInt(r -> (int) java.util.Arrays.stream(r).filter(java.util.Objects::nonNull).count()).sum();
    }

    /** Stops the driver and takes all back: what is missing then is lost, or with the test. */
    int missingAfterStop() {
        instance.stop();
        rings.forEach(pool::reclaim);
        return pool.statistics().inUse();
    }

    @Override
    public void close() {
        space.close();
    }

    // ---- Attachment ----

    @Override
    public Device device() {
        return this;
    }

    @Override
    public DeviceConfig config() {
        return config;
    }

    @Override
    public BufferPool pool() {
        return pool;
    }

    @Override
    public Mmio map(int index) {
        return script;
    }

    @Override
    public void configWrite(int offset, int width, int value) {
        throw new UnsupportedOperationException();
    }

    @Override
    public DmaMemory allocateDma(String purpose, long bytes, long alignment) {
        DmaMemory m = space.allocate(bytes);
        memory.add(m);
        return m;
    }

    @Override
    public void enableDma() {
        dmaEnabled = true;
    }

    @Override
    public NetBuf[] ring(String purpose, int slots) {
        NetBuf[] ring = new NetBuf[slots];
        rings.add(ring);
        return ring;
    }

    @Override
    public List<Interrupt> interrupts(int count) {
        List<Interrupt> list = new ArrayList<>();
        for (int i = 0; i < Math.min(count, vectors); i++) {
            list.add(new Interrupt() {
                @Override
                public boolean await(long timeoutNanos) {
                    return false;
                }

                @Override
                public void close() {
                }
            });
        }
        return list;
    }

    @Override
    public void linkChanged(LinkState link) {
        links.add(link);
    }

    @Override
    public void report(Fault fault, String reason) {
        reports.add(fault + " " + reason);
    }

    // ---- PciDevice ----

    @Override
    public String address() {
        return "test/0000:00:01.0";
    }

    @Override
    public String host() {
        return "test";
    }

    @Override
    public String bus() {
        return PCI;
    }

    @Override
    public String description() {
        return "scripted";
    }

    @Override
    public DeviceStatus status() {
        return new DeviceStatus(DeviceState.ATTACHING, "", "", "", 0);
    }

    @Override
    public PciAddress pciAddress() {
        return new PciAddress(0, 0, 1, 0);
    }

    @Override
    public int vendorId() {
        return PciCap.VENDOR_ID;
    }

    @Override
    public int deviceId() {
        return deviceId;
    }

    @Override
    public int subsystemVendorId() {
        return 0;
    }

    @Override
    public int subsystemId() {
        return 0;
    }

    @Override
    public int classCode() {
        return 0x020000;
    }

    @Override
    public int revision() {
        return 1;
    }

    @Override
    public List<PciBar> bars() {
        return List.of(new PciBar(0, PciBar.Type.IO, false, 0x1000, 0x20),
                new PciBar(4, PciBar.Type.MEMORY_64, true, 0x8000_0000L, ScriptedDevice.BAR_SIZE));
    }

    @Override
    public List<PciCapability> capabilities() {
        return capabilities;
    }

    @Override
    public int configRead(int offset, int width) {
        int value = 0;
        for (int i = 0; i < width; i++) {
            value |= (configSpace[offset + i] & 0xff) << 8 * i;
        }
        return value;
    }

    /** The error of an attach that fails. */
    DevException refused() {
        try {
            attach();
        } catch (DevException e) {
            return e;
        }
        throw new AssertionError("the driver attached");
    }

    /** As {@link #refused}, with the error that it must be. */
    String refused(DevError error) {
        DevException e = refused();
        if (e.error() != error) {
            throw new AssertionError("not " + error + " but " + e, e);
        }
        return e.getMessage();
    }
}
