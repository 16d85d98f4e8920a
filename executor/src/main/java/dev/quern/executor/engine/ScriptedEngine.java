package dev.quern.executor.engine;

import dev.quern.executor.choice.Choices;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.StringTokenizer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/**
 * An engine without a model: a function of a row's whole text answers it. A row counts as a call
 * when it starts, which is when its answer is asked for or one of the {@link Script#ahead} rows
 * before it is; rows of a closed batch never start. Tokens are words; ids and log-probabilities are
 * given where a row's {@link TokenReport} asks, log-probabilities made up from a word's place:
 * {@link WordTokens#logprobs}. Bias and bad words change nothing.
 */
public final class ScriptedEngine implements GenerateEngine {

  /** What a row comes to. */
  public sealed interface Reply {
    /**
     * Answers with a text, cut after {@code max_tokens} words; where there are choices, with one.
     */
    record Text(String text) implements Reply {}

    /** The row fails; the others go on. */
    record Refusal(String message) implements Reply {}

    /** The engine fails. */
    record Failure(String message) implements Reply {}

    /** Never answers: the consumer waits until it closes the batch. */
    record Silence() implements Reply {}
  }

  /**
   * How the engine behaves.
   *
   * @param reply answers a row by its text (head and tail, no template) and options
   * @param delayMillis time that each answer takes
   * @param ahead rows that start before they are asked for, as a real engine's batch does
   */
  public record Script(
      BiFunction<String, GenerateOptions, Reply> reply, long delayMillis, int ahead) {
    public Script {
      Objects.requireNonNull(reply, "reply");
    }
  }

  private static final ModelInfo INFO =
      new ModelInfo("scripted", "scripted-1", 4096, true, true, true, true);

  private final Script script;
  private final WordTokens tokens = new WordTokens();
  private final AtomicLong batches = new AtomicLong();
  private final AtomicLong submitted = new AtomicLong();
  private final AtomicLong calls = new AtomicLong();
  private final AtomicLong promptTokens = new AtomicLong();
  private final AtomicLong completionTokens = new AtomicLong();
  private final AtomicLong open = new AtomicLong();
  private volatile PromptBatch last;
  private volatile boolean closed;

  public ScriptedEngine(Script script) {
    this.script = script;
  }

  /** Answers at once and starts no row early. */
  public static ScriptedEngine answering(java.util.function.UnaryOperator<String> reply) {
    return new ScriptedEngine(
        new Script((text, options) -> new Reply.Text(reply.apply(text)), 0, 0));
  }

  @Override
  public Completions submit(PromptBatch batch) {
    if (closed) {
      throw new EngineException("the engine is closed");
    }
    batches.incrementAndGet();
    submitted.addAndGet(batch.rows().size());
    open.incrementAndGet();
    last = batch;
    return new Replies(batch);
  }

  @Override
  public int countTokens(String text) {
    return words(text);
  }

  @Override
  public Optional<PromptTokens> tokens() {
    return Optional.of(tokens);
  }

  @Override
  public ModelInfo model() {
    return INFO;
  }

  /** Tokens of rows started and of answers given; nothing is cached, and there are no steps. */
  @Override
  public EngineStatistics statistics() {
    EngineStatistics none = EngineStatistics.NONE;
    long prompts = promptTokens.get();
    return new EngineStatistics(
        0,
        0,
        none.kvBlocks(),
        new EngineStatistics.Tokens(prompts, 0, prompts, 0, completionTokens.get()),
        0,
        0,
        none.stepRows(),
        none.stepTokens(),
        none.stepSeconds());
  }

  /** Keeps no tree. */
  @Override
  public PrefixTreeView prefixTree(int nodes) {
    return PrefixTreeView.EMPTY;
  }

  @Override
  public void close() {
    closed = true;
  }

  /** Batches submitted so far. */
  public long batches() {
    return batches.get();
  }

  /** Rows of the batches submitted so far, started or not. */
  public long submittedRows() {
    return submitted.get();
  }

  /** Rows started so far. */
  public long calls() {
    return calls.get();
  }

  /** Words of the prompts of rows started so far. */
  public long promptTokens() {
    return promptTokens.get();
  }

  /** Words of the answers given so far. */
  public long completionTokens() {
    return completionTokens.get();
  }

  /** Batches that were submitted and not closed. */
  public long openBatches() {
    return open.get();
  }

  /** The batch submitted last; null before the first. */
  public PromptBatch lastBatch() {
    return last;
  }

  public boolean isClosed() {
    return closed;
  }

  static List<String> split(String text) {
    return text.isBlank() ? List.of() : List.of(text.strip().split("\\s+"));
  }

  private static int words(String text) {
    return new StringTokenizer(text).countTokens();
  }

  private static String firstWords(String text, int most) {
    var words = new StringTokenizer(text);
    var kept = new StringJoiner(" ");
    for (int i = 0; i < most; i++) {
      kept.add(words.nextToken());
    }
    return kept.toString();
  }

