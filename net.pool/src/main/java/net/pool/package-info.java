/** Buffer pools and packet rings over DMA memory. */
package net.pool;
