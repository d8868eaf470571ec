package net.pci;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import net.api.DevError;
import net.api.DevException;
import net.api.NetBufPool;
import net.api.NetDriverOps;
import net.api.device.DeviceState;
import net.api.device.DeviceStatus;
import net.api.driver.DriverInstance;
import net.api.driver.NetDriver;

/** What the manager knows of one device. Manager's thread, but {@link #device} and {@link #ops}. */
final class Slot {
    /** With what attaching was tried; it is tried again when something of it has changed. */
    record Attempt(List<DriverEntry> drivers, DeviceSettings settings, NetBufPool pool, long hostEpoch) {
    }

    final HostEntry host;
    final ListedDevice device;
    final Lasting lasting;
    DeviceState state = DeviceState.IDLE;
    /** Without {@link ListedDevice#problems}, which are shown with every reason. */
    String reason = "";
    Registrar.Registration registration;
    Registrar.Registration portRegistration;

    DriverEntry driver;
    DriverInstance instance;
    DeviceAttachment attachment;
    Registrar.Registration opsRegistration;
    volatile NetDriverOps ops;
    NetBufPool pool;

    /** Not null while its driver's bundle is updated. */
    Vacancy vacancy;

    /** The user detached it. */
    boolean userDetached;
    /** Taken first if it is still there and the device is held to no other: the driver that was attached before. */
    DriverEntry preferred;
    Attempt failed;
    /** Not null if attaching failed and is to be tried again. */
    Retry retry;
    /** When its driver was swapped in, 0 if it was not, and for which. */
    long swappedAt;
    String before = "";
    /** Locators were asked for a driver, and what they said. */
    boolean asked;
    String located = "";
    /** What the configuration says now, and what the device was attached with last. */
    DeviceSettings wanted;
    DeviceSettings worked;
    final Deque<Long> resets = new ArrayDeque<>();

    Slot(HostEntry host, ListedDevice device, Lasting lasting) {
        this.host = host;
        this.device = device;
        this.lasting = lasting;
    }

    /** Which driver it is held to, by command or else by configuration; "" if any will do. */
    String held() {
        return lasting.held.isEmpty() ? wanted.driver() : lasting.held;
    }

    /** Nothing of the driver is kept, but what is attached. */
    void forget(NetDriver gone) {
        if (preferred != null && preferred.driver() == gone) {
            preferred = null;
        }
        if (failed != null && failed.drivers().stream().anyMatch(d -> d.driver() == gone)) {
            failed = null;
            retry = null;
        }
    }

    boolean isAttached() {
        return state == DeviceState.ATTACHED;
    }

    /** As a driver has set it up, whether it has one now or not. */
    boolean isRunning() {
        return state == DeviceState.ATTACHED || state == DeviceState.UPDATING;
    }

    String address() {
        return device.address();
    }

    /** BAD_STATE that says what it is instead. Any thread. */
    DevException notAttached() {
        DeviceStatus now = device.status();
        return new DevException(DevError.BAD_STATE, "%s is not attached, it is %s%s".formatted(device, now.state().name().toLowerCase(Locale.ROOT),
                now.reason().isEmpty() ? "" : ": " + now.reason()));
    }
}
