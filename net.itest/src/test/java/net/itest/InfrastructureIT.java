package net.itest;

import static org.junit.Assert.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import net.api.DeviceType;
import net.api.NetBufPool;
import net.api.NetDriverOps;
import net.api.device.Device;
import org.junit.Before;
import org.junit.Test;
import org.osgi.framework.Bundle;

/** Everything below the drivers comes and goes too, in any order. */
public class InfrastructureIT extends RuntimeIT {
    private static final List<String> PARTS = List.of("net.pool", "net.sim", "net.pci");
    private Bundle driver;

    @Before
    public void withDriver() {
        driver = world.bundle(World.DRIVER);
        if (driver == null) {
            driver = world.install(World.DRIVER);
        }
        world.start(driver);
        world.awaitAttached(CARDS);
    }

    @Test
    public void poolHostAndManagerMayBeStoppedUnderTrafficInAnyOrder() {
        List<List<String>> orders = orders();
        for (int i = 0; i < orders.size(); i++) {
            List<String> down = orders.get(i);
            List<String> up = orders.get((i + 1) % orders.size());
            List<NetDriverOps> cards = world.cards();
            try (Pump there = new Pump(cards.get(0), cards.get(1)); Pump back = new Pump(cards.get(1), cards.get(0))) {
                there.awaitFlow(world);
                back.awaitFlow(world);
                world.stop(world.bundle(down.get(0)));
                world.await("no card after " + down.get(0) + " was stopped", () -> world.references(NetDriverOps.class, null).isEmpty());
                there.awaitEnd();
                back.awaitEnd();
            }
            world.awaitEveryBufferHome();
            world.stop(world.bundle(down.get(1)));
            world.stop(world.bundle(down.get(2)));
            assertTrue("no device, no pool\n" + world, world.devices().isEmpty() && world.references(NetBufPool.class, null).isEmpty());
            for (String name : up) {
                world.start(world.bundle(name));
            }
            world.awaitAttached(CARDS);
        }
        flowOnce();
    }

    @Test
    public void eachMayBeUninstalledAndInstalledAgain() {
        for (String name : PARTS) {
            world.uninstall(world.bundle(name));
            world.await("no card without " + name, () -> world.references(NetDriverOps.class, null).isEmpty());
            world.start(world.install(name));
            world.awaitAttached(CARDS);
            flowOnce();
        }
    }

    @Test
    public void noThreadAndNoMemoryOutlivesItsBundle() {
        List<String> names = new ArrayList<>(PARTS);
        names.add(World.DRIVER);
        world.stop(world.bundle("net.pool"));
        world.await("no card without pool", () -> world.references(NetDriverOps.class, null).isEmpty());
        world.await("all DMA memory given back", () -> world.dmaInUse() == 0);
        names.forEach(n -> world.stop(world.bundle(n)));
        world.await("no thread of ours", () -> World.threads().isEmpty());
        assertTrue(world.references(Device.class, null).isEmpty());
        names.forEach(n -> world.start(world.bundle(n)));
        world.awaitAttached(CARDS);
    }

    private void flowOnce() {
        List<NetDriverOps> cards = world.cards();
        assertTrue(cards.stream().allMatch(c -> c.deviceType() == DeviceType.NET));
        try (Pump pump = new Pump(cards.get(0), cards.get(1))) {
            pump.awaitFlow(world);
        }
        world.awaitEveryBufferHome();
    }

    /** All orders of the three. */
    private static List<List<String>> orders() {
        List<List<String>> orders = new ArrayList<>();
        for (int first = 0; first < PARTS.size(); first++) {
            List<String> turned = new ArrayList<>(PARTS);
            Collections.rotate(turned, first);
            orders.add(List.copyOf(turned));
            orders.add(List.of(turned.get(0), turned.get(2), turned.get(1)));
        }
        return orders;
    }
}
