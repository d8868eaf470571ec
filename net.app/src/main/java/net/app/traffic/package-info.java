/** Frames from card to card: forward, generate, and the sink that counts what was lost. */
package net.app.traffic;
