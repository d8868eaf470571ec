/**
 * Packet rings as plain objects, without OSGi: {@link net.pool.ring.UnorderedBuffer} stores packets of any length in one piece of memory, from one thread to
 * another; {@link net.pool.ring.OrderedBuffer} puts numbered packets back in order.
 *
 * <pre>{@code
 * UnorderedBuffer ring = new UnorderedBuffer(new RingSpec(65_536, 1_501), Arena.ofShared());
 * DatagramReader reader = new DatagramReader(channel, ring, 1_500);           // one thread
 * reader.read(64);
 *
 * OrderedBuffer ordered = new OrderedBuffer(new OrderedSpec(256, 1_500, 32, 20_000_000), Arena.ofShared());       // another
 * ring.consumer().pop(packet -> {
 *     ordered.insert(sequenceOf(packet), packet.memory(), packet.offset(), packet.length(), packet.time());
 *     return true;
 * }, 64);
 * ordered.drain((sequence, memory, offset, length, arrival) -> play(memory, offset, length), 64, System.nanoTime());
 * }</pre>
 */
@Export
@Version("1.0.0")
package net.pool.ring;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
