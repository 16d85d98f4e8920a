package dev.quern.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.quern.executor.engine.EngineOptions;
import dev.quern.executor.engine.Scored;
import dev.quern.executor.engine.Scorer;
import dev.quern.server.rows.RowFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code quern score}: log-probabilities of given text, and its perplexity. */
record ScoreCommand(Console console) implements Command {
  @Override
  public CommandSpec spec() {
    var spec = CommandSpec.create().name("score");
    spec.usageMessage().description("Log-probabilities of given text: what a quantization costs");
    spec.addOption(Arguments.option("--text", "FILE", "text to score, as it is"));
    spec.addOption(
        Arguments.option(
            "--ids", "FILE.json", "token ids to score: {\"prompts\": [[id, ..], ..]}"));
    spec.addOption(Arguments.option("--format", "FORMAT", "table or json; default: table"));
    EngineFlags.addTo(spec);
    return spec;
  }

  @Override
  public ExitCode run(ParseResult parsed) {
    var arguments = new Arguments(parsed);
    var format = arguments.choice("--format", RowFormat.class, RowFormat.TABLE);
    if (format == RowFormat.CSV) {
      throw CommandException.badCommand("--format of score must be table or json");
    }
    EngineOptions options = EngineFlags.given(parsed).engineOnly("score");
    var text = arguments.text("--text").map(Path::of);
    var ids = arguments.text("--ids").map(Path::of);
    if (text.isPresent() == ids.isPresent()) {
      throw CommandException.badCommand(
          "quern score needs --text FILE or --ids FILE.json, one of them");
    }
    // Read before the model is loaded: a mistyped name should not cost the wait.
    var input = text.map(ScoreInput::ofText).orElseGet(() -> ScoreInput.ofIds(ids.get()));
    try (Scorer scorer = Scorer.open(options, console::notice)) {
      List<int[]> prompts =
          switch (input) {
            case ScoreInput.Text(String content) -> scorer.windows(content);
            case ScoreInput.Ids(var given) -> given;
          };
      var total = new Total();
      scorer.score(
          prompts,
          scored -> {
            total.add(scored);
            print(scored, format);
          });
      print(total, format);
    }
    return ExitCode.DONE;
  }

  /** Sum of the log-probabilities of all prompts. */
  private static final class Total {
    private long tokens;
    private double logprob;

    private void add(Scored scored) {
      tokens += scored.logprobs().length;
      logprob += Arrays.stream(scored.logprobs()).sum();
    }

    /** NaN where no token has one before it. */
    private double perplexity() {
      return Math.exp(-logprob / tokens);
    }
  }

  private void print(Scored scored, RowFormat format) {
    if (format == RowFormat.JSON) {
      printJson(json -> {
        json.writeNumberField("prompt", scored.prompt());
        json.writeFieldName("tokens");
        json.writeArray(scored.tokens(), 0, scored.tokens().length);
        json.writeFieldName("logprobs");
        json.writeArray(scored.logprobs(), 0, scored.logprobs().length);
        json.writeFieldName("argmax");
        json.writeArray(scored.argmax(), 0, scored.argmax().length);
      });
      return;
    }
    if (scored.prompt() == 0) {
      console.out().printf("%8s %8s %14s %12s%n", "prompt", "tokens", "log-prob", "perplexity");
    }
    double sum = Arrays.stream(scored.logprobs()).sum();
    console
        .out()
        .printf(
            Locale.ROOT,
            "%8d %8d %14.4f %12.4f%n",
            scored.prompt(),
            scored.tokens().length,
            sum,
            Math.exp(-sum / scored.logprobs().length));
  }

  private void print(Total total, RowFormat format) {
    if (format == RowFormat.JSON) {
      printJson(json -> {
        json.writeNumberField("tokens", total.tokens);
        json.writeFieldName("perplexity");
        // JSON has no NaN: a text of one token has no perplexity.
        if (Double.isFinite(total.perplexity())) {
          json.writeNumber(total.perplexity());
        } else {
          json.writeNull();
        }
      });
      return;
    }
    console
        .out()
        .printf(
            Locale.ROOT,
            "perplexity %.4f over %d predicted tokens%n",
            total.perplexity(),
            total.tokens);
  }

  /** Writes the fields of an object. */
  private interface Fields {
    void write(JsonGenerator json) throws IOException;
  }

  private void printJson(Fields fields) {
    var line = new java.io.StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(line)) {
      json.writeStartObject();
      fields.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    console.out().println(line);
  }
}
