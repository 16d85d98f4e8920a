package dev.quern.executor.model;

import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.device.StridedMatrix;
import dev.quern.executor.device.StridedMatrix.RowScales;
import dev.quern.executor.model.Layout.Place;
import dev.quern.executor.model.SafetensorsFolder.StoredTensor;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A folder with {@code config.json} and safetensors files, mapped and checked. */
final class HuggingFaceCheckpoint implements Checkpoint {
  private final Arena arena;
  private final ModelConfig config;
  private final Layout layout;
  private final Map<String, StoredTensor> stored;
  private final Map<String, Place> places;
  private final Scales scales;
  private final String fingerprint;

  private HuggingFaceCheckpoint(
      Arena arena,
      ModelConfig config,
      Layout layout,
      SafetensorsFolder weights,
      Map<String, Place> places,
      String fingerprint) {
    this.arena = arena;
    this.config = config;
    this.layout = layout;
    this.stored = weights.tensors();
    this.places = places;
    this.scales = new Scales(arena);
    this.fingerprint = fingerprint;
  }

  /** The arena is closed with the checkpoint; where opening fails it stays the caller's. */
  static HuggingFaceCheckpoint open(Path folder, Arena arena) {
    Path configFile = folder.resolve("config.json");
    ConfigJson json = ConfigJson.read(configFile);
    // The configuration is judged before the weights: its errors say more.
    StoredQuantization quantization = StoredQuantization.of(json);
    UnsupportedSettings.refuse(json);
    SafetensorsFolder weights = SafetensorsFolder.open(folder, arena);
    Map<String, StoredTensor> stored = weights.tensors();
    ModelConfig config =
        withStoredMtp(ModelConfigReader.read(json, StoredFacts.of(stored)), stored);
    List<ExpectedTensor> inventory = Inventory.of(config);
    Layout layout = Layout.detect(inventory, stored);
    Map<String, Place> places =
        new InventoryCheck(folder, config, quantization, layout, stored).run(inventory);
    String fingerprint = Fingerprint.of(configFile, weights.files());
    return new HuggingFaceCheckpoint(arena, config, layout, weights, places, fingerprint);
  }

  /** Exports may drop the prediction layer and keep its key; the model runs without it. */
  private static ModelConfig withStoredMtp(ModelConfig config, Map<String, StoredTensor> stored) {
    return stored.keySet().stream().anyMatch(InventoryCheck::isMtp)
        ? config
        : config.withMtpLayers(0);
  }

  @Override
  public ModelConfig config() {
    return config;
  }

  @Override
  public HostMatrix tensor(String canonicalName) {
    return optionalTensor(canonicalName)
        .orElseThrow(
            () -> new IllegalArgumentException(canonicalName + ": not a tensor of this model"));
  }

  @Override
  public Optional<HostMatrix> optionalTensor(String canonicalName) {
    return Optional.ofNullable(places.get(canonicalName)).map(this::view);
  }

  private HostMatrix view(Place place) {
    ExpectedTensor expected = place.expected();
    TensorEntry entry = place.stored().entry();
    if (entry.type() == StoredType.F8_E4M3) {
      return Fp8Matrix.of(
          expected.name(),
          expected.rows(),
          expected.columns(),
          place.stored().file().bytes(entry),
          place.firstRow(),
          scales.float32(stored.get(InventoryCheck.blockScaleName(entry.name()))));
    }
    ElementType type = entry.type().element().orElseThrow();
    boolean transposed = layout.transposed(expected.role());
    long rowStride = transposed ? 1 : expected.columns();
    long columnStride = transposed ? place.storedRows() : 1;
    return new StridedMatrix(
        expected.name(),
        expected.rows(),
        expected.columns(),
        type,
        place.stored().file().bytes(entry),
        place.firstRow() * rowStride,
        rowStride,
        columnStride,
        type == ElementType.INT8 ? Optional.of(rowScales(place)) : Optional.empty());
  }

  private RowScales rowScales(Place place) {
    StoredTensor scale = stored.get(InventoryCheck.scaleName(place.stored().entry().name()));
    return new RowScales(scales.float32(scale), place.firstRow());
  }

  @Override
  public String fingerprint() {
    return fingerprint;
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
