package net.pci;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import net.api.DevError;
import net.api.DevException;
import net.api.device.DeviceState;
import net.api.driver.Attachment;
import net.api.driver.DeviceMatch;
import net.api.driver.DriverInstance;
import net.api.driver.NetDriver;
import org.junit.jupiter.api.Test;

/** A device, or its host, goes at each step of attaching. */
class RemovalTest extends EngineFixture {
    /** How something goes, on the manager's thread, in the middle of attaching. */
    private enum Loss {
        /** Registers and configuration space read as all ones, and the driver notices. */
        ONES {
            @Override
            void happen(RemovalTest t) {
                t.host.pci.remove(1, 0);
                throw new DevException(DevError.IO, "it reads as all ones");
            }
        },
        /** As with a mapping of the operating system: the access is an error of the virtual machine. */
        BUS_ERROR {
            @Override
            void happen(RemovalTest t) {
                t.host.pci.remove(1, 0);
                throw new InternalError("a fault occurred in an unsafe memory access operation");
            }
        },
        /** The host tells before the driver notices. */
        HOST_EVENT {
            @Override
            void happen(RemovalTest t) {
                t.host.pci.remove(1, 0);
                t.host.removed("0000:00:01.0");
                t.host.changed();
            }
        },
        /** Its bundle stops: whoever stops it waits for what is being done. */
        HOST {
            @Override
            void happen(RemovalTest t) {
                t.engine.removeHost(t.host);
            }
        };

        abstract void happen(RemovalTest t);
    }

    /** What a driver does, one after the other. */
    private static final List<Consumer<Attachment>> STEPS = List.of(a -> a.map(0), a -> a.allocateDma("ring", 4096, 128), a -> a.interrupts(2),
            a -> ((FakePool) a.pool()).post(a.ring("receive ring", 8), 3), Attachment::enableDma, a -> { });

    private final class Gated implements NetDriver {
        private final FakeDriver driver = new FakeDriver("gated", log, DeviceMatch.pci(0x1af4, 0x1041));
        private int gate = -1;
        private Loss loss;
        private int mtu;

        @Override
        public String name() {
            return driver.name();
        }

        @Override
        public List<DeviceMatch> matches() {
            return driver.matches();
        }

        @Override
        public DriverInstance attach(Attachment a) {
            mtu = a.config().mtu();
            for (int i = 0; i < STEPS.size(); i++) {
                if (i == gate) {
                    gate = -1;
                    loss.happen(RemovalTest.this);
                }
                STEPS.get(i).accept(a);
            }
            return driver.idle(a);
        }
    }

    @Test
    void whateverGoesAtWhateverStepLeavesNothingAndComesBackAsItWas() {
        Gated gated = new Gated();
        engine.configureDevice("rule", Map.of("address", CARD, "mtu", 9000));
        engine.addPool(pool, "fake").addDriver(gated, 0, "1", registrar);
        for (Loss loss : Loss.values()) {
            for (int gate = 0; gate < STEPS.size(); gate++) {
                String what = loss + " before step " + gate;
                gated.loss = loss;
                gated.gate = gate;
                host.pci.with(1, 0, card);
                engine.addHost(host).settle().settle();
                engine.rescan();
                assertThat(gated.gate).as(what + " has happened").isEqualTo(-1);
                assertThat(engine.devices()).as(what).isEmpty();
                assertThat(host.memory).as(what + ": DMA memory").isEmpty();
                assertThat(host.pci.acquired).as(what + ": functions").isEmpty();
                assertThat(pool.missing()).as(what + ": buffers").isZero();
                assertThat(services).as(what + ": services").isEmpty();
                host.pci.with(1, 0, card);
                engine.addHost(host);
                engine.rescan();
                assertThat(engine.awaitState(CARD, DeviceState.ATTACHED, LONG).driver()).as(what).isEqualTo("gated");
                assertThat(gated.mtu).as(what).isEqualTo(9000);
                engine.removeHost(host);
            }
        }
    }

    @Test
    void housekeepingThatFindsTheRegistersGoneForgetsTheDevice() {
        attached();
        driver.housekeep = () -> {
            host.pci.remove(1, 0);
            throw new InternalError("a fault occurred in an unsafe memory access operation");
        };
        engine.awaitState(CARD, DeviceState.REMOVED, LONG);
        assertThat(host.memory).isEmpty();
    }
}
