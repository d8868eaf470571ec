package net.bench.pool;

import java.util.Set;

/**
 * What is measured.
 *
 * @param quick fewer windows
 * @param peers lines of the tables
 * @param cases columns of the tables
 */
public record PoolOptions(boolean quick, Set<Peer> peers, Set<Case> cases) {
}
