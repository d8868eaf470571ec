package net.driver.ixgbe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import net.api.DevError;
import net.api.DevException;
import net.api.device.DeviceState;
import net.api.device.Mmio;
import net.api.driver.DeviceConfig;
import net.hw.ixgbe.IxgbeRegister;
import net.sim.IxgbeConfig;

/** The driver, which notes every access to a register until it is attached. */
final class Recorder extends WatchedDriver {
    /** An access, and the driver's time then. */
    record Access(boolean write, long offset, int value, long at) {
        boolean isWrite(IxgbeRegister r) {
            for (int i = 0; write && i < r.count(); i++) {
                if (r.at(i) == offset) {
                    return true;
                }
            }
            return false;
        }
    }

    final List<Access> accesses = new ArrayList<>();
    private final VirtualClock clock;
    volatile boolean attached;
    volatile int allocationsLeft = Integer.MAX_VALUE;

    Recorder(VirtualClock clock) {
        super(new IxgbeDriver(clock.limits()));
        this.clock = clock;
    }

    /** What it does to a card that it is attached to, and that is left alone then. */
    static Recorder attach(IxgbeConfig config, DeviceConfig wanted) {
        VirtualClock clock = new VirtualClock();
        Recorder driver = new Recorder(clock);
        try (CardRig rig = new CardRig(config, clock.limits())) {
            rig.engine.configureDevice(rig.address, wanted).addDriver(driver).settle();
            assertThat(rig.status().state()).as(rig.status().toString()).isEqualTo(DeviceState.ATTACHED);
            driver.attached = true;
        }
        return driver;
    }

    @Override
    int read(Mmio real, long offset) {
        int value = real.read32(offset);
        note(false, offset, value);
        return value;
    }

    @Override
    void write(Mmio real, long offset, int value) {
        note(true, offset, value);
        real.write32(offset, value);
    }

    private synchronized void note(boolean write, long offset, int value) {
        if (!attached) {
            accesses.add(new Access(write, offset, value, clock.now()));
        }
    }

    @Override
    void called(String method, Object[] arguments) {
        if (method.equals("allocateDma") && allocationsLeft-- <= 0) {
            throw new DevException(DevError.NO_MEMORY, "no memory for " + arguments[0]);
        }
    }

    int first(Predicate<Access> which) {
        for (int i = 0; i < accesses.size(); i++) {
            if (which.test(accesses.get(i))) {
                return i;
            }
        }
        throw new AssertionError("no such access");
    }

    int last(Predicate<Access> which) {
        return accesses.lastIndexOf(accesses.stream().filter(which).reduce((a, b) -> b).orElseThrow(() -> new AssertionError("no such access")));
    }

    List<Access> writes(IxgbeRegister r) {
        return accesses.stream().filter(a -> a.isWrite(r)).toList();
    }

    int lastValue(IxgbeRegister r, int i) {
        return accesses.get(last(a -> a.write && a.offset == r.at(i))).value;
    }
}
