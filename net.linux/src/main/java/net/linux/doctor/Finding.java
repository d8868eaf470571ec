package net.linux.doctor;

/**
 * One thing that was looked at.
 *
 * @param what it is: {@code IOMMU}
 * @param health how it is
 * @param state what was found, a sentence
 * @param remedy the command that mends it; "" if there is nothing to mend
 */
public record Finding(String what, Health health, String state, String remedy) {
    /** How much it matters. */
    public enum Health {
        /** As it should be. */
        GOOD,
        /** Works, but not as well as it could. */
        FAIR,
        /** Devices cannot be had, or not safely. */
        BAD
    }

    static Finding good(String what, String state) {
        return new Finding(what, Health.GOOD, state, "");
    }

    static Finding fair(String what, String state, String remedy) {
        return new Finding(what, Health.FAIR, state, remedy);
    }

    static Finding bad(String what, String state, String remedy) {
        return new Finding(what, Health.BAD, state, remedy);
    }
}
