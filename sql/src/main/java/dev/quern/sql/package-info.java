/** SQL over tables and models: a session parses, plans and runs statements; JDBC stands on it. */
package dev.quern.sql;
