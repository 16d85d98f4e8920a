package dev.quern.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.quern.executor.bench.Machine;
import dev.quern.executor.bench.Measured;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Locale;

/** Shows measured points as they come, and the machine behind them. */
sealed interface BenchOutput {
  void point(Measured point);

  void machine(Machine machine);

  /** One object a line, as the command line's contract has it. */
  record Json(PrintStream out) implements BenchOutput {
    @Override
    public void point(Measured point) {
      line(json -> {
        json.writeStringField("operation", point.operation().label());
        json.writeNumberField("batch", point.batch());
        json.writeNumberField("prompt_tokens", point.promptTokens());
        json.writeNumberField("shared_prefix", point.sharedPrefix());
        json.writeNumberField("tokens_per_second", point.tokensPerSecond());
        json.writeNumberField("rows_per_second", point.rowsPerSecond());
        json.writeNumberField("macs_per_second", point.macsPerSecond());
        json.writeNumberField("bytes_per_second", point.bytesPerSecond());
      });
    }

    @Override
    public void machine(Machine machine) {
      line(json -> {
        json.writeNumberField("threads", machine.threads());
        json.writeStringField("isa", machine.isa());
        json.writeNumberField("peak_int8_macs_per_second", machine.peakInt8MacsPerSecond());
        json.writeNumberField("peak_read_bytes_per_second", machine.peakReadBytesPerSecond());
        json.writeNumberField("peak_memory_bytes", machine.peakMemoryBytes());
      });
    }

    /** Writes the fields of an object. */
    private interface Fields {
      void write(JsonGenerator json) throws IOException;
    }

    private void line(Fields fields) {
      var text = new StringWriter();
      try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
        json.writeStartObject();
        fields.write(json);
        json.writeEndObject();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      out.println(text);
      out.flush();
    }
  }

  /** For people. */
  final class Table implements BenchOutput {
    private final PrintStream out;
    private boolean headed;

    Table(PrintStream out) {
      this.out = out;
    }

    @Override
    public void point(Measured point) {
      if (!headed) {
        headed = true;
        out.printf(
            "%-9s %6s %7s %7s %11s %9s %9s %8s%n",
            "operation", "batch", "prompt", "shared", "tokens/s", "rows/s", "GMAC/s", "GB/s");
      }
      out.printf(
          Locale.ROOT,
          "%-9s %6d %7d %7d %11.1f %9.2f %9.1f %8.1f%n",
          point.operation().label(),
          point.batch(),
          point.promptTokens(),
          point.sharedPrefix(),
          point.tokensPerSecond(),
          point.rowsPerSecond(),
          point.macsPerSecond() / 1e9,
          point.bytesPerSecond() / 1e9);
      out.flush();
    }

    @Override
    public void machine(Machine machine) {
      out.printf(
          Locale.ROOT,
          "best of at least 3 runs; %d %s, %s; peaks of this run: %.1f GMAC/s (int8), %.1f GB/s;"
              + " peak memory %,d MiB%n",
          machine.threads(),
          machine.threads() == 1 ? "thread" : "threads",
          machine.isa(),
          machine.peakInt8MacsPerSecond() / 1e9,
          machine.peakReadBytesPerSecond() / 1e9,
          machine.peakMemoryBytes() >> 20);
    }
  }
}
