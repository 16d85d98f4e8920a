package dev.quern.sql.bench;

import dev.quern.connectors.ArrowMemory;
import dev.quern.connectors.TableFiles;
import dev.quern.executor.engine.ScriptedEngine;
import dev.quern.sql.Engines;
import dev.quern.sql.Prepared;
import dev.quern.sql.Session;
import dev.quern.sql.SessionOptions;
import dev.quern.sql.arrow.ArrowRowSink;
import dev.quern.sql.run.QueryControl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.calcite.linq4j.Enumerator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * What a row costs besides the model: parse, plan, scan of a Parquet file of a million rows,
 * GENERATE on the scripted engine, result; in a heap of 512 MiB.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "-Xmx512m")
public class GenerateBenchmark {
  private static final int ROWS = 1_000_000;

  /** Different prompts among the rows. */
  @Param({"1000000", "1000"})
  public int prompts;

  private Path folder;
  private Path file;
  private Session session;

  /** Writes the table: id BIGINT, body VARCHAR of about 100 characters in 16 words. */
  @Setup
  public void write() throws IOException {
    folder = Files.createTempDirectory("quern-benchmark");
    file = folder.resolve("rows.parquet");
    var schema =
        new Schema(
            List.of(
                Field.nullable("id", new ArrowType.Int(64, true)),
                Field.nullable("body", ArrowType.Utf8.INSTANCE)));
    try (BufferAllocator memory = ArrowMemory.open(Long.MAX_VALUE);
        var sink =
            new ArrowRowSink(TableFiles.create(file.toString(), schema, memory), schema, memory)) {
      for (int i = 0; i < ROWS; i++) {
        sink.add(new Object[] {(long) i, body(i % prompts)});
      }
      sink.commit();
    }
    session =
        new Session(
            new Engines(options -> ScriptedEngine.answering(prompt -> "a short answer")),
            SessionOptions.DEFAULT);
  }

  private static String body(int number) {
    return "review "
        + number
        + " of a shop that sells many things, some of them good, and answers letters"
        + " within a day "
        + Integer.toHexString(number * 0x9E3779B1);
  }

  @TearDown
  public void delete() throws IOException {
    session.close();
    Files.delete(file);
    Files.delete(folder);
  }

  /** Time a row. */
  @Benchmark
  @OperationsPerInvocation(ROWS)
  public void summaries(Blackhole blackhole) {
    int rows = 0;
    String sql = "SELECT id, GENERATE('Summarize: ' || body) AS s FROM '" + file + "'";
    try (var query = (Prepared.Rows) session.prepare(sql);
        var control = new QueryControl();
        Enumerator<Object[]> result = query.run().apply(session.start(List.of(), control))) {
      for (; result.moveNext(); rows++) {
        blackhole.consume(result.current());
      }
    }
    if (rows != ROWS) {
      throw new IllegalStateException(rows + " rows");
    }
  }
}
