package net.hw.virtio;

import net.api.driver.Access;
import net.api.driver.Register;

/** The ISR status structure: 4.1.4.5. */
public enum IsrStatus implements Register {
    ISR_STATUS;

    /** Bit 0: a virtqueue has used buffers. */
    public static final int QUEUE = 1;
    /** Bit 1: the device configuration changed. */
    public static final int CONFIG = 2;

    @Override
    public int offset() {
        return 0;
    }

    @Override
    public int width() {
        return 1;
    }

    @Override
    public int stride() {
        return 0;
    }

    @Override
    public int count() {
        return 1;
    }

    @Override
    public Access access() {
        return Access.RC;
    }

    @Override
    public String meaning() {
        return "QUEUE 1, CONFIG 2; reading clears it and lowers the interrupt pin";
    }
}
