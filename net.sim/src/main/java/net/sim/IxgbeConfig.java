package net.sim;

import java.util.Objects;
import net.api.DevError;
import net.api.DevException;
import net.api.EthernetAddress;
import net.hw.ixgbe.Model;

/**
 * How an {@link IxgbeModel} is built.
 *
 * @param mac its address, in the EEPROM
 * @param deviceId PCI device id of one of the 82599 family: 0x10f7 is a backplane card without a module, 0x10fb has a cage for one
 * @param module what is in the cage of an SFP+ card; not looked at by others
 */
public record IxgbeConfig(EthernetAddress mac, int deviceId, SfpModule module) {
    /** Device id of the backplane card. */
    public static final int BACKPLANE = 0x10f7;
    /** Device id of the SFP+ card. */
    public static final int SFP = 0x10fb;

    /** @throws DevException INVALID_PARAM for another device id, or a group address */
    public IxgbeConfig {
        Objects.requireNonNull(module);
        if (Model.of(deviceId) == null || mac.isMulticast()) {
            throw new DevException(DevError.INVALID_PARAM, ("device id 0x%04x with address %s: an id of the 82599 family such as"
                    + " 0x10fb, and the address of one card").formatted(deviceId, mac));
        }
    }

    /** An SFP+ card with a direct attach cable. */
    public static IxgbeConfig of(EthernetAddress mac) {
        return new IxgbeConfig(mac, SFP, SfpModule.DIRECT_ATTACH);
    }

    /** The same as another of the family. */
    public IxgbeConfig withDeviceId(int id) {
        return new IxgbeConfig(mac, id, module);
    }

    /** The same with another module, or none. */
    public IxgbeConfig withModule(SfpModule other) {
        return new IxgbeConfig(mac, deviceId, other);
    }

    Model model() {
        return Model.of(deviceId);
    }
}
