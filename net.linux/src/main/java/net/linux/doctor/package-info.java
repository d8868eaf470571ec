/** What stands between this machine and its devices: found, explained, and how to mend it. */
package net.linux.doctor;
