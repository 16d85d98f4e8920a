/** What a prefix cache would serve of a table: the body of {@code quern bench-plan}. */
package dev.quern.sql.prefix;
