/** The driver for virtio network cards. */
package net.driver.virtio;
