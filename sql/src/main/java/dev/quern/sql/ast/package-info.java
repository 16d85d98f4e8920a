/** Statements that Quern's dialect adds to Calcite's grammar, as syntax trees. */
package dev.quern.sql.ast;
