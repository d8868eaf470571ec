/** What commands print with: tables, units, one-line errors. Other bundles with commands take a private copy. */
package net.shell.text;
