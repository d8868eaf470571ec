package net.driver.fxmac;

import java.util.List;
import net.api.driver.Attachment;
import net.api.driver.DeviceMatch;
import net.api.driver.DriverInstance;
import net.api.driver.HandOver;
import net.api.driver.NetDriver;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The driver for Phytium's FXMAC and for Cadence GEMs with 64-bit descriptors. */
@Component(service = NetDriver.class, configurationPid = FxmacDriver.PID)
@Designate(ocd = FxmacDriver.Config.class)
public final class FxmacDriver implements NetDriver {
    static final String PID = "net.driver.fxmac";
    /** Linux's bindings: cdns,macb.yaml. The first is Phytium's, the others are of boards with a plain GEM. */
    private static final List<DeviceMatch> MATCHES = List.of(DeviceMatch.compatible("cdns,phytium-gem-1.0"), DeviceMatch.compatible("xlnx,zynqmp-gem"),
            DeviceMatch.compatible("xlnx,zynq-gem"), DeviceMatch.compatible("cdns,gem"));

    /** What a configuration says. */
    @ObjectClassDefinition(name = "FXMAC driver", description = "What all cards of this driver do; a change attaches them anew.")
    public @interface Config {
        /** Transmit checksums. */
        @AttributeDefinition(name = "Transmit checksums",
                description = "Cards fill in the checksums of IP, TCP and UDP: of every frame that has any, whether the sender asked for it or not, also of forwarded ones")
        boolean tx_checksums() default false;

        /** Tail pointers. */
        @AttributeDefinition(name = "Tail pointers", description = "Phytium's cards are told how far they may look into a transmit ring, so that they read no descriptor in vain")
        boolean tail_pointers() default false;
    }

    private final Options options;
    private final Limits limits;

    /** The driver as it is used. */
    @Activate
    public FxmacDriver(Config config) {
        this(new Options(config.tx_checksums(), config.tail_pointers()), Limits.DEFAULT);
    }

    /** The driver as it is without a configuration, for tests. */
    public FxmacDriver() {
        this(Options.DEFAULT, Limits.DEFAULT);
    }

    FxmacDriver(Options options, Limits limits) {
        this.options = options;
        this.limits = limits;
    }

    @Override
    public String name() {
        return "fxmac";
    }

    @Override
    public List<DeviceMatch> matches() {
        return MATCHES;
    }

    @Override
    public DriverInstance attach(Attachment attachment) {
        return new Setup(attachment, options, limits).run();
    }

    @Override
    public DriverInstance takeOver(Attachment attachment, HandOver state) {
        return Succession.restore(attachment, options, limits, state);
    }
}
