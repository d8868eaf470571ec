/**
 * What tests of drivers share.
 */
@Export
@Version("1.0.0")
package net.testkit;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
