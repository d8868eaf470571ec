/** What every packet application is made of: its thread, the cards that it waits for, bounded sending, counters. */
package net.app.core;
