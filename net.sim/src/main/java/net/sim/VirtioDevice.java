package net.sim;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import net.hw.virtio.CommonConfig;
import net.hw.virtio.DeviceStatus;
import net.hw.virtio.Feature;
import net.hw.virtio.IsrStatus;

/**
 * What all virtio devices on PCI have in common: status, features, queues, interrupts. Virtio 1.2, 2 and 4.1. Where the registers are is in {@link
 * VirtioBar}. A driver that breaks the rules gets a complaint, and, where the device cannot go on, DEVICE_NEEDS_RESET.
 */
public abstract class VirtioDevice extends PciFunction {
    private static final int KNOWN_STATUS = DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER | DeviceStatus.DRIVER_OK | DeviceStatus.FEATURES_OK | DeviceStatus.FAILED;
    private static final VarHandle KICKS;

    static {
        try {
            KICKS = MethodHandles.lookup().findVarHandle(VirtioDevice.class, "kicks", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final long offered;
    final VirtQueue[] queues;
    final VirtioBar bar;
    private final MsixTable msix;
    private final Complaints complaints = new Complaints();
    private final Engine.Task task = new Work();
    private int kicks;
    private int status;
    private long driverFeatures;
    private int configVector;
    private int isr;
    private int generation;
    private boolean live;
    private boolean hung;
    private boolean resetSticks;
    private Liar liar;

    /** The engine's view of it. */
    private final class Work implements Engine.Task {
        @Override
        public boolean run() {
            int kicked = (int) KICKS.getAndSet(VirtioDevice.this, 0);
            return live && work(kicked);
        }

        @Override
        public void flush() {
            if (live) {
                for (VirtQueue q : queues) {
                    q.publish();
                }
            }
        }

        @Override
        public void failed() {
            setDead(true);
        }

        @Override
        public String toString() {
            return VirtioDevice.this.toString();
        }
    }

    /**
     * @param type virtio device id: 5
     * @param offered feature bits
     * @param queueSizes largest size of each queue
     * @param vectors of MSI-X
     * @param multiplier notify_off_multiplier: 4.1.4.4
     * @param configLength bytes of the device configuration
     */
    VirtioDevice(int type, int classCode, long offered, int[] queueSizes, int vectors, int multiplier, int configLength) {
        // Non-transitional: device id 0x1040 and up, revision 1, subsystem id 0x40 and up. 4.1.2.1.
        super(0x1af4, 0x1040 + type, classCode, 1, 0);
        config.set(0x2c, 2, 0x1af4);
        config.set(0x2e, 2, 0x1100);
        this.offered = offered;
        queues = new VirtQueue[queueSizes.length];
        for (int i = 0; i < queues.length; i++) {
            queues[i] = new VirtQueue(this, i, queueSizes[i]);
        }
        bar = new VirtioBar(this, multiplier, configLength);
        msix = new MsixTable(this, VirtioBar.MSIX_BAR, vectors);
    }

    // ---- status and features ----

    int status() {
        return status;
    }

    /** The driver writes device_status. 2.1, 3.1.1, 4.1.4.3.1. */
    void writeStatus(int value) {
        if (value == 0) {
            if (!resetSticks) {
                resetVirtio();
            }
            return;
        }
        if ((status & ~value & KNOWN_STATUS) != 0) {
            complain("status 0x%02x written over 0x%02x clears bits (2.1.1)", value, status);
        }
        int set = value & KNOWN_STATUS & ~status;
        if ((set & DeviceStatus.FEATURES_OK) != 0) {
            String refusal = refusal(driverFeatures);
            if (!refusal.isEmpty()) {
                complain("features %s refused: %s", Feature.text(driverFeatures), refusal);
                set &= ~DeviceStatus.FEATURES_OK;
            }
        }
        status |= set;
        if ((set & DeviceStatus.DRIVER_OK) != 0) {
            if ((status & DeviceStatus.FEATURES_OK) == 0) {
                driverError("DRIVER_OK without FEATURES_OK (3.1.1)");
            }
            updateLive();
            if (live) {
                started();
                machine().engine().wake();
            }
        }
    }

    /** Why these features cannot be; "" if they can. 2.2.2. */
    private String refusal(long features) {
        if ((features & ~offered) != 0) {
            return "not offered are " + Feature.text(features & ~offered);
        }
        if (!Feature.VERSION_1.in(features)) {
            return "VERSION_1 is missing (6.1)";
        }
        // 6.2: a device that offers it may refuse to work without it; its addresses are not those of the processor.
        if (Feature.ACCESS_PLATFORM.in(offered) && !Feature.ACCESS_PLATFORM.in(features)) {
            return "ACCESS_PLATFORM is missing: the device uses the addresses that the host has given";
        }
        return impossible(features);
    }

    /** Why these features, all of them offered, do not go together; "" if they do. */
    abstract String impossible(long features);

    long driverFeatures() {
        return driverFeatures;
    }

    void writeDriverFeatures(int select, int bits) {
        if ((status & DeviceStatus.FEATURES_OK) != 0) {
            complain("driver_feature written after FEATURES_OK (3.1.1)");
        } else if (select == 0 || select == 1) {
            driverFeatures = driverFeatures & ~(0xffff_ffffL << 32 * select) | (bits & 0xffff_ffffL) << 32 * select;
        }
    }

    /** Both sides agreed on it. */
    final boolean negotiated(Feature f) {
        return (status & DeviceStatus.FEATURES_OK) != 0 && f.in(driverFeatures);
    }

    private void resetVirtio() {
        status = 0;
        live = false;
        driverFeatures = 0;
        configVector = CommonConfig.NO_VECTOR;
        isr = 0;
        KICKS.setVolatile(this, 0);
        for (VirtQueue q : queues) {
            q.reset();
        }
        bar.reset();
        stopped();
    }

    @Override
    final void reset() {
        msix.reset();
        resetVirtio();
    }

    private void updateLive() {
        live = (status & DeviceStatus.DRIVER_OK) != 0 && (status & DeviceStatus.DEVICE_NEEDS_RESET) == 0 && !hung && !isDead() && isPlugged();
    }

    /** It works on its queues. */
    final boolean live() {
        return live;
    }

    /** The driver has set DRIVER_OK. */
    abstract void started();

    /** The device was reset. */
    abstract void stopped();

    /**
     * Does a burst of work.
     *
     * @param kicked a bit for each queue that was notified
     * @return true if there may be more
     */
    abstract boolean work(int kicked);

    /** Reads the device configuration; within its length. */
    abstract int deviceConfig(int offset, int width);

    // ---- what goes wrong ----

    /** The driver has broken a rule that the device can live with. */
    final void complain(String format, Object... values) {
        complaints.add(format, values);
    }

    /** The driver has broken a rule, and the device cannot go on. 2.1.2. */
    final void driverError(String format, Object... values) {
        if ((status & DeviceStatus.DEVICE_NEEDS_RESET) == 0) {
            complain(format, values);
            needReset();
        }
    }

    private void needReset() {
        status |= DeviceStatus.DEVICE_NEEDS_RESET;
        updateLive();
        if ((status & DeviceStatus.DRIVER_OK) != 0) {
            configChanged();
        }
    }

    /** What was wrong with the driver's behaviour so far, the last 64 of it, oldest first. Empty for a driver that keeps to the specification. */
    public final List<String> complaints() {
        return call(complaints::list);
    }

    /** The device says that it needs a reset, as if something had gone wrong in it. */
    public final void requestReset() {
        call(() -> {
            needReset();
            return null;
        });
    }

    /** The device answers, but works on no queue any more; or it does again. */
    public final void setHung(boolean hung) {
        call(() -> {
            this.hung = hung;
            updateLive();
            KICKS.setVolatile(this, -1);
            return null;
        });
        wake();
    }

    /** Resets are not carried out: the status stays as it is, and so does the device; or they are again. */
    public final void setResetSticks(boolean sticks) {
        call(() -> resetSticks = sticks);
    }

    /** The device lies from now on; null: it does not. */
    public final void setHostility(Hostility hostility) {
        call(() -> liar = hostility == null ? null : new Liar(hostility));
    }

    final Liar liar() {
        return liar;
    }

    /** Makes the capability list wrong. Before it is plugged in. */
    public final void corruptCapabilities(CapabilityFault fault) {
        bar.corrupt(fault);
    }

    // ---- interrupts ----

    int configVector() {
        return configVector;
    }

    /** A vector that there is not reads back as none. 4.1.5.1.2.1. */
    int mapVector(int vector) {
        return vector < msix.vectors() ? vector : CommonConfig.NO_VECTOR;
    }

    void setConfigVector(int vector) {
        configVector = mapVector(vector);
    }

    int takeIsr() {
        int v = isr;
        isr = 0;
        return v;
    }

    int generation() {
        return generation;
    }

    final void queueInterrupt(VirtQueue queue) {
        if (msix.enabled()) {
            msix.raise(queue.vector);
        } else {
            // 4.1.4.5.1. The interrupt pin is not wired.
            isr |= IsrStatus.QUEUE;
        }
    }

    /** The device configuration or the need of a reset has changed. 4.1.4.5.1, 4.1.5.4. */
    final void configChanged() {
        generation = generation + 1 & 0xff;
        isr |= IsrStatus.CONFIG;
        if (msix.enabled()) {
            msix.raise(configVector);
        }
    }

    // ---- PCI ----

    @Override
    final int vectors() {
        return msix.vectors();
    }

    @Override
    void routed() {
        msix.deliverPending();
    }

    @Override
    int configRead(int offset, int width) {
        bar.refreshWindow(offset, width);
        return super.configRead(offset, width);
    }

    @Override
    void configWrite(int offset, int width, int value) {
        super.configWrite(offset, width, value);
        bar.windowWritten(offset, width);
    }

    @Override
    int readBar(int index, long offset, int width) {
        return index == VirtioBar.MSIX_BAR ? msix.read(offset, width) : bar.read((int) offset, width);
    }

    @Override
    void writeBar(int index, long offset, int width, int value) {
        if (index == VirtioBar.MSIX_BAR) {
            msix.write(offset, width, value);
        } else {
            bar.write((int) offset, width, value);
        }
    }

    @Override
    final boolean doorbell(int index, long offset, int width, int value) {
        if (index != VirtioBar.BAR || !bar.isNotification((int) offset, width, value)) {
            return false;
        }
        kick(value);
        return true;
    }

    final void kick(int queue) {
        KICKS.getAndBitwiseOr(this, 1 << queue);
        wake();
    }

    private void wake() {
        Machine m = machine();
        if (m != null) {
            m.engine().wake();
        }
    }

    @Override
    void plugged() {
        machine().engine().add(task);
    }

    @Override
    void unplugged() {
        machine().engine().remove(task);
        resetVirtio();
    }
}
