package dev.quern.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.quern.connectors.ArrowMemory;
import dev.quern.connectors.FileTable;
import dev.quern.connectors.TableFiles;
import dev.quern.connectors.TextTable;
import dev.quern.executor.table.TableException;
import dev.quern.executor.tokenizer.Tokenizer;
import dev.quern.executor.tokenizer.TokenizerLoader;
import dev.quern.server.rows.RowFormat;
import dev.quern.sql.prefix.PrefixReport;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.apache.arrow.memory.BufferAllocator;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/**
 * {@code quern bench-plan}: what a prefix cache would serve of a table, by order of its fields.
 *
 * @param tokenizerFolder the model whose tokenizer counts
 */
record BenchPlanCommand(Console console, Supplier<Path> tokenizerFolder) implements Command {
  @Override
  public CommandSpec spec() {
    var spec = CommandSpec.create().name("bench-plan");
    spec.usageMessage()
        .description(
            "Shares of a table's prompts that are prefix hits: as written, by row order, by field"
                + " order");
    spec.addPositional(
        PositionalParamSpec.builder()
            .index("0")
            .arity("1")
            .paramLabel("FILE")
            .type(String.class)
            .description("a table: Parquet, Arrow, CSV or JSON Lines, or a glob")
            .build());
    spec.addOption(
        Arguments.option("--fields", "NAMES", "all, or names separated by commas; default: all"));
    spec.addOption(Arguments.option("--format", "FORMAT", "table or json; default: table"));
    return spec;
  }

  @Override
  public ExitCode run(ParseResult parsed) {
    var arguments = new Arguments(parsed);
    var format = arguments.choice("--format", RowFormat.class, RowFormat.TABLE);
    if (format == RowFormat.CSV) {
      throw CommandException.badCommand("--format of bench-plan must be table or json");
    }
    String file = parsed.matchedPositionalValue(0, "");
    if (file.isEmpty()) {
      throw CommandException.badCommand("bench-plan needs a table: quern bench-plan FILE");
    }
    PrefixReport report = report(file, arguments.text("--fields").orElse("all"));
    if (format == RowFormat.JSON) {
      printJson(report);
    } else {
      print(report);
    }
    return ExitCode.DONE;
  }

  private PrefixReport report(String file, String fields) {
    try (BufferAllocator allocator = ArrowMemory.open(Long.MAX_VALUE);
        FileTable table = TableFiles.open(file, allocator)) {
      List<String> names =
          fields.equals("all")
              ? TextTable.names(table)
              : Arrays.stream(fields.split(",", -1)).map(String::strip).toList();
      TextTable text = TextTable.read(table, names, allocator);
      try (Tokenizer tokenizer = TokenizerLoader.open(tokenizerFolder.get()).orElseThrow()) {
        return PrefixReport.of(text, tokenizer);
      }
    } catch (TableException e) {
      throw new CommandException(ExitCode.QUERY_FAILED, e.getMessage(), e);
    }
  }

  private void print(PrefixReport report) {
    console.out().println(report.rows() + " rows of " + String.join(", ", report.fields()));
    console.out().printf("%-12s %11s %9s%n", "prefix hits", "characters", "tokens");
    print("as written", report.asWritten());
    print("row order", report.rowOrder());
    print("field order", report.fieldOrder());
    console.out().printf(Locale.ROOT, "solver %.3f s%n", report.solverSeconds());
    console.out().println(PrefixReport.MEASURE);
  }

  private void print(String label, PrefixReport.Share share) {
    console
        .out()
        .printf(
            Locale.ROOT,
            "%-12s %10.1f%% %8.1f%%%n",
            label,
            100 * share.characters(),
            100 * share.tokens());
  }

  private void printJson(PrefixReport report) {
    var line = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(line)) {
      json.writeStartObject();
      json.writeNumberField("rows", report.rows());
      json.writeFieldName("fields");
      String[] names = report.fields().toArray(String[]::new);
      json.writeArray(names, 0, names.length);
      json.writeStringField("measure", PrefixReport.MEASURE);
      writeShare(json, "as_written", report.asWritten());
      writeShare(json, "row_order", report.rowOrder());
      writeShare(json, "field_order", report.fieldOrder());
      json.writeNumberField("solver_seconds", report.solverSeconds());
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    console.out().println(line);
  }

  private static void writeShare(JsonGenerator json, String name, PrefixReport.Share share)
      throws IOException {
    json.writeObjectFieldStart(name);
    json.writeNumberField("characters", share.characters());
    json.writeNumberField("tokens", share.tokens());
    json.writeEndObject();
  }
}
