package net.app;

import java.util.Arrays;
import java.util.List;
import net.api.DevError;
import net.api.DevException;
import net.app.core.AppOptions;
import net.app.echo.Echo;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Echo by configuration: one application for each configuration of the factory {@code net.app.echo}. */
@Component(service = {}, immediate = true, configurationPid = "net.app.echo", configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = EchoComponent.Config.class, factory = true)
public final class EchoComponent {
    private static final Logger LOG = LoggerFactory.getLogger(EchoComponent.class);

    private final AppService service;
    private final Echo echo;

    @ObjectClassDefinition(id = "net.app.echo", name = "Echo", description = "Lets a card be pinged: answers ARP, neighbour solicitations, ICMP and ICMPv6 "
            + "echo requests.")
    @interface Config {
        @AttributeDefinition(description = "Full address of the card, such as sim/0000:00:01.0. It may come later.")
        String device();

        @AttributeDefinition(description = "Addresses to answer for, such as 10.0.0.2/24 and fd00::2/64. Required.")
        String[] addresses();

        @AttributeDefinition(description = "Most frames that are handled at once.", min = "1", max = "1024", required = false)
        int batch() default 32;

        @AttributeDefinition(description = "Never sleep: lowest latency, one processor at 100 %.", required = false)
        boolean busy() default false;

        @AttributeDefinition(description = "Processor that the thread is pinned to, from 0; -1 for any.", min = "-1", max = "1023", required = false)
        int processor() default -1;
    }

    @Activate
    public EchoComponent(@Reference AppService service, Config config) {
        this.service = service;
        Echo made = null;
        try {
            if (config.device() == null || config.device().isBlank()) {
                throw new DevException(DevError.INVALID_PARAM, "device is missing: give the full address of a card, such as sim/0000:00:01.0");
            }
            String[] addresses = config.addresses() == null ? new String[0] : config.addresses();
            made = new Echo(config.device().strip(), Echo.parse(split(addresses)), new AppOptions(config.batch(), config.busy(), false,
                    AppOptions.DEFAULT.tries(), config.processor()));
            service.applications().start(made);
        } catch (DevException e) {
            LOG.error("configuration net.app.echo is not used: {}", e.toString());
            made = null;
        }
        this.echo = made;
    }

    /** In a file of plain properties a list is one text with commas or blanks. */
    private static List<String> split(String... addresses) {
        return Arrays.stream(addresses).flatMap(a -> Arrays.stream(a.split("[,\\s]+"))).filter(a -> !a.isEmpty()).toList();
    }

    @Deactivate
    void stop() {
        if (echo == null) {
            return;
        }
        try {
            service.applications().stop(echo.id());
        } catch (DevException e) {
            if (e.error() == DevError.INVALID_PARAM) {
                LOG.debug("{} was stopped before: {}", echo, e.toString());
            } else {
                LOG.warn("{} is told to stop with its configuration: {}", echo, e.toString());
            }
        }
    }
}
