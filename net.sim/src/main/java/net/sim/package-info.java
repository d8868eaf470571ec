/**
 * Device models and a simulated host, to be used with or without a framework: make a {@link net.sim.SimHost}, plug {@link net.sim.VirtioNetModel}s, {@link net.sim.IxgbeModel}s
 * or {@link net.sim.FxmacModel}s in, and cable them to each other or to an {@link net.sim.Endpoint}.
 */
@Export
@Version("1.1.0")
package net.sim;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
