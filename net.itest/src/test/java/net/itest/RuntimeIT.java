package net.itest;

import static org.junit.Assert.assertEquals;
import static org.ops4j.pax.exam.CoreOptions.bundle;
import static org.ops4j.pax.exam.CoreOptions.composite;
import static org.ops4j.pax.exam.CoreOptions.junitBundles;
import static org.ops4j.pax.exam.CoreOptions.options;
import static org.ops4j.pax.exam.CoreOptions.systemPackages;

import java.util.stream.Stream;
import javax.inject.Inject;
import org.junit.Before;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.BundleContext;

/** A framework with the runtime in it, but for the console and the drivers; one for each class. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public abstract class RuntimeIT {
    /** Simulated cards that there are without any configuration. */
    static final int CARDS = 2;
    private static final String[] SERVICES = {"org.osgi.util.function", "org.osgi.util.promise", "org.osgi.service.component", "org.osgi.service.log",
            "org.apache.felix.configadmin",
        "org.apache.felix.scr", "org.apache.felix.metatype", "org.apache.felix.eventadmin", "org.apache.felix.gogo.runtime", "org.apache.felix.gogo.command"};
    private static final String[] OURS = {"net.api", "net.pool", "net.pci", "net.linux", "net.sim", "net.app", "net.shell"};

    /** Injected by Pax Exam. */
    @Inject
    protected BundleContext context;
    World world;

    /** Looks around, and makes sure that this is the framework that the build meant. */
    @Before
    public void look() {
        world = new World(context);
        assertEquals(System.getProperty("hotnic.framework"), context.getBundle(0).getSymbolicName());
    }

    /** What Pax Exam starts. */
    @Configuration
    public Option[] runtime() {
        // An appliance may bring SLF4J 1.7 or 2; bundles ask for one or the other.
        return options(systemPackages("org.slf4j;version=2.0.20", "org.slf4j;version=1.7.36"), junitBundles(), more(),
                composite(Stream.of(SERVICES).map(name -> bundle(Jars.onClassPath(name))).toArray(Option[]::new)),
                composite(Stream.of(OURS).map(name -> bundle(Jars.of(name).toUri().toString())).toArray(Option[]::new)));
    }

    /** What a class needs besides. */
    Option more() {
        return composite();
    }
}
