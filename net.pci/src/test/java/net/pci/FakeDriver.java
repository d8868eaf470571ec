package net.pci;

import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import net.api.EthernetAddress;
import net.api.NetBuf;
import net.api.NetCapabilities;
import net.api.NetDriverOps;
import net.api.driver.Attachment;
import net.api.driver.DeviceMatch;
import net.api.driver.DriverInstance;
import net.api.driver.HandOver;
import net.api.driver.NetDriver;

/** A driver whose failures are scripted. */
final class FakeDriver implements NetDriver {
    final List<String> log;
    final List<Attachment> attachments = new CopyOnWriteArrayList<>();
    private final String name;
    private final List<DeviceMatch> matches;
    /** What else happens at the end of attach. */
    volatile java.util.function.Consumer<Attachment> script = a -> { };
    volatile BooleanSupplier stop = () -> true;
    volatile Runnable housekeep = () -> { };
    volatile int housekept;
    volatile Supplier<Optional<HandOver>> handOver = Optional::empty;
    /** What else happens when a running device is taken over. */
    volatile java.util.function.Consumer<Attachment> takeOver = a -> { };
    /** What else happens when something is set. */
    volatile java.util.function.Consumer<String> settings = s -> { };

    FakeDriver(String name, List<String> log, DeviceMatch... matches) {
        this.name = name;
        this.log = log;
        this.matches = List.of(matches);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<DeviceMatch> matches() {
        return matches;
    }

    /** The usual things: a window, memory, interrupts, a ring with three buffers, DMA. */
    @Override
    public DriverInstance attach(Attachment attachment) {
        log.add("attach " + name);
        attachments.add(attachment);
        return run(attachment);
    }

    /** As attach, with what is there. */
    @Override
    public DriverInstance takeOver(Attachment attachment, HandOver state) {
        state.check("fake", 1, 1);
        log.add("take over " + name + " at " + state.number("at"));
        attachments.add(attachment);
        takeOver.accept(attachment);
        return instance(attachment);
    }

    private DriverInstance run(Attachment attachment) {
        attachment.map(0);
        attachment.allocateDma("ring", 4096, 128);
        attachment.interrupts(2);
        NetBuf[] ring = attachment.ring("receive ring", 8);
        ((FakePool) attachment.pool()).post(ring, 3);
        attachment.enableDma();
        script.accept(attachment);
        return instance(attachment);
    }

    /** At work, with whatever the attachment gave to somebody else. */
    DriverInstance idle(Attachment attachment) {
        attachments.add(attachment);
        return instance(attachment);
    }

    private DriverInstance instance(Attachment attachment) {
        NetDriverOps ops = (NetDriverOps) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {NetDriverOps.class},
                (proxy, method, args) -> switch (method.getName()) {
                    case "macAddress" -> EthernetAddress.parse("02:00:00:00:00:01");
                    case "capabilities" -> new NetCapabilities(Set.of(), 1, 1, 68, 1500, 1, 0);
                    case "setMtu", "setPromiscuous", "setMacFilters", "setVlanFilter" -> {
                        log.add(name + " " + method.getName() + Arrays.toString(args));
                        settings.accept(method.getName());
                        yield null;
                    }
                    case "rxQueue" -> new FakeQueue(name + " " + args[0]);
                    case "toString" -> "ops of " + attachment.device();
                    case "hashCode" -> System.identityHashCode(proxy);
                    case "equals" -> proxy == args[0];
                    default -> throw new UnsupportedOperationException(method.getName());
                });
        return new DriverInstance() {
            @Override
            public NetDriverOps ops() {
                return ops;
            }

            @Override
            public void housekeep() {
                housekept++;
                housekeep.run();
            }

            @Override
            public Optional<HandOver> handOver() {
                log.add("hand over " + name);
                return handOver.get();
            }

            @Override
            public boolean stop() {
                log.add("stop " + name);
                return stop.getAsBoolean();
            }
        };
    }
}
