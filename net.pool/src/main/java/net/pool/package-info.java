/** Buffer pools over DMA memory: usable as plain objects, and registered as services for every host by this bundle's components. */
@Export
@Version("1.1.0")
package net.pool;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
