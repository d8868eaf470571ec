package net.driver.fxmac;

/**
 * What the user wants of all cards of this driver.
 *
 * @param txChecksums the cards fill in checksums, of every frame that has any
 * @param tailPointers Phytium's cards are told how far they may look into a transmit ring
 */
record Options(boolean txChecksums, boolean tailPointers) {
    static final Options DEFAULT = new Options(false, false);
}
