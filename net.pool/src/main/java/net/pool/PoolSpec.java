package net.pool;

import java.util.regex.Pattern;
import net.api.DevError;
import net.api.DevException;
import net.api.NetBufPool;
import net.api.host.DmaRequest;

/**
 * What a pool is to be.
 *
 * @param name 1 to 32 letters, digits, dots, hyphens and underscores
 * @param buffers how many, 1 to {@link NetBufPool#MAX_CAPACITY}
 * @param dataRoom bytes of a buffer behind the headroom, {@link NetBufPool#MIN_DATA_ROOM} to {@link NetBufPool#MAX_DATA_ROOM}
 * @param cacheSize most buffers in a thread's cache, 0 to {@link #MAX_CACHE}
 * @param below4GiB every device address fits in 32 bits; a host that cannot, lends no memory
 * @param scrub a buffer is overwritten with zeros when it comes back, so that its next owner sees nothing of what was in it
 * @param numa the NUMA node that the memory must be of, 0 or more, -1 for any; a host that cannot see to it, lends no memory
 * @param growth the bounds between which the number of buffers follows the use
 * @param shells how many {@link net.api.NetBufShells} it has for clones and wrapped memory, 0 to {@link NetBufPool#MAX_CAPACITY}
 */
public record PoolSpec(String name, int buffers, int dataRoom, int cacheSize, boolean below4GiB, boolean scrub, int numa, Growth growth, int shells) {
    /** Buffers, unless somebody says otherwise. */
    public static final int BUFFERS = 8192;
    /** Data room, unless somebody says otherwise: with the headroom 2048 bytes, two buffers a page of 4096. */
    public static final int DATA_ROOM = 1920;
    /** Shells of configured pools, unless somebody says otherwise. */
    public static final int SHELLS = 1024;
    /** Largest cache. */
    public static final int MAX_CACHE = 4096;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,32}");
    private static final int ALIGNMENT = 64;
    /** Nodes that Linux can have at most, less one. */
    private static final int MAX_NODE = 1023;

    /** @throws DevException INVALID_PARAM if a value is outside its range */
    public PoolSpec {
        if (name == null || !isName(name)) {
            throw new DevException(DevError.INVALID_PARAM, "pool name '" + name + "': give 1 to 32 letters, digits, dots, hyphens or underscores");
        }
        check(name, "buffers", buffers, 1, NetBufPool.MAX_CAPACITY);
        check(name, "dataRoom", dataRoom, NetBufPool.MIN_DATA_ROOM, NetBufPool.MAX_DATA_ROOM);
        check(name, "cache", cacheSize, 0, MAX_CACHE);
        check(name, "numa", numa, DmaRequest.ANY_NODE, MAX_NODE);
        if (growth.isElastic()) {
            check(name, "minBuffers", growth.min(), 1, buffers);
            check(name, "maxBuffers", growth.max(), buffers, NetBufPool.MAX_CAPACITY);
        }
        check(name, "shells", shells, 0, NetBufPool.MAX_CAPACITY);
    }

    /** On any NUMA node, with as many buffers at all times, without shells. */
    public PoolSpec(String name, int buffers, int dataRoom, int cacheSize, boolean below4GiB, boolean scrub) {
        this(name, buffers, dataRoom, cacheSize, below4GiB, scrub, DmaRequest.ANY_NODE, Growth.NONE, 0);
    }

    /** Anywhere in memory, without scrubbing. */
    public PoolSpec(String name, int buffers, int dataRoom, int cacheSize) {
        this(name, buffers, dataRoom, cacheSize, false, false);
    }

    /** With a cache of an eighth of the buffers, at most 512. */
    public PoolSpec(String name, int buffers, int dataRoom) {
        this(name, buffers, dataRoom, cacheOf(buffers));
    }

    /** The size of a cache, unless somebody says otherwise: an eighth of the buffers, at most 512. */
    public static int cacheOf(int buffers) {
        return Math.clamp(buffers / 8, 0, 512);
    }

    /** Bytes that a buffer takes: headroom and data room, in whole cache lines. In large pages there may be a line more between two buffers. */
    public int stride() {
        return NetBufPool.HEADROOM + dataRoom + ALIGNMENT - 1 & -ALIGNMENT;
    }

    /** The same with so many shells. */
    public PoolSpec withShells(int n) {
        return new PoolSpec(name, buffers, dataRoom, cacheSize, below4GiB, scrub, numa, growth, n);
    }

    /** The same between bounds. */
    public PoolSpec withGrowth(Growth g) {
        return new PoolSpec(name, buffers, dataRoom, cacheSize, below4GiB, scrub, numa, g, shells);
    }

    /** The same with fewer buffers at first. */
    PoolSpec withBuffers(int n) {
        return new PoolSpec(name, n, dataRoom, cacheSize, below4GiB, scrub, numa, growth.atMost(n), shells);
    }

    /** It can be the name of a pool, or of a set. */
    public static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    private static void check(String pool, String what, int value, int min, int max) {
        if (value < min || value > max) {
            throw new DevException(DevError.INVALID_PARAM, "pool " + pool + ": " + what + " is " + value + "; give " + min + " to " + max);
        }
    }
}
