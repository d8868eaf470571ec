/**
 * Devices as the runtime lists them, and the parts they are driven with: registers, DMA memory, interrupts.
 */
@Export
@Version("1.1.0")
package net.api.device;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
