package net.api.host;

import org.osgi.annotation.versioning.ProviderType;

/** The machine's processors. A service of whoever can call the operating system. Any thread. */
@ProviderType
public interface Processors {
    /**
     * Lets the calling thread run on one processor only, until it ends.
     *
     * @param processor its number, from 0
     * @throws net.api.DevException INVALID_PARAM if there is none of that number, or this process may not use it
     */
    void pin(int processor);

    /** The NUMA node of a processor, from 0; -1 where that is not known. */
    int node(int processor);
}
