/**
 * The driver for cards with an Intel 82599: ring and offload logic, bring-up, link, filters, statistics. Section numbers are those of the Intel 82599 10 GbE
 * Controller Datasheet.
 *
 * <p>Not exported: the one service is {@link net.api.driver.NetDriver}.
 */
package net.driver.ixgbe;
