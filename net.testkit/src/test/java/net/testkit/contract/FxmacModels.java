package net.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import net.api.driver.NetDriver;
import net.sim.Cable;
import net.sim.Endpoint;
import net.sim.FxmacConfig;
import net.sim.FxmacModel;
import net.sim.SimHost;

/** Models of FXMAC under test. */
final class FxmacModels {
    private FxmacModels() {
    }

    static EngineCard open(NetDriver driver, CardUnderTest.Wish wish, FxmacConfig config) {
        return open(driver, wish, new FxmacModel(config));
    }

    /** The test keeps the model, to break it. */
    static EngineCard open(NetDriver driver, CardUnderTest.Wish wish, FxmacModel model) {
        SimHost host = new SimHost("sim");
        Endpoint end = host.endpoint("far end", 1 << 16);
        host.plug(model);
        Cable cable = host.connect(model.port(), end.port());
        return new EngineCard(host, driver, wish, new SimCards.End(end), new EngineCard.Controls() {
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
                host.plug(model);
            }

            @Override
            public void close() {
                assertThat(host.close(1_000_000_000L)).as("pieces of memory that were not given back").isZero();
                assertThat(model.complaints()).as("what the model says of the driver").isEmpty();
                assertThat(model.dmaFaults()).as(model.lastDmaFault()).isZero();
            }
        });
    }
}
