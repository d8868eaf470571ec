package net.bench.forward;

import java.util.Set;
import net.bench.forward.inside.Load;

/**
 * What is measured.
 *
 * @param driver name of a driver in lower case
 * @param quick fewer and shorter windows
 * @param peers columns of the tables
 * @param loads lines of the tables
 */
public record ForwardOptions(String driver, boolean quick, Set<Peer> peers, Set<Load> loads) {
}
