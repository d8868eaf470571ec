/** Driver bundles for devices that have none: found in repositories, checked, installed, started. */
package net.locate;
