package net.hw.ixgbe;

import java.util.Objects;
import net.api.driver.Access;
import net.api.driver.Register;

/** A register of the 82599: what {@link Register} says, and what it resets to and how it is written. */
public sealed interface IxgbeRegister extends Register permits Reg, Counter {
    /** The line of the table. */
    Line line();

    /**
     * What the table says of a register.
     *
     * @param offset of the first one, in BAR 0
     * @param places where the others are
     * @param access what its bits do
     * @param reset value after reset
     * @param writable bits that software can write, or clear
     * @param meaning a few words, and the section
     */
    record Line(int offset, Places places, Access access, int reset, int writable, String meaning) {
    }

    @Override
    default int offset() {
        return line().offset;
    }

    @Override
    default int width() {
        return 4;
    }

    @Override
    default int stride() {
        return line().places.stride();
    }

    @Override
    default int count() {
        return line().places.count();
    }

    @Override
    default Access access() {
        return line().access;
    }

    @Override
    default String meaning() {
        return line().meaning;
    }

    /** Offset of number {@code i}; some arrays go on at a second place. */
    @Override
    default int at(int i) {
        Places p = line().places;
        Objects.checkIndex(i, p.count());
        return i < p.from() ? offset() + i * p.stride() : p.second() + (i - p.from()) * p.stride();
    }

    /** How many of them, from 0 on, have a second offset, for software of the 82598. */
    default int aliases() {
        return line().places.aliases();
    }

    /** The second offset of number {@code i}, 0 to aliases - 1. */
    default int aliasAt(int i) {
        Places p = line().places;
        return p.alias() + Objects.checkIndex(i, p.aliases()) * p.aliasStride();
    }

    /** Value of number {@code i} after reset. */
    default int reset(int i) {
        return i > 0 && line().places.firstOnly() ? 0 : line().reset;
    }

    /** Bits that software can write, or clear by writing ones. */
    default int writable() {
        return line().writable;
    }

    /** Reading it changes nothing, so that a dump may. SWSM is not of those: reading takes the semaphore, 8.2.3.4. */
    default boolean readsChangeNothing() {
        return access() != Access.RC && access() != Access.WO && this != Reg.SWSM;
    }
}
