/**
 * What every driver promises, as a JUnit 5 suite that the author of a driver extends. Needs JUnit and AssertJ on the class path.
 */
@Export
@Version("1.1.0")
package net.testkit.contract;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
