package net.linux;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import net.linux.device.OpenDevice;

/**
 * Tells when what a device wanted to read was answered with an abort, which is what an IOMMU does where nothing is mapped: the kernel writes that into its log
 * and tells nobody, but the device notes it. A write has no answer, so nothing is noted of one that was stopped. Any thread.
 */
final class Aborts {
    /** PCI Local Bus 3.0, 6.2.3: received target abort, received master abort. PCI Express Base 4.0, 7.5.1.1.4: completer abort, unsupported request. */
    private static final int STATUS = 6;
    private static final int RECEIVED = 1 << 12 | 1 << 13;
    private static final int NO_ANSWER = 0xffff;

    /** What devices had noted before. */
    private final Map<String, Integer> known = new ConcurrentHashMap<>();

    private static int status(OpenDevice device) {
        int status = device.configRead(STATUS, 2);
        return status == NO_ANSWER ? 0 : status & RECEIVED;
    }

    /** A device is held: what it has noted already is nobody's here. */
    void begin(String name, OpenDevice device) {
        known.put(name, status(device));
    }

    void end(String name) {
        known.remove(name);
    }

    /** It has noted an abort since the last look. */
    boolean isNew(String name, OpenDevice device) {
        Integer before = known.get(name);
        if (before == null) {
            return false;
        }
        int now = before | status(device);
        // Not if it was let go of meanwhile.
        return now != before && known.replace(name, before, now);
    }
}
