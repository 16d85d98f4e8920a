/** The JDBC driver {@code jdbc:quern:}. */
package dev.quern.sql.jdbc;
