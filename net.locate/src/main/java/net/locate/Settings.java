package net.locate;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/** Describes PID {@code net.locate}. */
@ObjectClassDefinition(name = "Hotnic driver location", description = "Where driver bundles are looked for when a device has no driver, and what is done with "
        + "them.")
@interface Settings {
    @AttributeDefinition(name = "Policy", required = false, options = {@Option("automatic"), @Option("ask"), @Option("off")},
            description = "automatic: a bundle that drives a device without driver is installed and started; ask: it is named in net:devices, and installed "
            + "by net:locate; "
                    + "off: nobody looks.")
    String policy() default "automatic";

    @AttributeDefinition(name = "Repositories", required = false,
            description = "Where to look: URLs or paths of indices as OSGi repositories have them (index.xml, index.xml.gz), or folders with bundles. In "
            + "order; the best match "
                    + "counts, then the highest version. Without any, those of the framework property hotnic.repositories, separated by commas.")
    String[] repositories() default {};

    @AttributeDefinition(name = "Trusted certificates", required = false,
            description = "Path of a key store with certificates. If there is one, only bundles that are signed, in all their files, by one of them are "
            + "installed. The digest that "
                    + "an index gives is always checked.")
    String trusted() default "";
}
