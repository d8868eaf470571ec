/**
 * What a driver implements, and what it is given when it is attached to a device.
 */
@Export
@Version("1.1.0")
package net.api.driver;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
