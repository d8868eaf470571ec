/**
 * The driver for virtio network cards over PCI: Virtual I/O Device (VIRTIO) 1.2, OASIS, cited by section; modern registers (4.1), split virtqueues (2.7).
 *
 * <p>{@link net.driver.virtio.VirtioNetDriver} hands a device to {@code Setup}, which brings it to traffic (3.1.1) and leaves a {@code VirtioNet} that looks
 * after it. Applications get {@code VirtioNetOps}; {@code VirtioRxQueue} and {@code VirtioTxQueue} move the packets. {@code VirtioSettings} turns what users
 * want into commands of the {@code ControlQueue}.
 *
 * <p>Accepted where offered: MAC, STATUS, MTU, SPEED_DUPLEX, MRG_RXBUF, EVENT_IDX, INDIRECT_DESC, ACCESS_PLATFORM, CTRL_VQ with CTRL_RX, CTRL_VLAN and
 * CTRL_MAC_ADDR, and MQ if more than one queue each way is wanted; as many pairs are used as the fewer of the two. VERSION_1 is required.
 *
 * <p>What the device writes is read once and checked. {@code Violation} lists what it can do wrong, and {@link
 * net.api.driver.DeviceWatch} counts and reports.
 */
package net.driver.virtio;
