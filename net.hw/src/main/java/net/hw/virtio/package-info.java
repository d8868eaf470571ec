/**
 * Registers, structures and numbers of virtio over PCI and of its network device, as the specification lays them out: Virtual I/O Device (VIRTIO) 1.2,
 * OASIS, cited by section. Everything is little-endian (2.4). Driver and model read the same tables; neither's logic is here.
 */
package net.hw.virtio;
