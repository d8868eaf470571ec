package net.api.host;

import org.osgi.annotation.versioning.ProviderType;

/** Hears of a host's devices. The calls return at once; the work is done elsewhere. */
@ProviderType
public interface HostListener {
    /** Something was added; look again. */
    void changed();

    /**
     * A device is gone or is about to go: it is to be let go of.
     *
     * @param deviceName the PCI address or the name of the platform device
     */
    void removed(String deviceName);

    /**
     * A device has failed, and is there all the same: attaching it again is expected to help, unless it fails time and again.
     *
     * @param deviceName the PCI address or the name of the platform device
     * @param reason in a sentence
     */
    default void failed(String deviceName, String reason) {
    }
}
