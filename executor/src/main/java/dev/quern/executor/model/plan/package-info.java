/** What a model takes, from its configuration alone: parameters, memory, devices. */
package dev.quern.executor.model.plan;
