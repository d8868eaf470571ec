package net.pci;

import net.api.driver.HandOver;

/**
 * A device that runs and has no driver: the one that it had has handed over and goes, because its bundle is updated. Made of what outlives the classes of that
 * driver.
 *
 * @param driver its name
 * @param version of its bundle
 * @param choice it, as {@link DriverEntry#choice} says
 * @param bundleId number of its bundle: that of the new version too
 * @param state where the new version goes on
 * @param begun {@link System#nanoTime} when the driver was asked to hand over
 * @param span records the swap that this becomes
 */
record Vacancy(String driver, String version, String choice, long bundleId, HandOver state, long begun, DeviceJfr.SwapSpan span) {
    String text() {
        return driver + " " + version;
    }
}
