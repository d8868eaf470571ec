package net.driver.ixgbe;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** Fields that their owner writes and other threads look at. */
final class Fields {
    private Fields() {
    }

    /** An int of the class that looks itself up. */
    static VarHandle ofInt(MethodHandles.Lookup owner, String name) {
        try {
            return owner.findVarHandle(owner.lookupClass(), name, int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
