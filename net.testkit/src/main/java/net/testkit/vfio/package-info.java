/**
 * Serves models of devices to virtual machines: whoever speaks the vfio-user protocol, such as QEMU's {@code vfio-user-pci}, gives its guest a model as a PCI
 * device, and the guest's own driver judges the model. {@link net.testkit.vfio.VfioUserServer} is all there is to use.
 */
@Export
@Version("1.0.0")
package net.testkit.vfio;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
