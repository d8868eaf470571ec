package net.api.device;

/**
 * A consistent snapshot of a device's standing.
 *
 * @param state where it stands
 * @param driver name of its driver, "" without one
 * @param driverVersion version of the driver's bundle, "" without one
 * @param reason why it is in this state, in a sentence; "" if there is nothing to say
 * @param buffersInFlight packet buffers that its rings hold now; 0 unless attached
 */
public record DeviceStatus(DeviceState state, String driver, String driverVersion, String reason, int buffersInFlight) {
}
