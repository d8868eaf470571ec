package net.app.core;

import java.util.Set;
import net.api.DevError;
import net.api.DevException;
import net.api.EthernetAddress;
import net.api.NetDriverOps;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which frames a card passes while an application works on it, and back to what it was afterwards. */
public final class Setup {
    private static final Logger LOG = LoggerFactory.getLogger(Setup.class);

    private final NetDriverOps ops;
    private final Runnable undo;

    private Setup(NetDriverOps ops, Runnable undo) {
        this.ops = ops;
        this.undo = undo;
    }

    /** Every frame, whoever it is for. A card that cannot do that passes what it passes. */
    public static Setup promiscuous(NetDriverOps ops) {
        return !ops.promiscuous() && supported(() -> ops.setPromiscuous(true)) ? new Setup(ops, () -> ops.setPromiscuous(false)) : new Setup(ops, () -> { });
    }

    /** Frames for these groups too. Opens the card for all groups if it does not compare addresses. */
    public static Setup groups(NetDriverOps ops, Set<EthernetAddress> groups) {
        if (groups.isEmpty()) {
            return new Setup(ops, () -> { });
        }
        if (supported(() -> ops.setMacFilters(groups))) {
            return new Setup(ops, () -> ops.setMacFilters(Set.of()));
        }
        if (!ops.allMulticast() && supported(() -> ops.setAllMulticast(true))) {
            return new Setup(ops, () -> ops.setAllMulticast(false));
        }
        return new Setup(ops, () -> { });
    }

    /** Undoes it, if the card is still there. */
    public void undo() {
        try {
            undo.run();
        } catch (DevException e) {
            LOG.debug("{}: settings were left as they are: {}", ops.deviceName(), e.toString());
        }
    }

    private static boolean supported(Runnable setting) {
        try {
            setting.run();
            return true;
        } catch (DevException e) {
            if (e.error() == DevError.UNSUPPORTED) {
                return false;
            }
            throw e;
        }
    }
}
