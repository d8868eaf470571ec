package net.driver.ixgbe;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
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
import net.api.driver.DeviceMatch;
import net.api.driver.DriverInstance;
import net.api.driver.HandOver;
import net.api.driver.NetDriver;
import net.api.host.MmioWindow;

/** Another version of the driver, whose state a test may change on the way, and which notes what it does to the device. */
final class NextVersion implements NetDriver {
    private final NetDriver driver;
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

    NextVersion(NetDriver driver) {
        this.driver = driver;
    }

    @Override
    public String name() {
        return driver.name();
    }

    @Override
    public List<DeviceMatch> matches() {
        return driver.matches();
    }

    @Override
    public DriverInstance attach(Attachment attachment) {
        attached++;
        return driver.attach(attachment);
    }

    @Override
    public DriverInstance takeOver(Attachment attachment, HandOver state) {
        Window[] window = new Window[1];
        try {
            DriverInstance instance = driver.takeOver(watched(attachment, window), edit.apply(state));
            took++;
            return instance;
        } catch (DevException e) {
            refusal = e;
            throw e;
        } finally {
            if (window[0] != null) {
                window[0].takingOver = false;
            }
        }
    }

    private final class Window extends MmioWindow {
        private final Mmio real;
        volatile boolean takingOver = true;

        Window(Mmio real) {
            super("window", real.size());
            this.real = real;
        }

        @Override
        protected int read(long offset, int width) {
            Integer lie = takingOver ? lies.get(offset) : null;
            return lie == null ? real.read32(offset) : lie;
        }

        @Override
        protected void write(long offset, int width, int value) {
            if (takingOver) {
                writes.add(offset);
            }
            real.write32(offset, value);
        }
    }

    private Attachment watched(Attachment real, Window[] window) {
        return (Attachment) Proxy.newProxyInstance(Attachment.class.getClassLoader(), new Class<?>[] {Attachment.class}, (p, m, args) -> {
            if (m.getName().equals("linkChanged")) {
                links.add((LinkState) args[0]);
            }
            try {
                Object result = m.invoke(real, args);
                return m.getName().equals("map") ? window[0] = new Window((Mmio) result) : result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
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
