package net.api.device;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Finds devices on all hosts, and joins them with drivers. A service. Any thread; changes are done, one after the other, on the manager's own thread, and
 * a call returns when its change is complete.
 *
 * <p>An address may be shortened to any end of it that is unique, such as {@code 00:04.0} or {@code 4.0}.
 */
@ProviderType
public interface DeviceManager {
    /** Every device, by host and address. */
    List<Device> devices();

    /**
     * The device with that address.
     *
     * @throws net.api.DevException INVALID_PARAM if no device, or more than one, has this address; the text names the candidates
     */
    Device device(String address);

    /**
     * Attaches the best matching driver. Ends a quarantine.
     *
     * @throws net.api.DevException INVALID_PARAM as {@link #device}; UNSUPPORTED if no driver matches or the host does not allow it; ALREADY_EXISTS if it is
     *         attached; or what the driver failed with
     */
    void attach(String address);

    /**
     * Attaches the named driver, if it matches at all, and holds the device to it as {@link #swap} does.
     *
     * @param driver as of {@link #swap}
     * @throws net.api.DevException as {@link #attach(String)}
     */
    void attach(String address, String driver);

    /**
     * Replaces the driver of an attached device by another that matches, such as another version of the same bundle, and holds the device to it: it is taken
     * first from now on, also after the device was away, until {@link #attach(String)} or {@link #detach} ends that. What the user has set stays. If the
     * other driver fails, the device goes back to the one that it had.
     *
     * @param driver name of a driver, symbolic name of its bundle, its version, {@code bundle:version}, or the bundle's number; with several the best match
     * @throws net.api.DevException INVALID_PARAM as {@link #device}; BAD_STATE if it is not attached; ALREADY_EXISTS if it has that driver; UNSUPPORTED if no
     *         other driver fits; RESOURCE_BUSY if the present driver does not leave; or what the other driver failed with
     */
    void swap(String address, String driver);

    /**
     * Detaches the driver and leaves the device idle until the user attaches it again. A device that only waits to be attached (for a driver, for a pool, for
     * another try, for the driver that has not left) waits no longer.
     *
     * @throws net.api.DevException INVALID_PARAM as {@link #device}; BAD_STATE if it is not attached, and does not wait to be
     */
    void detach(String address);

    /** Looks at every host again for devices that came or went without notice. */
    void rescan();
}
