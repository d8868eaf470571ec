package net.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Set;
import net.api.EthernetAddress;
import net.api.driver.NetDriver;
import net.sim.Cable;
import net.sim.CardModel;
import net.sim.Endpoint;
import net.sim.PciFunction;
import net.sim.SimHost;
import net.sim.VirtioNetConfig;
import net.sim.VirtioNetModel;
import net.testkit.CableEnd;

/** Cards of the simulated host under test. */
final class SimCards {
    static final EthernetAddress MAC = EthernetAddress.parse("02:00:00:00:00:01");

    private SimCards() {
    }

    static EngineCard open(NetDriver driver, CardUnderTest.Wish wish, VirtioNetConfig config) {
        return open(driver, wish, new VirtioNetModel(wish.mtu() == 0 ? config : config.withMtu(wish.mtu())));
    }

    static <M extends PciFunction & CardModel> EngineCard open(NetDriver driver, CardUnderTest.Wish wish, M model) {
        SimHost host = new SimHost("sim");
        Endpoint end = host.endpoint("far end", 1 << 16);
        host.plug(model, true);
        Cable cable = host.connect(model.port(), end.port());
        return new EngineCard(host, driver, wish, new End(end), new EngineCard.Controls() {
            @Override
            public Set<CardUnderTest.Fault> faults() {
                return Set.of(CardUnderTest.Fault.LINK, CardUnderTest.Fault.REMOVAL, CardUnderTest.Fault.LOSS);
            }

            @Override
            public void setLink(boolean up) {
                cable.setUp(up);
            }

            @Override
            public void pull() {
                host.unplug(model);
            }

            @Override
            public void putBack() {
                host.plug(model, true);
            }

            @Override
            public void close() {
                assertThat(model.complaints()).as("what the driver did against the rules").isEmpty();
                assertThat(host.close(1_000_000_000L)).as("pieces of memory that were not given back").isZero();
            }
        });
    }

    /** A Java program at the far end. */
    record End(Endpoint endpoint) implements CableEnd {
        @Override
        public boolean send(byte[] frame, long timeoutNanos) {
            long deadline = System.nanoTime() + timeoutNanos;
            while (!endpoint.send(frame)) {
                if (System.nanoTime() - deadline >= 0) {
                    return false;
                }
                Thread.onSpinWait();
            }
            return true;
        }

        @Override
        public Optional<byte[]> receive(long timeoutNanos) {
            try {
                return Optional.ofNullable(endpoint.receive(timeoutNanos));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.empty();
            }
        }

        @Override
        public void close() {
            endpoint.close();
        }
    }
}
