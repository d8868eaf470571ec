package net.sim;

/**
 * What a function needs of the machine that it is plugged into: a {@link SimHost}, or, through a {@link ForeignSlot}, a machine outside of this program.
 * Under the engine's lock, except {@link #host} and {@link #engine}.
 */
interface Machine {
    /** The simulated host whose engine runs the function's model, and whose cables it is on. */
    SimHost host();

    /** The thread and the lock of its models. */
    default Engine engine() {
        return host().engine();
    }

    /** The window that has all of these bytes of the devices' address space, or null. Whoever remembers it looks at {@link DmaSpace.Window#open}. */
    DmaSpace.Window memory(long iova, long length);

    /** The machine keeps the addresses, data and masks of MSI-X vectors itself: those in the function's own table mean nothing. */
    boolean keepsVectors();

    /**
     * An interrupt message, which is a write to memory.
     *
     * @param vector of MSI-X: all that counts where the machine {@link #keepsVectors}
     */
    void message(int vector, long address, int data);
}
