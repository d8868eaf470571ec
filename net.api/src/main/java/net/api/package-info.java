/**
 * The contracts that applications use: cards, queues, packet buffers, errors.
 */
@Export
@Version("1.1.0")
package net.api;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
