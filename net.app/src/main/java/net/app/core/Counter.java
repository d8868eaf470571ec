package net.app.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import net.api.NetCounter;

/** A counter that one thread adds to and any thread reads: no fence, no lock, never torn. */
public final class Counter {
    private static final VarHandle VALUE;

    static {
        try {
            VALUE = MethodHandles.lookup().findVarHandle(Counter.class, "value", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final String name;
    private final String unit;
    private long value;

    /** @param name lower case, words joined by underscores */
    public Counter(String name, String unit) {
        this.name = name;
        this.unit = unit;
    }

    /** Counts frames. */
    public static Counter frames(String name) {
        return new Counter(name, "packets");
    }

    /** Owner thread. */
    public void add(long n) {
        VALUE.setOpaque(this, value + n);
    }

    /** Owner thread: takes over what is counted elsewhere. */
    public void set(long n) {
        VALUE.setOpaque(this, n);
    }

    /** Any thread. */
    public long get() {
        return (long) VALUE.getOpaque(this);
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /** Name, unit and value now. */
    public NetCounter snapshot() {
        return new NetCounter(name, unit, get());
    }
}
