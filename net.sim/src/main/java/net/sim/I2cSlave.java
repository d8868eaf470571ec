package net.sim;

/**
 * A module's memory at the end of two wires that software moves: UM10204, 3.1. It listens to clock and data, takes device and byte addresses, and answers
 * with bytes until it gets no acknowledgement. It cannot be written. Under the engine's lock.
 */
final class I2cSlave {
    private static final int DEVICE = 0xa0;

    private enum State { IDLE, DEVICE_ADDRESS, BYTE_ADDRESS, WRITTEN, READ }

    private SfpModule module;
    private State state = State.IDLE;
    private boolean clock = true;
    private boolean masterData = true;
    private boolean slaveData = true;
    private int bit;
    private int shift;
    private int address;

    I2cSlave(SfpModule module) {
        this.module = module;
    }

    SfpModule module() {
        return module;
    }

    void setModule(SfpModule other) {
        module = other;
        state = State.IDLE;
        slaveData = true;
    }

    /** The level of the data wire: low if anybody pulls it down. */
    boolean data() {
        return masterData && slaveData;
    }

    /** Software drives the wires. */
    void drive(boolean newClock, boolean newData) {
        boolean oldClock = clock;
        boolean oldData = masterData;
        clock = newClock;
        masterData = newData;
        if (module == SfpModule.NONE) {
            slaveData = true;
        } else if (oldClock && newClock) {
            if (oldData && !newData) {
                // START, or START again. 3.1.4.
                state = State.DEVICE_ADDRESS;
                bit = 0;
                shift = 0;
                slaveData = true;
            } else if (!oldData && newData) {
                state = State.IDLE;
                slaveData = true;
            }
        } else if (!oldClock && newClock) {
            rise();
        } else if (oldClock) {
            fall();
        }
    }

    /** Data is valid while the clock is high: the listener samples. 3.1.3. */
    private void rise() {
        if (state == State.IDLE) {
            return;
        }
        bit++;
        if (bit <= 8) {
            shift = shift << 1 | (data() ? 1 : 0);
        } else if (state == State.READ && masterData) {
            // No acknowledgement: that was the last byte. 3.1.6.
            state = State.IDLE;
        }
    }

    /** The speaker changes data while the clock is low. The first fall after START comes before any bit. */
    private void fall() {
        if (state == State.IDLE) {
            slaveData = true;
        } else if (bit == 8) {
            acknowledge();
        } else if (bit == 9) {
            byteOver();
        } else if (state == State.READ && bit > 0) {
            speak();
        }
    }

    private void acknowledge() {
        boolean mine = state == State.BYTE_ADDRESS || state == State.DEVICE_ADDRESS && (shift & 0xfe) == DEVICE;
        slaveData = !mine;
        if (!mine && state != State.READ) {
            state = State.IDLE;
        }
    }

    private void byteOver() {
        bit = 0;
        slaveData = true;
        switch (state) {
            case DEVICE_ADDRESS -> state = (shift & 1) == 1 ? State.READ : State.BYTE_ADDRESS;
            case BYTE_ADDRESS -> {
                address = shift;
                state = State.WRITTEN;
            }
            default -> address = address + 1 & 0xff;
        }
        shift = 0;
        if (state == State.READ) {
            speak();
        }
    }

    private void speak() {
        slaveData = (module.read(address) >>> 7 - bit & 1) == 1;
    }
}
