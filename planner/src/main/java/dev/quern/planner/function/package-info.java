/** The SQL functions of the dialect, as Calcite operators. */
package dev.quern.planner.function;
