/** What a swap of drivers costs, and what it leaves behind. */
package net.bench.swap;
