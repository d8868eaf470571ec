package net.api.driver;

/** What a register's bits do. */
public enum Access {
    /** Read and write. */
    RW,
    /** Read only. */
    RO,
    /** Write only; reads as zero or as anything. */
    WO,
    /** Reading clears it, so it stays out of dumps. */
    RC,
    /** Writing ones clears those bits. */
    W1C
}
