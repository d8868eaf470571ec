package net.sim;

import net.hw.ixgbe.LinkBits.Msca;
import net.hw.ixgbe.Model;
import net.hw.ixgbe.Reg;

/**
 * MDIO behind MSCA and MSRWD: 3.7.6, IEEE 802.3 clauses 22 and 45. A 10GBASE-T card has a PHY at address 0; all other addresses, and all other cards, read as
 * all ones, as of wires that nobody pulls down. Under the engine's lock.
 */
final class IxgbeMdio {
    private static final int PHY = 0;
    private static final int PMA = 1;
    private static final int AN = 7;
    /** Identity of a 10GBASE-T PHY that goes with the 82599. */
    private static final int ID_HIGH = 0x00a1;
    private static final int ID_LOW = 0x9410;

    private final IxgbeModel device;
    private final IxgbeRegisterFile file;
    private final boolean there;
    private int address;

    IxgbeMdio(IxgbeModel device, IxgbeRegisterFile file, Model.Media media) {
        this.device = device;
        this.file = file;
        there = media == Model.Media.COPPER;
    }

    void command(int value) {
        file.write(Reg.MSCA, 0, value);
        if ((value & Msca.COMMAND) == 0 || device.has(IxgbeFault.MDIO_HANGS)) {
            return;
        }
        int phy = value >>> Msca.PHY_SHIFT & 0x1f;
        int unit = value >>> Msca.DEVICE_SHIFT & 0x1f;
        boolean clause22 = (value & Msca.START_CODE) == Msca.CLAUSE_22;
        int operation = value & Msca.OPERATION;
        if (clause22) {
            // The PHY speaks clause 45 only.
            answer(operation == Msca.OP_READ_NEXT ? 0xffff : -1);
        } else if (operation == Msca.OP_ADDRESS) {
            address = value & Msca.ADDRESS;
        } else if (operation != Msca.OP_WRITE) {
            answer(there && phy == PHY ? register(unit, address) : 0xffff);
            address += operation == Msca.OP_READ_NEXT ? 1 : 0;
        }
        file.set(Reg.MSCA, file.get(Reg.MSCA) & ~Msca.COMMAND);
    }

    private void answer(int data) {
        if (data >= 0) {
            file.set(Reg.MSRWD, file.get(Reg.MSRWD) & 0xffff | data << Msca.READ_DATA_SHIFT);
        }
    }

    /** IEEE 802.3, 45.2.1 and 45.2.7. */
    private int register(int unit, int at) {
        if (unit == PMA) {
            return switch (at) {
                // Status: link. Identity. Speed ability: 10G and 1G. Extended ability: 10GBASE-T, 1000BASE-T.
                case 1 -> device.port().linkUp() ? 0x4 : 0;
                case 2 -> ID_HIGH;
                case 3 -> ID_LOW;
                case 4 -> 0x11;
                // Devices in this package: PMA, PCS, AN. Status 2: a device answers.
                case 5 -> 0x8a;
                case 8 -> 0x8000;
                case 11 -> 0x24;
                default -> 0;
            };
        }
        // Status: complete, link.
        return unit == AN && at == 1 ? device.port().linkUp() ? 0x24 : 0 : 0;
    }
}
