package net.pool.internal;

import java.util.Map;
import net.api.DevError;
import net.api.DevException;
import net.pool.PoolSpec;

/** Reads a pool's configuration as Config Admin has it: numbers as numbers or as text. */
final class Settings {
    static final String NAME = "name";
    static final String BUFFERS = "buffers";
    static final String DATA_ROOM = "dataRoom";
    static final String CACHE = "cache";

    private Settings() {
    }

    /** @throws DevException INVALID_PARAM with the value and what to give instead */
    static PoolSpec parse(String name, Map<String, Object> config) {
        int buffers = number(config, BUFFERS, PoolSpec.BUFFERS);
        int dataRoom = number(config, DATA_ROOM, PoolSpec.DATA_ROOM);
        int cache = number(config, CACHE, -1);
        return cache == -1 ? new PoolSpec(name, buffers, dataRoom) : new PoolSpec(name, buffers, dataRoom, cache);
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
