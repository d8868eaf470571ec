/**
 * What {@code ./bench} measures. Peers run in turns in one process, so that a ratio compares like with like; times alone are only as good as the machine
 * is quiet.
 */
package net.bench;
