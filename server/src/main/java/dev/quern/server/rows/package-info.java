/** Result rows as tables, CSV and JSON. */
package dev.quern.server.rows;
