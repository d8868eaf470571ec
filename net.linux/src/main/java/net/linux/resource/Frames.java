package net.linux.resource;

/** Where memory of this process is in the machine. */
interface Frames {
    /**
     * The physical address of a byte that is there.
     *
     * @param address of this process
     * @throws net.api.DevException UNSUPPORTED if the kernel does not tell; IO if nothing is there
     */
    long physical(long address);
}
