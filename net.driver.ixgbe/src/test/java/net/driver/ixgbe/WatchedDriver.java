package net.driver.ixgbe;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import net.api.device.Mmio;
import net.api.driver.Attachment;
import net.api.driver.DriverInstance;
import net.api.driver.ForwardingDriver;
import net.api.driver.HandOver;
import net.api.driver.NetDriver;
import net.api.host.MmioWindow;

/** A driver whose accesses to registers pass a test. */
abstract class WatchedDriver extends ForwardingDriver {
    WatchedDriver(NetDriver driver) {
        super(driver);
    }

    /** A read of four bytes. */
    abstract int read(Mmio real, long offset);

    /** A write of four bytes. */
    abstract void write(Mmio real, long offset, int value);

    /** Another call of the driver to its attachment. */
    void called(String method, Object[] arguments) {
    }

    @Override
    public DriverInstance attach(Attachment attachment) {
        return super.attach(watched(attachment));
    }

    @Override
    public DriverInstance takeOver(Attachment attachment, HandOver state) {
        return super.takeOver(watched(attachment), state);
    }

    private Attachment watched(Attachment real) {
        return (Attachment) Proxy.newProxyInstance(Attachment.class.getClassLoader(), new Class<?>[] {Attachment.class}, (p, m, args) -> {
            called(m.getName(), args);
            try {
                Object result = m.invoke(real, args);
                return m.getName().equals("map") ? window((Mmio) result) : result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }

    private MmioWindow window(Mmio real) {
        return new MmioWindow("window", real.size()) {
            @Override
            protected int read(long offset, int width) {
                return WatchedDriver.this.read(real, offset);
            }

            @Override
            protected void write(long offset, int width, int value) {
                WatchedDriver.this.write(real, offset, value);
            }
        };
    }
}
