package net.sim;

/** What can be broken in an {@link IxgbeModel}, for tests of what its driver says then. */
public enum IxgbeFault {
    /** CTRL.RST stays set: the reset does not end. */
    RESET_STICKS,
    /** EEC.AUTO_RD stays clear: the device does not read its EEPROM. */
    NO_AUTO_READ,
    /** RDRXCTL.DMAIDONE stays clear. */
    NO_DMA_INIT,
    /** STATUS.MASTER_ENABLED stays set although CTRL asks the device to leave the bus. */
    MASTER_STAYS,
    /** EERD.DONE stays clear. */
    EEPROM_HANGS,
    /** A word of the EEPROM reads wrong, so that the sum is wrong. */
    EEPROM_CORRUPT,
    /** The address that the EEPROM gives is a group address. */
    BAD_MAC,
    /** Somebody else holds SWSM.SMBI for ever. */
    SEMAPHORE_HELD,
    /** RXDCTL.ENABLE never reads as set. */
    RX_QUEUE_DOES_NOT_START,
    /** RXDCTL.ENABLE never reads as clear again. */
    RX_QUEUE_DOES_NOT_STOP,
    /** TXDCTL.ENABLE never reads as set. */
    TX_QUEUE_DOES_NOT_START,
    /** TXDCTL.ENABLE never reads as clear again. */
    TX_QUEUE_DOES_NOT_STOP,
    /** SECRXSTAT.SECRX_RDY stays clear: the receive path does not run empty. */
    SECURITY_NOT_READY,
    /** MSCA.COMMAND stays set: MDIO does not answer. */
    MDIO_HANGS,
    /** Queues stand still: registers answer, but no descriptor is taken or written. */
    HUNG
}
