package net.testkit.contract;

import java.util.List;
import net.api.LinkState;
import net.api.NetBuf;
import net.api.NetBufPool;
import net.api.device.Device;
import net.api.device.DmaMemory;
import net.api.device.Interrupt;
import net.api.device.Mmio;
import net.api.driver.Attachment;
import net.api.driver.DeviceConfig;
import net.api.driver.DriverInstance;
import net.api.driver.ForwardingDriver;
import net.api.driver.NetDriver;

/** A driver under which the device goes away at an access to its registers, counted from the beginning of attaching. For the device manager's thread. */
final class LostWhileAttaching extends ForwardingDriver {
    private final Runnable pull;
    private int accesses;
    private int last = Integer.MAX_VALUE;
    private boolean errors;

    /** @param pull takes the device away */
    LostWhileAttaching(NetDriver driver, Runnable pull) {
        super(driver);
        this.pull = pull;
    }

    /** The device goes at this access of the next attach. */
    void plan(int access, CardUnderTest.Loss loss) {
        last = access;
        errors = loss == CardUnderTest.Loss.BUS_ERROR;
        accesses = 0;
    }

    /** Accesses since {@link #plan}. */
    int accesses() {
        return accesses;
    }

    private void access() {
        accesses++;
        if (accesses == last) {
            pull.run();
        }
        if (accesses >= last && errors) {
            throw new InternalError("a fault occurred in an unsafe memory access operation");
        }
    }

    @Override
    public DriverInstance attach(Attachment attachment) {
        try {
            return super.attach(new Watched(attachment));
        } finally {
            last = Integer.MAX_VALUE;
        }
    }

    private final class Watched implements Attachment {
        private final Attachment attachment;

        Watched(Attachment attachment) {
            this.attachment = attachment;
        }

        @Override
        public Mmio map(int index) {
            return new Registers(attachment.map(index));
        }

        @Override
        public Device device() {
            return attachment.device();
        }

        @Override
        public DeviceConfig config() {
            return attachment.config();
        }

        @Override
        public NetBufPool pool() {
            return attachment.pool();
        }

        @Override
        public void configWrite(int offset, int width, int value) {
            attachment.configWrite(offset, width, value);
        }

        @Override
        public DmaMemory allocateDma(String purpose, long bytes, long alignment) {
            return attachment.allocateDma(purpose, bytes, alignment);
        }

        @Override
        public void enableDma() {
            attachment.enableDma();
        }

        @Override
        public NetBuf[] ring(String purpose, int slots) {
            return attachment.ring(purpose, slots);
        }

        @Override
        public List<Interrupt> interrupts(int count) {
            return attachment.interrupts(count);
        }

        @Override
        public void linkChanged(LinkState link) {
            attachment.linkChanged(link);
        }

        @Override
        public void report(Fault fault, String reason) {
            attachment.report(fault, reason);
        }
    }

    private final class Registers implements Mmio {
        private final Mmio mmio;

        Registers(Mmio mmio) {
            this.mmio = mmio;
        }

        @Override
        public long size() {
            return mmio.size();
        }

        @Override
        public int read8(long offset) {
            access();
            return mmio.read8(offset);
        }

        @Override
        public int read16(long offset) {
            access();
            return mmio.read16(offset);
        }

        @Override
        public int read32(long offset) {
            access();
            return mmio.read32(offset);
        }

        @Override
        public void write8(long offset, int value) {
            access();
            mmio.write8(offset, value);
        }

        @Override
        public void write16(long offset, int value) {
            access();
            mmio.write16(offset, value);
        }

        @Override
        public void write32(long offset, int value) {
            access();
            mmio.write32(offset, value);
        }
    }
}
