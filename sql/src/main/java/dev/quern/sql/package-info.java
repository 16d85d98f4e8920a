/** Quern sql. */
package dev.quern.sql;
