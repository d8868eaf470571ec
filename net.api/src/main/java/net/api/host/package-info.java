/**
 * What a supplier of devices implements: the machine, a simulation, an emulator.
 */
@Export
@Version("1.1.0")
package net.api.host;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
