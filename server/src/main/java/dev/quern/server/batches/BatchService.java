package dev.quern.server.batches;

import dev.quern.executor.engine.GenerateEngine;
import dev.quern.server.http.Routes;
import dev.quern.server.http.Uploads;
import java.io.IOException;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The Files and Batch API over one engine and one folder. */
public final class BatchService implements AutoCloseable {
  private final StateFolder state;
  private final BatchLimits limits;
  private final FileHandlers fileHandlers;
  private final BatchHandlers batchHandlers;
  private final BatchJobs jobs;

  private BatchService(
      StateFolder state,
      BatchLimits limits,
      FileHandlers fileHandlers,
      BatchHandlers batchHandlers,
      BatchJobs jobs) {
    this.state = state;
    this.limits = limits;
    this.fileHandlers = fileHandlers;
    this.batchHandlers = batchHandlers;
    this.jobs = jobs;
  }

  /**
   * Goes on with the batches that the folder holds.
   *
   * @param state closed with the service
   * @param engine stays the caller's; must outlive the service
   * @param log receives failures of engine and disk; never texts of requests
   * @throws IOException when the folder cannot be read
   */
  public static BatchService open(
      StateFolder state,
      GenerateEngine engine,
      List<BatchEndpoint> endpoints,
      BatchLimits limits,
      JobListener listener,
      InstantSource clock,
      PrintStream log)
      throws IOException {
    Map<String, BatchEndpoint> byPath =
        endpoints.stream().collect(Collectors.toMap(BatchEndpoint::path, Function.identity()));
    var ids = new Ids(clock);
    var files = new FileStore(state, ids, limits, clock);
    var batches = new BatchStore(state, limits, clock);
    files.sweep(batches.growing());
    BatchJobs.Factory factory =
        (batch, run) ->
            new BatchJob(
                batch.id(),
                run,
                engine,
                byPath.get(batch.endpoint()),
                files,
                batches,
                limits,
                listener);
    var jobs = new BatchJobs(batches, factory, limits.running(), listener, clock, log);
    batches.unfinished().forEach(jobs::add);
    var paths = new TreeSet<>(byPath.keySet());
    return new BatchService(
        state,
        limits,
        new FileHandlers(files, batches),
        new BatchHandlers(files, batches, jobs, paths, ids, clock),
        jobs);
  }

  /** Adds {@code /v1/files} and {@code /v1/batches}. */
  public void addTo(Routes.Builder routes) {
    fileHandlers.addTo(
        routes, new Uploads(state.uploads(), limits.fileBytes(), limits.uploadsAtOnce()));
    batchHandlers.addTo(routes);
  }

  /**
   * Hands running batches back: what has come of them is on disk when this returns, within a step
   * of the engine. Files and batches can be read until {@link #close}; a new batch gets 503.
   */
  public void stop() {
    jobs.close();
  }

  /** Stops, and gives the folder up. */
  @Override
  public void close() throws IOException {
    stop();
    state.close();
  }
}
