/** The one bundle that calls the operating system. */
package net.linux;
