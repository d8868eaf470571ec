/** The contracts. */
package net.api;
