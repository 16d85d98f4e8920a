/** Row and field order: how prompts that are made of a row's fields come to share their heads. */
package dev.quern.planner.order;