  private static String text(PromptBatch batch, PromptRow row) {
    return text(batch.head(), row);
  }

  static String text(List<PromptPart> head, PromptRow row) {
    var text = new StringBuilder();
    head.forEach(part -> text.append(part.text()));
    switch (row.prompt()) {
      case Prompt.Text(var parts) -> parts.forEach(part -> text.append(part.text()));
      case Prompt.Chat(var messages, _, _) ->
          messages.forEach(m -> m.content().forEach(part -> text.append(part.text())));
      case Prompt.Tokens(var ids) -> text.append(ids);
    }
    return text.toString();
  }

  private final class Replies implements Completions {
    private final PromptBatch batch;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Deque<String> prompts = new ArrayDeque<>();
    private int started;
    private int row;
    private final Deque<Event> pending = new ArrayDeque<>();

    Replies(PromptBatch batch) {
      this.batch = batch;
    }

    @Override
    public Event next() throws InterruptedException {
      if (!pending.isEmpty()) {
        return pending.remove();
      }
      if (row >= batch.rows().size() || closing.getCount() == 0) {
        return null;
      }
      start();
      if (script.delayMillis() > 0 && closing.await(script.delayMillis(), TimeUnit.MILLISECONDS)) {
        return null;
      }
      return answer(row++);
    }

    private void start() {
      int upTo = Math.min(batch.rows().size(), row + 1 + script.ahead());
      for (; started < upTo; started++) {
        calls.incrementAndGet();
        String text = text(batch, batch.rows().get(started));
        prompts.add(text);
        promptTokens.addAndGet(words(text));
      }
    }

    private Event answer(int index) throws InterruptedException {
      PromptRow prompt = batch.rows().get(index);
      String text = prompts.remove();
      int promptWords = words(text);
      return switch (script.reply().apply(text, prompt.options())) {
        case Reply.Text(String answer) when prompt.options().choices().isPresent() ->
            chosen(index, prompt.options().choices().get(), answer, promptWords);
        case Reply.Text(String answer) -> {
          int most = prompt.options().maxTokens();
          int given = Math.min(words(answer), most);
          boolean cut = words(answer) > most;
          String shown = cut ? firstWords(answer, most) : answer;
          completionTokens.addAndGet(given);
          prompted(index, prompt);
          pending.add(delta(index, shown, prompt.options().report()));
          pending.add(
              new Event.Done(
                  index,
                  cut ? FinishReason.LENGTH : FinishReason.STOP,
                  new Usage(promptWords, 0, 0, given),
                  Optional.empty()));
          yield pending.remove();
        }
        case Reply.Refusal(String message) ->
            new Event.Done(
                index, FinishReason.ERROR, new Usage(promptWords, 0, 0, 0), Optional.of(message));
        case Reply.Failure(String message) -> throw new EngineException(message);
        case Reply.Silence() -> {
          closing.await();
          yield null;
        }
      };
    }

    private void prompted(int index, PromptRow prompt) {
      TokenReport report = prompt.options().report();
      if (report.prompted()) {
        List<Integer> ids = IntStream.of(tokens.ids(batch.head(), prompt)).boxed().toList();
        List<PositionLogprobs> logprobs = List.of();
        if (report.promptLogprobs().isPresent()) {
          logprobs = tokens.logprobs(tokens.words(ids), 1, report.promptLogprobs().getAsInt());
        }
        pending.add(new Event.Prompted(index, ids, logprobs));
      }
    }

    private Event.Delta delta(int index, String text, TokenReport report) {
      if (report.equals(TokenReport.NONE)) {
        return new Event.Delta(index, text, List.of());
      }
      List<String> words = split(text);
      List<PositionLogprobs> logprobs = List.of();
      if (report.logprobs().isPresent()) {
        logprobs = tokens.logprobs(words, 0, report.logprobs().getAsInt());
      }
      return new Event.Delta(index, text, words.stream().map(tokens::id).toList(), logprobs);
    }

    /** One token: a choice in any case; a text that is none has no preference. */
    private Event chosen(int index, Choices choices, String answer, int promptWords) {
      var usage = new Usage(promptWords, 0, 0, 1);
      Optional<String> choice = choices.meantBy(answer);
      completionTokens.incrementAndGet();
      if (choice.isEmpty() && choices.preference().isEmpty()) {
        return new Event.Done(
            index,
            FinishReason.ERROR,
            usage,
            Optional.of(
                "the scripted answer '"
                    + answer
                    + "' is none of the choices "
                    + String.join(", ", choices.texts())));
      }
      pending.add(new Event.Done(index, FinishReason.STOP, usage, Optional.empty()));
      return new Event.Delta(index, choice.orElse(""), List.of());
    }

    /** The consumer may close while somebody else does, as for a client that has left. */
    @Override
    public synchronized void close() {
      if (closing.getCount() > 0) {
        closing.countDown();
        open.decrementAndGet();
      }
    }
  }
}
