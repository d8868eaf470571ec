/**
 * Calls of the C library, one small interface for each group, with errors as {@link net.linux.sys.SystemCallException}. The numbers are those of Linux on
 * 64-bit machines, the same on x86-64 and AArch64 where nothing else is said.
 */
package net.linux.sys;
