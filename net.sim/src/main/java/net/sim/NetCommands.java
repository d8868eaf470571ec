package net.sim;

import net.hw.virtio.Feature;
import net.hw.virtio.NetControl;

/** Carries out the commands of the control queue. Virtio 1.2, 5.1.6.5. */
final class NetCommands {
    private static final int DATA = NetControl.HEADER_SIZE;
    private static final int MAC = 6;
    private static final int COUNT = 4;

    private final VirtioNetModel card;
    private final NetFilter filter;

    NetCommands(VirtioNetModel card, NetFilter filter) {
        this.card = card;
        this.filter = filter;
    }

    /**
     * Carries out a command, and writes its acknowledgement.
     *
     * @return bytes written: 1
     */
    int execute(SgList command, SgList answer) {
        if (command.bytes() < NetControl.HEADER_SIZE || answer.bytes() < 1) {
            card.driverError("command of %d bytes with room for an answer of %d (5.1.6.5)", command.bytes(), answer.bytes());
            return 0;
        }
        boolean done = switch (command.u8(0)) {
            case NetControl.RX -> mode(command);
            case NetControl.MAC -> mac(command);
            case NetControl.VLAN -> vlan(command);
            case NetControl.ANNOUNCE -> announce(command);
            default -> false;
        };
        if (!done) {
            card.complain("command %d.%d with %d bytes refused", command.u8(0), command.u8(1), command.bytes() - DATA);
        }
        answer.setU8(0, done ? NetControl.OK : NetControl.ERR);
        return 1;
    }

    /** 5.1.6.5.1. */
    private boolean mode(SgList command) {
        int mode = command.u8(1);
        boolean extra = mode >= NetControl.RX_ALLUNI;
        if (mode > NetControl.RX_NOBCAST || command.bytes() < DATA + 1 || command.u8(DATA) > 1
                || !card.negotiated(extra ? Feature.CTRL_RX_EXTRA : Feature.CTRL_RX)) {
            return false;
        }
        filter.setMode(mode, command.u8(DATA) == 1);
        return true;
    }

    /** 5.1.6.5.2. */
    private boolean mac(SgList command) {
        if (command.u8(1) == NetControl.MAC_ADDR_SET) {
            if (command.bytes() < DATA + MAC || !card.negotiated(Feature.CTRL_MAC_ADDR)) {
                return false;
            }
            card.setMac(command.u48(DATA));
            return true;
        }
        if (command.u8(1) != NetControl.MAC_TABLE_SET || command.bytes() < DATA + COUNT || !card.negotiated(Feature.CTRL_RX)) {
            return false;
        }
        long unicasts = command.le32(DATA);
        long second = DATA + COUNT + MAC * unicasts;
        if (second + COUNT > command.bytes()) {
            return false;
        }
        long multicasts = command.le32((int) second);
        if (second + COUNT + MAC * multicasts > command.bytes()) {
            return false;
        }
        filter.setTables(command, DATA + COUNT, unicasts, (int) second + COUNT, multicasts);
        return true;
    }

    /** 5.1.6.5.3. */
    private boolean vlan(SgList command) {
        int what = command.u8(1);
        if (what > NetControl.VLAN_DEL || command.bytes() < DATA + 2 || command.le16(DATA) > 4095 || !card.negotiated(Feature.CTRL_VLAN)) {
            return false;
        }
        filter.setVlan(command.le16(DATA), what == NetControl.VLAN_ADD);
        return true;
    }

    /** 5.1.6.5.4. */
    private boolean announce(SgList command) {
        if (command.u8(1) != NetControl.ANNOUNCE_ACK || !card.isAnnouncing()) {
            return false;
        }
        card.announced();
        return true;
    }
}
