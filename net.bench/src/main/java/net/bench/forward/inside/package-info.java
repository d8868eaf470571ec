/** What of {@code ./bench forward} runs as a bundle inside Felix: the host of the shared cards, and the application that is measured. */
package net.bench.forward.inside;
