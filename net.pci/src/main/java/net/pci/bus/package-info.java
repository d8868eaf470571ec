/** PCI configuration space: finding functions, sizing and placing BARs, capabilities, MSI-X. Knows nothing of drivers. */
package net.pci.bus;
