/** What is the same for every way to a device: registers that are mapped, interrupts that are events, memory and its device addresses. */
package net.linux.device;
