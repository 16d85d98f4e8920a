package dev.quern.server.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients that each send a request as soon as their last one is answered, each in a virtual thread.
 */
public final class LoadRun implements AutoCloseable {
  private static final int FEW = 8;
  private static final int MANY = 72;

  private final LoadShape shape;
  private final ChatClient client;
  private final PromptWords prompts;

  /** No two requests of a server's life have the same own part, as far as clients go. */
  private long request = System.nanoTime();

  private LoadRun(LoadShape shape, ChatClient client, PromptWords prompts) {
    this.shape = shape;
    this.client = client;
    this.prompts = prompts;
  }

  /**
   * Connects, measures what words cost in tokens, and sends one request of the shape, which leaves
   * the shared prefix in the server's cache.
   *
   * @throws LoadException when the server does not answer these
   */
  public static LoadRun open(LoadTarget target, LoadShape shape)
      throws LoadException, InterruptedException {
    var client = new ChatClient(target);
    try {
      int few = answered(client.ask(PromptWords.words(FEW, 0), 1)).promptTokens();
      int many = answered(client.ask(PromptWords.words(MANY, 0), 1)).promptTokens();
      var run = new LoadRun(shape, client, PromptWords.measured(shape, FEW, few, MANY, many));
      answered(client.ask(run.prompts.prompt(run.request++), shape.generateTokens()));
      return run;
    } catch (LoadException | InterruptedException | RuntimeException e) {
      client.close();
      throw e;
    }
  }

  private static Outcome.Answered answered(Outcome outcome) throws LoadException {
    return switch (outcome) {
      case Outcome.Answered answered -> answered;
      case Outcome.Failed(String kind, String message) ->
          throw new LoadException("the server does not answer (" + kind + "): " + message.strip());
      case Outcome.Left _ -> throw new LoadException("the server does not answer in time");
    };
  }

  /** So many requests from so many clients. */
  public LoadFigures run(int clients, int requests) throws InterruptedException {
    var left = new AtomicInteger(requests);
    return run(
        clients,
        number -> {
          return left.getAndDecrement() > 0 ? ask(number) : null;
        });
  }

  /** One client's next request; null when there is no more. */
  interface Asking {
    Outcome ask(long number) throws InterruptedException;
  }

  /** Until every client has got null. */
  LoadFigures run(int clients, Asking asking) throws InterruptedException {
    Queue<Outcome> outcomes = new ConcurrentLinkedQueue<>();
    List<Future<?>> running = new ArrayList<>();
    long start = System.nanoTime();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < clients; i++) {
        running.add(
            threads.submit(() -> {
              for (Outcome o = asking.ask(next()); o != null; o = asking.ask(next())) {
                outcomes.add(o);
              }
              return null;
            }));
      }
      for (Future<?> each : running) {
        each.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("a client of the load failed", e.getCause());
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    return LoadFigures.of(clients, List.copyOf(outcomes), seconds);
  }

  private synchronized long next() {
    return request++;
  }

  LoadShape shape() {
    return shape;
  }

  /** A request of the shape. */
  Outcome ask(long number) throws InterruptedException {
    return client.ask(prompts.prompt(number), shape.generateTokens());
  }

  /** The same, given up after so many nanoseconds. */
  Outcome ask(long number, long leaveAfter) throws InterruptedException {
    return client.ask(prompts.prompt(number), shape.generateTokens(), leaveAfter);
  }

  @Override
  public void close() {
    client.close();
  }
}
