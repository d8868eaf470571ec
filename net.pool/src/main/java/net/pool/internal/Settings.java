package net.pool.internal;

import java.time.Duration;
import java.util.Map;
import net.api.DevError;
import net.api.DevException;
import net.api.host.DmaRequest;
import net.pool.Growth;
import net.pool.LeakDetection;
import net.pool.PoolSpec;

/**
 * A pool's configuration.
 *
 * @param spec what the pool is to be
 * @param set the set that it is a class of; empty for none
 * @param leaks how hard it looks for lost buffers; this and the set can be changed without another pool
 */
record Settings(PoolSpec spec, String set, LeakDetection leaks) {
    static final String NAME = "name";
    static final String BUFFERS = "buffers";
    static final String MIN = "minBuffers";
    static final String MAX = "maxBuffers";
    static final String IDLE = "shrinkAfter";
    static final String DATA_ROOM = "dataRoom";
    static final String CACHE = "cache";
    static final String LOW = "below4GiB";
    static final String SCRUB = "scrub";
    static final String NUMA = "numa";
    static final String SHELLS = "shells";
    static final String SET = "set";
    static final String LEAKS = "leakDetection";

    /**
     * Reads what Config Admin has: numbers as numbers or as text.
     *
     * @param set unless the configuration says otherwise
     * @throws DevException INVALID_PARAM with the value and what to give instead
     */
    static Settings parse(String name, String set, Map<String, Object> config) {
        int buffers = number(config, BUFFERS, PoolSpec.BUFFERS);
        int dataRoom = number(config, DATA_ROOM, PoolSpec.DATA_ROOM);
        int cache = number(config, CACHE, -1);
        PoolSpec spec = new PoolSpec(name, buffers, dataRoom, cache == -1 ? PoolSpec.cacheOf(buffers) : cache, flag(config, LOW), flag(config, SCRUB),
                number(config, NUMA, DmaRequest.ANY_NODE), growth(config, buffers), number(config, SHELLS, PoolSpec.SHELLS));
        String wanted = config.getOrDefault(SET, set).toString().strip();
        if (!wanted.isEmpty() && !PoolSpec.isName(wanted)) {
            throw new DevException(DevError.INVALID_PARAM, "pool " + name + ": set is '" + wanted + "'; give 1 to 32 letters, digits, dots, hyphens or underscores");
        }
        return new Settings(spec, wanted, LeakDetection.parse(config.getOrDefault(LEAKS, LeakDetection.SIMPLE).toString()));
    }

    private static Growth growth(Map<String, Object> config, int buffers) {
        int min = number(config, MIN, -1);
        int max = number(config, MAX, -1);
        int idle = number(config, IDLE, (int) Growth.IDLE.toSeconds());
        if (idle < 1) {
            throw new DevException(DevError.INVALID_PARAM, "pool configuration: " + IDLE + " is " + idle + "; give 1 or more seconds");
        }
        return min == -1 && max == -1 ? Growth.NONE : new Growth(min == -1 ? buffers : min, max == -1 ? buffers : max, Duration.ofSeconds(idle));
    }

    private static boolean flag(Map<String, Object> config, String key) {
        String value = config.getOrDefault(key, false).toString().strip();
        if (!value.equalsIgnoreCase("true") && !value.equalsIgnoreCase("false")) {
            throw new DevException(DevError.INVALID_PARAM, "pool configuration: " + key + " is '" + value + "'; give true or false");
        }
        return value.equalsIgnoreCase("true");
    }

    private static int number(Map<String, Object> config, String key, int otherwise) {
        Object value = config.get(key);
        try {
            return value == null ? otherwise : Integer.parseInt(value.toString().strip());
        } catch (NumberFormatException e) {
            throw new DevException(DevError.INVALID_PARAM, "pool configuration: " + key + " is '" + value + "'; give a whole number", e);
        }
    }
}
