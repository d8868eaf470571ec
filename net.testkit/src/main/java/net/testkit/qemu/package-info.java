/**
 * QEMU as a supplier of devices: cards that somebody else wrote, driven from this process through QEMU's qtest protocol.
 */
@Export
@Version("1.1.0")
package net.testkit.qemu;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
