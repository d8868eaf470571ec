package net.sim;

import net.api.DevError;
import net.api.DevException;

/** Joins two ports. Frames neither get lost nor wait in it. */
public final class Cable {
    private final Engine engine;
    private final Port a;
    private final Port b;
    private volatile boolean up = true;
    private boolean connected = true;

    private Cable(Engine engine, Port a, Port b) {
        this.engine = engine;
        this.a = a;
        this.b = b;
    }

    static Cable connect(Engine engine, Port a, Port b) {
        engine.lock();
        try {
            if (a == b) {
                throw new DevException(DevError.INVALID_PARAM, "a cable from " + a + " to itself: name two ports");
            }
            for (Port p : new Port[] {a, b}) {
                if (p.cable() != null) {
                    throw new DevException(DevError.BAD_STATE, p + " is cabled to " + p.cable().other(p) + " already: disconnect that cable first");
                }
            }
            Cable c = new Cable(engine, a, b);
            a.setCable(c);
            b.setCable(c);
            a.cableChanged();
            b.cableChanged();
            return c;
        } finally {
            engine.unlock();
        }
    }

    Port other(Port end) {
        return end == a ? b : a;
    }

    /** Neither cut nor disconnected. */
    public boolean isUp() {
        return up;
    }

    /** Cuts or mends the cable: both ends see the link go down or come up. A disconnected one stays down. */
    public void setUp(boolean up) {
        engine.lock();
        try {
            this.up = up && connected;
            a.cableChanged();
            b.cableChanged();
        } finally {
            engine.unlock();
        }
    }

    /** Pulls it out at both ends, for good. Again is no error. */
    public void disconnect() {
        engine.lock();
        try {
            if (connected) {
                connected = false;
                up = false;
                a.setCable(null);
                b.setCable(null);
                a.cableChanged();
                b.cableChanged();
            }
        } finally {
            engine.unlock();
        }
    }

    @Override
    public String toString() {
        return a + " - " + b;
    }
}
