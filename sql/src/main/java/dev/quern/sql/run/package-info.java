/** Running a planned query: windows of rows through the engine, statistics, budgets, cancel. */
package dev.quern.sql.run;
