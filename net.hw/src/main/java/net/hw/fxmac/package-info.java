/**
 * Registers, descriptors and numbers of FXMAC, the Ethernet MAC of Phytium's processors: a Cadence GEM with a different clock and SerDes front end.
 *
 * <p>There is no public datasheet. The GEM's part is what Xilinx publishes of the same core (Zynq-7000 TRM, UG585, chapter 16 and appendix B.18, cited as TRM;
 * Zynq UltraScale+ register reference, UG1087, module GEM), checked against Linux's macb driver and QEMU's model of it; Phytium's part is what its Linux
 * driver does.
 * Everything is little-endian. Driver and model read the same tables; neither's logic is here.
 */
package net.hw.fxmac;
