package net.pci;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import net.api.NetBuf;
import net.api.device.DmaMemory;
import net.api.device.Interrupt;
import net.api.device.Mmio;

/** What is held of a device, from its first driver's attach until it is given back: it stays when another driver takes the running device over. */
final class Holdings {
    /**
     * Something that a driver asked for.
     *
     * @param purpose in the driver's words
     * @param size bytes of memory, or slots of a ring
     */
    record Piece<T>(String purpose, long size, T what) {
    }

    final Map<Integer, Mmio> windows = new HashMap<>();
    final List<Piece<DmaMemory>> memory = new CopyOnWriteArrayList<>();
    final List<Piece<NetBuf[]>> rings = new CopyOnWriteArrayList<>();
    /** Null until they were asked for. */
    List<Interrupt> interrupts;
    boolean acquired;

    /** What a driver leaves to the next one, which may ask for each piece once. */
    record Inheritance(List<Piece<DmaMemory>> memory, List<Piece<NetBuf[]>> rings) {
        static final Inheritance NONE = new Inheritance(List.of(), List.of());
    }

    Inheritance leave() {
        return new Inheritance(new ArrayList<>(memory), new ArrayList<>(rings));
    }
}
