package net.pci;

/** What outlasts drivers, and the device itself while it is away. Manager's thread, but for what its parts say. */
final class Lasting {
    /** What kind of device it was: another one in its place begins anew. */
    final String kind;
    final UserSettings settings = new UserSettings();
    final Port port;
    /** Which driver the user holds it to, in the words of {@link DriverEntry#isMeant}; "" if any will do. */
    String held = "";

    Lasting(ListedDevice device) {
        kind = device.description();
        port = new Port(device.address());
    }
}
