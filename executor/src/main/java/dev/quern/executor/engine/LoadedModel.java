package dev.quern.executor.engine;

import dev.quern.executor.device.DeviceOptions.Activations;
import dev.quern.executor.device.host.ActivationGroups;
import dev.quern.executor.model.Checkpoint;
import dev.quern.executor.model.Checkpoints;
import dev.quern.executor.model.GenerationConfig;
import dev.quern.executor.model.RandomCheckpoint;
import dev.quern.executor.model.StoredModel;
import dev.quern.executor.model.gguf.GgufMetadata;
import dev.quern.executor.model.packed.PackedCheckpoint;
import dev.quern.executor.model.plan.QuantizationScheme;
import dev.quern.executor.model.quantize.Quantization;
import dev.quern.executor.model.quantize.QuantizedCheckpoint;
import dev.quern.executor.tokenizer.ChatTemplate;
import dev.quern.executor.tokenizer.ChatTemplates;
import dev.quern.executor.tokenizer.Tokenizer;
import dev.quern.executor.tokenizer.TokenizerLoader;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * What a checkpoint's folder or GGUF file holds, opened: weights mapped, tokenizer and template
 * ready.
 *
 * @param folder where it stands; for random weights the file of their configuration
 * @param origin which model this is, a line for people
 * @param quantization what the weights are converted to, or were when they were packed
 * @param warning what a conversion costs, a line for people
 * @param weightBytes bytes of the weights once they are packed
 */
public record LoadedModel(
    Path folder,
    String name,
    String origin,
    Quantization quantization,
    Optional<String> warning,
    Checkpoint checkpoint,
    GenerationConfig generation,
    Optional<Tokenizer> tokenizer,
    Optional<ChatTemplate> template,
    long weightBytes)
    implements AutoCloseable {

  /**
   * Random weights in the shape of a {@code config.json}: token prompts run, text does not.
   *
   * @throws EngineException when the configuration cannot be read, naming file and key
   */
  public static LoadedModel random(Path config, EngineOptions options) {
    if (options.load() == EngineOptions.Load.MMAP) {
      throw new EngineException(
          "--load mmap needs packed weights, and random ones in the shape of "
              + config
              + " are made while they are loaded; leave --load out");
    }
    Quantization quantization = quantization(options);
    var checkpoint = new RandomCheckpoint(StoredModel.read(config).config(), quantization);
    return new LoadedModel(
        config,
        "random",
        "random weights in the shape of " + config + ", quantization " + quantization.label(),
        quantization,
        Optional.empty(),
        checkpoint,
        GenerationConfig.NONE,
        Optional.empty(),
        Optional.empty(),
        checkpoint.weightBytes());
  }

  /** Opens {@code --model}, or the embedded model. */
  public static LoadedModel open(EngineOptions options) {
    Path folder = options.model().map(Path::of).orElseGet(EmbeddedModel::folder);
    Quantization quantization = quantization(options);
    var metadata = new AtomicReference<GgufMetadata>();
    Checkpoint checkpoint = checkpoint(folder, quantization, options.load(), metadata::set);
    try {
      String packing = "";
      Optional<String> warning = Optional.empty();
      if (checkpoint instanceof PackedCheckpoint packed) {
        quantization = packed.quantization();
        packing = ", packed" + (quantization.isNone() ? "" : " in " + quantization.label());
      } else if (!quantization.isNone()) {
        var quantized = new QuantizedCheckpoint(checkpoint, quantization);
        checkpoint = quantized;
        warning = quantized.conversion();
      }
      // The tokenizer holds native memory: what may fail comes before it.
      Optional<GgufMetadata> gguf = Optional.ofNullable(metadata.get());
      Optional<ChatTemplate> template =
          gguf.isPresent() ? ChatTemplates.open(folder, gguf.get()) : ChatTemplates.open(folder);
      long weightBytes = checkpoint.weightBytes();
      return new LoadedModel(
          folder,
          options.model().isPresent()
              ? folder.toAbsolutePath().normalize().getFileName().toString()
              : "embedded",
          options.model().isPresent()
              ? "model " + folder + packing
              : "no --model given: using the embedded model",
          quantization,
          warning,
          checkpoint,
          gguf.map(GenerationConfig::of).orElseGet(() -> GenerationConfig.read(folder)),
          gguf.isPresent()
              ? TokenizerLoader.open(folder, gguf.get())
              : TokenizerLoader.open(folder),
          template,
          weightBytes);
    } catch (RuntimeException e) {
      checkpoint.close();
      throw e;
    }
  }

  private static Checkpoint checkpoint(
      Path folder,
      Quantization quantization,
      EngineOptions.Load load,
      Consumer<GgufMetadata> metadata) {
    if (PackedCheckpoint.isIn(folder)) {
      if (!quantization.isNone()) {
        throw new EngineException(
            "--quantization "
                + quantization.label()
                + ": "
                + folder
                + " holds packed weights; quantize the checkpoint that they were made from");
      }
      return PackedCheckpoint.open(folder, load != EngineOptions.Load.COPY);
    }
    if (load == EngineOptions.Load.MMAP) {
      throw new EngineException(
          "--load mmap needs packed weights, and "
              + folder
              + " has none; make them with quern quantize, or leave --load out");
    }
    return Checkpoints.open(folder, metadata);
  }

  private static Quantization quantization(EngineOptions options) {
    QuantizationScheme scheme = options.quantization().orElse(QuantizationScheme.NONE);
    return options
        .quantizationConfig()
        .map(file -> Quantization.read(scheme, Path.of(file)))
        .orElseGet(() -> new Quantization(scheme, Map.of(), OptionalInt.empty()));
  }

  /** Whether keys and values come from integer weights, which take quantized activations. */
  boolean storedIntegers() {
    return ActivationGroups.apply(
        Activations.AUTO, checkpoint.tensor("model.layers.0.self_attn.q_proj.weight").format());
  }

  /** How the weights are represented: as stored, as stored in wint4, in wint4. */
  String weights() {
    String stored = checkpoint instanceof PackedCheckpoint ? "as stored " : "";
    return quantization.isNone() ? "as stored" : stored + "in " + quantization.label();
  }

  /** Ids that can be predicted: those of the tokenizer; vocabulary padding behind them never is. */
  int validIds() {
    int vocabulary = checkpoint.config().vocabSize();
    return tokenizer.map(t -> Math.min(t.size(), vocabulary)).orElse(vocabulary);
  }

  @Override
  public void close() {
    tokenizer.ifPresent(Tokenizer::close);
    checkpoint.close();
  }
}
