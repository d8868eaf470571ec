/**
 * The driver for FXMAC, the Ethernet MAC of Phytium's processors, and for the Cadence GEM that it is made from, with 64-bit descriptors. What the registers do
 * is in the tables of {@code net.hw.fxmac}, with its sources.
 *
 * <p>{@link net.driver.fxmac.FxmacDriver} hands a device to {@code Setup}, which finds out what it is ({@code Identity}) and brings it to traffic. {@code
 * FxmacCard} then looks after it: the link ({@code LinkMachine}, over {@code MdioBus}), and errors that stop a direction, after which the {@code DmaEngine}
 * sets
 * the rings up again. {@code FxmacRxQueue} and {@code FxmacTxQueue} move packets, {@code FxmacSettings} turns what users want into filters.
 *
 * <p>Registers that several threads write: {@link net.hw.fxmac.Fxmac#NWCTRL} is written as a whole from one remembered value, {@link net.hw.fxmac.Fxmac#NWCFG}
 * under a lock ({@code MacRegisters}); all others belong to a queue's owner, or to the device manager's thread.
 */
package net.driver.fxmac;
