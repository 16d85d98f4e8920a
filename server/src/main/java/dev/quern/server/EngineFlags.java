package dev.quern.server;

import dev.quern.executor.engine.EngineOptions;
import dev.quern.sql.SessionOptions;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * The options that every command with an engine takes, by the names that {@link EngineOptions} and
 * the JDBC driver know.
 */
public final class EngineFlags {
  /** Options of a session: the JDBC driver takes them beside the engine's. */
  private static final List<Flag> SESSION =
      List.of(
          new Flag("window-rows", "N", "rows that GENERATE works on at a time"),
          new Flag("max-tokens-budget", "N", "stop after this many tokens, prompt and answer"),
          new Flag("max-rows-budget", "N", "stop after this many generated rows"),
          new Flag("max-seconds-budget", "N", "stop after this many seconds"),
          new Flag("seed", "N", "seed of queries that give none"));

  /** Step time of a server whose operator sets none: a chat beside a job waits for one step. */
  private static final String SERVE_STEP_MILLIS = "100";

  private static final List<Flag> ENGINE =
      List.of(
          new Flag(
              "model", "DIR|FILE", "checkpoint folder or .gguf file (default: the embedded model)"),
          new Flag(
              "quantization",
              "SCHEME",
              "none, wint8, wint4, wint2, block_wise_fp8, w4a8, w4a8c8 (default: as stored)"),
          new Flag("quantization-config", "FILE", "JSON with a scheme per part of the model"),
          new Flag("activations", "TYPE", "auto, f32, int8 (default: auto)"),
          new Flag("kv-cache-dtype", "TYPE", "auto, f32, f16, bf16, int8 (default: auto)"),
          new Flag("kv-cache-tokens", "N", "tokens that the KV cache holds (default: by memory)"),
          new Flag("tensor-parallel-size", "N", "ranks that share each layer (default: 1)"),
          new Flag("max-model-len", "N", "most tokens of prompt and answer (default: the model's)"),
          new Flag("max-num-seqs", "N", "most sequences in one step (default: 128)"),
          new Flag("max-num-batched-tokens", "N", "most tokens in one step (default: 512)"),
          new Flag(
              "max-step-ms",
              "N",
              "about the longest step while chats come (default: 0, no limit; quern serve: 100)"),
          new Flag("block-size", "N", "tokens of a KV block (default: 16)"),
          new Flag(
              "swap-space",
              "GIB",
              "room for evicted KV blocks: host memory, then a file (default: 0)"),
          new Flag("enable-prefix-caching", "BOOLEAN", "share prompt heads (default: true)"),
          new Flag("enable-chunked-prefill", "BOOLEAN", "spread long prompts (default: true)"),
          new Flag("speculative-config", "JSON", "speculative decoding"),
          new Flag("sampling-method", "METHOD", "auto, sort, rejection (default: auto)"),
          new Flag("splitwise-role", "ROLE", "mixed, prefill, decode (default: mixed)"),
          new Flag("use-cudagraph", "BOOLEAN", "replay steps as CUDA graphs"),
          new Flag("device", "NAME", "cpu, reference, cuda:0, .. (default: cpu)"),
          new Flag("threads", "N", "worker threads of the CPU device (default: one a core)"),
          new Flag("load", "HOW", "auto, mmap, copy (default: auto)"));

  private record Flag(String name, String label, String help) {
    OptionSpec toOption() {
      var option =
          OptionSpec.builder("--" + name).type(String.class).paramLabel(label).description(help);
      if (label.equals("BOOLEAN")) {
        // A bare --enable-prefix-caching means true.
        option.arity("0..1").fallbackValue("true");
      }
      return option.build();
    }
  }

  private final Map<String, String> values;

  private EngineFlags(Map<String, String> values) {
    this.values = values;
  }

  /** Adds the options of engine and session to a command. */
  public static void addTo(CommandSpec command) {
    ENGINE.forEach(flag -> command.addOption(flag.toOption()));
    SESSION.forEach(flag -> command.addOption(flag.toOption()));
  }

  /** Names of the engine options offered, without dashes. */
  static List<String> engineNames() {
    return ENGINE.stream().map(Flag::name).toList();
  }

  /**
   * The values given on a command line.
   *
   * @throws CommandException (exit code 2) for values that no engine takes
   */
  public static EngineFlags given(ParseResult command) {
    var values = new TreeMap<String, String>();
    for (var flag : Stream.concat(ENGINE.stream(), SESSION.stream()).toList()) {
      if (command.hasMatchedOption("--" + flag.name())) {
        values.put(flag.name(), command.matchedOptionValue("--" + flag.name(), ""));
      }
    }
    var flags = new EngineFlags(values);
    flags.engineOptions();
    flags.checkSession();
    return flags;
  }

  private void checkSession() {
    try {
      SessionOptions.parse(values);
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.BAD_COMMAND, "--" + e.getMessage(), e);
    }
  }

  /** The engine's part. */
  public EngineOptions engineOptions() {
    var engine = new TreeMap<>(values);
    engine.keySet().retainAll(engineNames());
    try {
      return EngineOptions.parse(engine);
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.BAD_COMMAND, "--" + e.getMessage(), e);
    }
  }

  /**
   * The engine's part, for a command that runs no SQL.
   *
   * @throws CommandException (exit code 2) when an option of SQL sessions is given
   */
  public EngineOptions engineOnly(String command) {
    for (Flag flag : SESSION) {
      if (values.containsKey(flag.name())) {
        throw CommandException.badCommand(
            "--" + flag.name() + " belongs to quern sql; quern " + command + " has no use for it");
      }
    }
    return engineOptions();
  }

  /**
   * The engine's part for a server: steps stay short while chats come, unless told otherwise.
   *
   * @throws CommandException (exit code 2) when an option of SQL sessions is given
   */
  EngineOptions served() {
    var served = new TreeMap<>(values);
    if (!"false".equals(values.get("enable-chunked-prefill"))) {
      served.putIfAbsent("max-step-ms", SERVE_STEP_MILLIS);
    }
    return new EngineFlags(served).engineOnly("serve");
  }

  /** All of them, as connection properties of the JDBC driver. */
  public Properties toProperties() {
    var properties = new Properties();
    properties.putAll(values);
    return properties;
  }
}
