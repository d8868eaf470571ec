package net.driver.ixgbe;

import java.lang.reflect.Field;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import net.api.DevException;
import net.api.LinkState;
import net.api.device.Mmio;
import net.api.driver.Attachment;
import net.api.driver.DriverInstance;
import net.api.driver.HandOver;
import net.api.driver.NetDriver;
import net.hw.ixgbe.Reg;

/** Another version of the driver, whose state a test may change on the way, and which notes what it does to the device. */
final class NextVersion extends WatchedDriver {
    volatile UnaryOperator<HandOver> edit = s -> s;
    /** What registers are said to be while the device is taken over. */
    final Map<Long, Integer> lies = new ConcurrentHashMap<>();
    /** Writes to registers while the device was taken over. */
    final List<Long> writes = new CopyOnWriteArrayList<>();
    /** What users were told of the link. */
    final List<LinkState> links = new CopyOnWriteArrayList<>();
    volatile int took;
    volatile int attached;
    volatile DevException refusal;
    /** What it made of the device last. */
    volatile DriverInstance instance;
    /** How often it has asked the running device what happened. */
    volatile int looks;
    private volatile boolean takingOver;

    NextVersion(NetDriver driver) {
        super(driver);
    }

    @Override
    public DriverInstance attach(Attachment attachment) {
        attached++;
        return super.attach(attachment);
    }

    @Override
    public DriverInstance takeOver(Attachment attachment, HandOver state) {
        takingOver = true;
        try {
            instance = super.takeOver(attachment, edit.apply(state));
            took++;
            return instance;
        } catch (DevException e) {
            refusal = e;
            throw e;
        } finally {
            takingOver = false;
        }
    }

    @Override
    int read(Mmio real, long offset) {
        if (offset == Reg.EICR.at(0) && !takingOver) {
            looks++;
        }
        Integer lie = takingOver ? lies.get(offset) : null;
        return lie == null ? real.read32(offset) : lie;
    }

    @Override
    void write(Mmio real, long offset, int value) {
        if (takingOver) {
            writes.add(offset);
        }
        real.write32(offset, value);
    }

    @Override
    void called(String method, Object[] arguments) {
        if (method.equals("linkChanged")) {
            links.add((LinkState) arguments[0]);
        }
    }

    // ---- states ----

    @SuppressWarnings("unchecked")
    static Map<String, Object> values(HandOver state) {
        try {
            Field field = HandOver.class.getDeclaredField("values");
            field.setAccessible(true);
            return new TreeMap<>((Map<String, Object>) field.get(state));
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    static HandOver record(String format, int version, Map<String, Object> values) {
        HandOver.Writer to = HandOver.write(format, version);
        values.forEach((name, value) -> {
            switch (value) {
                case Long n -> to.put(name, n);
                case long[] n -> to.put(name, n);
                case int[] n -> to.put(name, n);
                case char[] n -> to.put(name, n);
                case byte[] n -> to.put(name, n);
                default -> throw new AssertionError(name + " is " + value.getClass());
            }
        });
        return to.done();
    }
}
