package net.testkit.contract;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import net.api.device.DmaMemory;
import net.api.device.Mmio;
import net.testkit.Await;
import net.testkit.qemu.RawVirtio;

/**
 * Accesses to a virtio network card whose outcome the specification does not leave open. The same script runs on every card that claims to be one. Virtio 1.2,
 * 4.1.4.3 (common configuration structure), 2.1 (status), 4.1.5.1.2 (vectors), 5.1.4 (device configuration).
 */
final class AccessScript {
    private static final int DEVICE_FEATURE_SELECT = 0x00;
    private static final int DEVICE_FEATURE = 0x04;
    private static final int DRIVER_FEATURE_SELECT = 0x08;
    private static final int DRIVER_FEATURE = 0x0c;
    private static final int CONFIG_VECTOR = 0x10;
    private static final int NUM_QUEUES = 0x12;
    private static final int STATUS = 0x14;
    private static final int GENERATION = 0x15;
    private static final int QUEUE_SELECT = 0x16;
    private static final int QUEUE_SIZE = 0x18;
    private static final int QUEUE_VECTOR = 0x1a;
    private static final int QUEUE_ENABLE = 0x1c;
    private static final int QUEUE_DESC = 0x20;
    private static final int QUEUE_DRIVER = 0x28;
    private static final int QUEUE_DEVICE = 0x30;
    private static final int MAC = 1 << 5;
    private static final int LINK_STATUS = 1 << 16;
    /** Bit 33. */
    private static final int ACCESS_PLATFORM = 1 << 1;
    private static final int ACKNOWLEDGE = 1;
    private static final int DRIVER = 2;
    private static final int DRIVER_OK = 4;
    private static final int FEATURES_OK = 8;

    private final Mmio common;
    private final Mmio device;
    private final Mmio isr;
    private final Consumer<Boolean> link;
    private final int rings;
    private final Map<String, Integer> log = new LinkedHashMap<>();

    /** @param memory 64 KiB below 4 GiB for the rings, which stay empty */
    AccessScript(RawVirtio card, DmaMemory memory, Consumer<Boolean> link) {
        rings = (int) memory.iova(0);
        common = card.common;
        device = card.device;
        isr = card.isr;
        this.link = link;
    }

    /** Every value that was read, by what it is. */
    Map<String, Integer> run() {
        reset();
        asAfterReset("at first");
        features();
        queues();
        vectors();
        running();
        reset();
        asAfterReset("after a reset");
        return log;
    }

    private void reset() {
        common.write8(STATUS, 0);
        Await.until("the reset", () -> common.read8(STATUS) == 0);
    }

    private void asAfterReset(String when) {
        note("device_status " + when, common.read8(STATUS));
        note("config_msix_vector " + when, common.read16(CONFIG_VECTOR));
        for (int q = 0; q < 2; q++) {
            common.write16(QUEUE_SELECT, q);
            String queue = " of queue " + q + " " + when;
            note("queue_enable" + queue, common.read16(QUEUE_ENABLE));
            note("queue_msix_vector" + queue, common.read16(QUEUE_VECTOR));
            note("queue_size" + queue, common.read16(QUEUE_SIZE));
            note("queue_desc" + queue, common.read32(QUEUE_DESC) | common.read32(QUEUE_DESC + 4));
            note("queue_driver" + queue, common.read32(QUEUE_DRIVER) | common.read32(QUEUE_DRIVER + 4));
            note("queue_device" + queue, common.read32(QUEUE_DEVICE) | common.read32(QUEUE_DEVICE + 4));
        }
    }

    private void features() {
        common.write32(DEVICE_FEATURE_SELECT, 0);
        note("MAC and STATUS are offered", common.read32(DEVICE_FEATURE) & (MAC | LINK_STATUS));
        common.write32(DEVICE_FEATURE_SELECT, 1);
        note("VERSION_1 is offered", common.read32(DEVICE_FEATURE) & 1);
        // A device that offers ACCESS_PLATFORM may insist on it; 6.1.
        int platform = common.read32(DEVICE_FEATURE) & ACCESS_PLATFORM;
        common.write32(DEVICE_FEATURE_SELECT, 2);
        note("feature bits 64 to 95", common.read32(DEVICE_FEATURE));
        common.write32(DEVICE_FEATURE_SELECT, -1);
        note("feature bits behind all", common.read32(DEVICE_FEATURE));
        note("device_feature_select reads back", common.read32(DEVICE_FEATURE_SELECT));
        common.write8(STATUS, ACKNOWLEDGE);
        note("status ACKNOWLEDGE", common.read8(STATUS));
        common.write8(STATUS, ACKNOWLEDGE | DRIVER);
        note("status DRIVER", common.read8(STATUS));
        common.write32(DRIVER_FEATURE_SELECT, 0);
        common.write32(DRIVER_FEATURE, MAC | LINK_STATUS);
        common.write32(DRIVER_FEATURE_SELECT, 1);
        common.write32(DRIVER_FEATURE, 1 | platform);
        note("driver_feature, high", common.read32(DRIVER_FEATURE) & ~platform);
        common.write32(DRIVER_FEATURE_SELECT, 0);
        note("driver_feature, low", common.read32(DRIVER_FEATURE));
        common.write8(STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK);
        note("status FEATURES_OK", common.read8(STATUS));
    }

