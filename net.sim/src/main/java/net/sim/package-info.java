/** Device models and a simulated host. */
package net.sim;
