package net.testkit.vfio;

/** The client has broken a rule of the protocol after which nothing it sends can be trusted: it is disconnected. */
final class RuleBroken extends Exception {
    private static final long serialVersionUID = 1;

    RuleBroken(String format, Object... values) {
        super(format.formatted(values));
    }
}