    private void queues() {
        int queues = common.read16(NUM_QUEUES);
        common.write16(QUEUE_SELECT, queues);
        note("queue_select reads back", common.read16(QUEUE_SELECT) - queues);
        note("queue_size of a queue that is not there", common.read16(QUEUE_SIZE));
        common.write16(QUEUE_SELECT, 0xffff);
        note("queue_size of queue 65535", common.read16(QUEUE_SIZE));
        for (int q = 0; q < 2; q++) {
            common.write16(QUEUE_SELECT, q);
            common.write16(QUEUE_SIZE, 32 << q);
            common.write32(QUEUE_DESC, rings + (q << 15));
            common.write32(QUEUE_DESC + 4, 0);
            common.write32(QUEUE_DRIVER, rings + 0x2000 + (q << 15));
            common.write32(QUEUE_DRIVER + 4, 0);
            common.write32(QUEUE_DEVICE, rings + 0x4000 + (q << 15));
            common.write32(QUEUE_DEVICE + 4, 0);
        }
        for (int q = 0; q < 2; q++) {
            common.write16(QUEUE_SELECT, q);
            note("queue_size " + q + " as written", common.read16(QUEUE_SIZE));
            note("queue_desc " + q + " as written", common.read32(QUEUE_DESC) - rings);
            note("queue_driver " + q + " as written", common.read32(QUEUE_DRIVER) - rings);
            note("queue_device " + q + " as written", common.read32(QUEUE_DEVICE) - rings);
            note("queue_enable " + q + " before", common.read16(QUEUE_ENABLE));
        }
    }

    private void vectors() {
        common.write16(CONFIG_VECTOR, 0);
        note("config_msix_vector 0", common.read16(CONFIG_VECTOR));
        common.write16(CONFIG_VECTOR, 0x7ff);
        note("config_msix_vector that is not in the table", common.read16(CONFIG_VECTOR));
        common.write16(CONFIG_VECTOR, 0xffff);
        for (int q = 0; q < 2; q++) {
            common.write16(QUEUE_SELECT, q);
            common.write16(QUEUE_VECTOR, 1);
            note("queue_msix_vector 1 of " + q, common.read16(QUEUE_VECTOR));
            common.write16(QUEUE_VECTOR, 0x7ff);
            note("queue_msix_vector that is not in the table, of " + q, common.read16(QUEUE_VECTOR));
        }
    }

    private void running() {
        for (int q = 0; q < 2; q++) {
            common.write16(QUEUE_SELECT, q);
            common.write16(QUEUE_ENABLE, 1);
            note("queue_enable " + q, common.read16(QUEUE_ENABLE));
        }
        common.write8(STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);
        note("status DRIVER_OK", common.read8(STATUS));
        for (int i = 0; i < 6; i++) {
            note("mac " + i, device.read8(i));
        }
        note("link up", device.read16(6) & 1);
        int generation = common.read8(GENERATION);
        note("config_generation changes by itself", common.read8(GENERATION) - generation);
        isr.read8(0);
        note("ISR after it was read", isr.read8(0));
        link.accept(false);
        Await.until("link down", () -> (device.read16(6) & 1) == 0);
        note("ISR after the configuration changed", isr.read8(0) & 2);
        note("ISR read again", isr.read8(0));
        note("config_generation changed", common.read8(GENERATION) != generation ? 1 : 0);
        link.accept(true);
        Await.until("link up", () -> (device.read16(6) & 1) == 1);
    }

    private void note(String what, int value) {
        if (log.put(what, value) != null) {
            throw new AssertionError(what + " is in the script twice");
        }
    }
}
