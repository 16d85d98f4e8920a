/** Estimates of a planned query's cost: its plan is run without a model, its prompts counted. */
package dev.quern.sql.estimate;
