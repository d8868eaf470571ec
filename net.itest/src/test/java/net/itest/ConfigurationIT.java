package net.itest;

import static org.junit.Assert.assertEquals;
import static org.ops4j.pax.exam.CoreOptions.systemPackages;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.ops4j.pax.exam.Option;
import org.osgi.framework.Bundle;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.slf4j.LoggerFactory;

/** What is wrong with a configuration is said once, whether the bundle that reads it or the configuration comes first. */
public class ConfigurationIT extends RuntimeIT {
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            lines.add(event.getLevel() + " " + event.getFormattedMessage());
        }
    };

    @Override
    Option more() {
        return systemPackages("ch.qos.logback.classic;version=1.5.0", "ch.qos.logback.classic.spi;version=1.5.0", "ch.qos.logback.core;version=1.5.0",
                "ch.qos.logback.core.spi;version=1.5.0");
    }

    @Before
    public void listen() {
        appender.start();
        logger().addAppender(appender);
    }

    @After
    public void listenNoMore() {
        logger().detachAppender(appender);
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger("net.pci.config");
    }

    @Test
    public void oneLineForEachMistakeAndNoneForWhatIsRight() throws IOException {
        Configuration sim = configuration("net.sim");
        sim.update(properties("cards", "2", "crads", "3"));
        awaitLines("WARN Configuration net.sim: crads = '3' is ignored, as there is no such key; did you mean cards?");
        sim.update(properties("cards", 2, "colour", "red"));
        world.await("a line for the other mistake", () -> lines.size() == 2 && lines.get(1).contains("colour = 'red'"));
        sim.update(properties("cards", 2));
        Configuration locate = configuration("net.app.echo~one", "net.app.echo");
        locate.update(properties("device", "sim/none", "addresses", "10.0.0.1", "busy", "perhaps"));
        world.await("a line for the factory", () -> lines.size() == 3);
        assertEquals("WARN Configuration net.app.echo~one: busy = 'perhaps' is not true or false", lines.get(2));
        sim.delete();
        locate.delete();
    }

    @Test
    public void aBundleThatComesLaterIsAskedThenAndOnce() throws IOException {
        Bundle app = world.bundle("net.app");
        world.stop(app);
        Configuration echo = configuration("net.app.echo~two", "net.app.echo");
        echo.update(properties("device", "sim/none", "addresses", "10.0.0.1", "bsy", "true"));
        Configuration stranger = configuration("net.itest.stranger");
        stranger.update(properties("anything", "goes"));
        Configuration marker = configuration("net.sim");
        marker.update(properties("a", "b"));
        world.await("what came after it has been told", () -> lines.size() == 1 && lines.getFirst().contains("net.sim: a = 'b'"));
        world.start(app);
        world.await("a line", () -> lines.size() == 2);
        assertEquals("WARN Configuration net.app.echo~two: bsy = 'true' is ignored, as there is no such key; did you mean busy?", lines.get(1));
        world.stop(app);
        world.start(app);
        marker.update(properties("c", "d"));
        world.await("the next", () -> lines.stream().anyMatch(l -> l.contains("c = 'd'")));
        assertEquals(lines.toString(), 3, lines.size());
        echo.delete();
        stranger.delete();
        marker.delete();
    }

    private void awaitLines(String... expected) {
        world.await("lines: " + String.join("; ", expected), () -> lines.equals(List.of(expected)));
    }

    private Configuration configuration(String pid) throws IOException {
        return world.service(ConfigurationAdmin.class).getConfiguration(pid, "?");
    }

    private Configuration configuration(String pid, String factory) throws IOException {
        return world.service(ConfigurationAdmin.class).getFactoryConfiguration(factory, pid.substring(pid.indexOf('~') + 1), "?");
    }

    private static Dictionary<String, Object> properties(Object... keysAndValues) {
        Dictionary<String, Object> properties = new Hashtable<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            properties.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return properties;
    }
}
