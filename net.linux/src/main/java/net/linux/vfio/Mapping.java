package net.linux.vfio;

import java.lang.foreign.MemorySegment;

/**
 * A piece of memory, and where devices find it.
 *
 * @param purpose what it is for, in messages
 * @param iova device address of its first byte
 * @param memory whole pages
 */
record Mapping(String purpose, long iova, MemorySegment memory) {
}
