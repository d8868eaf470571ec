/**
 * Registers, descriptors and numbers of the Intel 82599 10 GbE controller, as its datasheet (revision 3.4) lays them out; sections are cited from there.
 * Everything is little-endian; registers are 32 bits wide in BAR 0. Driver and model read the same tables; neither's logic is here.
 */
package net.hw.ixgbe;
