package net.testkit.vfio;

/** A well-formed request that cannot be carried out: the client gets a number of errno(3) as the answer. */
final class Refused extends Exception {
    static final int EEXIST = 17;
    static final int EINVAL = 22;
    static final int ENOSPC = 28;
    static final int EOPNOTSUPP = 95;
    private static final long serialVersionUID = 1;

    final int errno;

    Refused(int errno, String format, Object... values) {
        super(format.formatted(values));
        this.errno = errno;
    }
}
