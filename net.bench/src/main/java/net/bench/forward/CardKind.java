package net.bench.forward;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Locale;
import net.bench.forward.inside.Devices;

/** The cards there are, each for the driver of its name. */
enum CardKind {
    /** Intel 82599. */
    IXGBE(Devices.FUNCTIONS, true) {
        @Override
        PolledCard card(MemorySegment file, int number, int queues) {
            return new IxgbeCard(file, number, queues);
        }
    },
    /** Phytium's MAC. */
    FXMAC(Devices.NODES, false) {
        @Override
        PolledCard card(MemorySegment file, int number, int queues) {
            return new FxmacCard(file, number, queues);
        }
    };

    /** What they are to the device manager. */
    final Devices devices;
    /** There are loops in C and in Java for them. */
    final boolean hasLoops;

    CardKind(Devices devices, boolean hasLoops) {
        this.devices = devices;
        this.hasLoops = hasLoops;
    }

    /**
     * The cards for a driver.
     *
     * @throws IllegalArgumentException if there are none
     */
    static CardKind of(String driver) {
        for (CardKind kind : values()) {
            if (kind.driver().equals(driver)) {
                return kind;
            }
        }
        throw new IllegalArgumentException("there are no shared cards for '" + driver + "': " + Arrays.stream(values()).map(CardKind::driver).toList());
    }

    /** The driver's name. */
    String driver() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * A card.
     *
     * @param file the whole file
     * @param number of the card in the file
     * @param queues receive queues and transmit queues that are looked at
     */
    abstract PolledCard card(MemorySegment file, int number, int queues);
}
