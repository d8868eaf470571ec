package net.linux;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.api.DevException;
import net.api.device.Interrupt;
import net.api.device.Mmio;
import net.linux.device.Memory;
import net.linux.device.OpenDevice;
import net.linux.device.ProcessId;
import net.linux.device.Signal;
import net.linux.device.Sysfs;
import net.linux.doctor.AccessFindings;

/** Notes what is asked of it. Its devices are bound to vfio-pci, or to vfio-platform. */
final class FakeAccess implements Access, Ear {
    final List<String> asked = new ArrayList<>();
    /** What devices signal by. */
    final Map<Signal, Integer> signals = new HashMap<>();
    DevException refusal;
    boolean atRest = true;
    volatile String next = "";
    /** The status register of its devices. */
    volatile int status = 0x1010;
    /** What its devices end with. */
    RuntimeException failure;
    private volatile String obstacle = "";
    private final Path locks;

    FakeAccess(Path locks) {
        this.locks = locks;
    }

    @Override
    public Way pci() {
        return new Way("vfio-pci", "", this::open);
    }

    @Override
    public Way platform() {
        return new Way("vfio-platform", "; or else", this::open);
    }

    private OpenDevice open(Path directory, String name) {
        asked.add("open " + name + " bound to " + Sysfs.linkName(directory.resolve("driver")).orElse("none"));
        if (refusal != null) {
            throw refusal;
        }
        return new FakeDevice();
    }

    @Override
    public void rested() {
        asked.add("rested " + FunctionLock.processes(locks).equals(java.util.Set.of(ProcessId.OWN)));
    }

    @Override
    public void listen(String name, OpenDevice device) {
        asked.add("listen " + name);
    }

    @Override
    public void stop(String name) {
        asked.add("stop " + name);
    }

    @Override
    public String obstacle() {
        return obstacle;
    }

    @Override
    public void check() {
        obstacle = next;
    }

    @Override
    public Memory memory() {
        throw new AssertionError("nobody asks for memory");
    }

    @Override
    public AccessFindings findings() {
        throw new AssertionError();
    }

    private final class FakeDevice implements OpenDevice {
        @Override
        public int configRead(int offset, int width) {
            return offset == 6 ? status : 0x1234;
        }

        @Override
        public void configWrite(int offset, int width, int value) {
            asked.add("write %x".formatted(value));
        }

        @Override
        public Mmio map(int region, long size) {
            asked.add("map %d of 0x%x".formatted(region, size));
            return null;
        }

        @Override
        public List<Interrupt> interrupts(int count) {
            return List.of();
        }

        @Override
        public Map<Signal, Integer> signals() {
            return signals;
        }

        @Override
        public boolean isAtRest() {
            return atRest;
        }

        @Override
        public boolean closingStopsDma() {
            return atRest;
        }

        @Override
        public void close() {
            asked.add("close");
            if (failure != null) {
                throw failure;
            }
        }
    }
}
