package dev.quern.executor.model.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quern.executor.device.ElementType;
import dev.quern.executor.model.ModelConfigReader;
import dev.quern.executor.model.plan.PlanReport.Fit;
import dev.quern.executor.model.plan.PlanReport.SchemeRow;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Plans of the published configurations give the published figures. */
final class MemoryPlanTest {
  private static final String LARGE = "ernie-4.5-300b-a47b";

  @ParameterizedTest(name = "{0} {1} {2}")
  @CsvSource({
    "none, '', 599e9, 16",
    "wint8, '', 301e9, 8",
    "block_wise_fp8, '', 301e9, 8",
    "wint4, per channel, 157e9, 4",
    "wint4, groups, 162e9, 4",
    "w4a8, per channel, 157e9, 4",
    "w4a8c8, per channel, 157e9, 4",
    "w4a8c8, groups, 162e9, 4",
    "wint2, '', 93e9, 2"
  })
  void largeModelTakesThePublishedBytesAndDevices(
      String scheme, String note, double bytes, int devices) {
    SchemeRow row = row(plan(LARGE, PlanRequest.sizes()), scheme, note);
    assertNear(bytes, row.residentBytes(), 0.02 * bytes);
    assertEquals(devices, row.minimumDevices());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "ernie-4.5-300b-a47b, 299e9, 47e9",
    "ernie-4.5-21b-a3b, 21.8e9, 3.35e9",
    "ernie-4.5-0.3b, 0.36e9, 0.36e9"
  })
  void parametersAreThePublishedOnes(String model, double all, double active) {
    PlanReport report = plan(model, PlanRequest.sizes());
    assertNear(all, report.parameters(), 0.01 * all);
    assertNear(active, report.activeParameters(), 0.01 * active);
  }

  @Test
  void embeddedModelHasTheParametersOfItsReadme() {
    PlanReport report = MemoryPlan.of(Path.of("embedded-model"), PlanRequest.sizes());
    assertNear(134.65e6, report.parameters(), 0.01e6);
    assertNear(124.7e6, report.activeParameters(), 0.05e6);
    assertNear(4.2e6, report.mtpParameters(), 0.05e6);
    // The three files without the MTP layer: elements, scales, float32 router and norms.
    assertNear(136.5e6, row(report, "none", "as stored, int8 per row").residentBytes(), 0.5e6);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "ernie-4.5-300b-a47b, 221184, 225280",
    "ernie-4.5-21b-a3b, 57344, 59392",
    "ernie-4.5-0.3b, 18432, 18432"
  })
  void keysAndValuesOfATokenAreExact(String model, long bytes, long withMtp) {
    ModelSize size = new ModelSize(ModelConfigReader.read(config(model)));
    assertEquals(bytes, size.kvBytesPerToken(ElementType.BF16, false));
    assertEquals(withMtp, size.kvBytesPerToken(ElementType.F16, true));
    assertEquals(2 * bytes, size.kvBytesPerToken(ElementType.F32, false));
    assertEquals(bytes / 2, size.kvBytesPerToken(ElementType.INT8, false));
  }

  @Test
  void kvTokensAreWhatTheWeightsLeave() {
    Fit fit = fit(LARGE, request("h800:4", "w4a8c8", 8192, 8));
    assertTrue(fit.fits(), fit.problems().toString());
    long free = 4 * 72_000_000_000L - fit.residentBytes();
    assertNear((double) free / 110_592, fit.kvTokens(), 2);
    assertEquals(65536, fit.wantedTokens());
    assertEquals(List.of(), fit.nearest());
  }

  @Test
  void devicesBeyondTheKvHeadsKeepCopiesOfKeysAndValues() {
    Fit fit = fit(LARGE, request("h800:16", "none", 4096, 1));
    long freeOfOne = (16 * 72_000_000_000L - fit.residentBytes()) / 16;
    assertEquals(freeOfOne * 8 / 221_184, fit.kvTokens());
  }

  @Test
  void weightsThatDoNotFitNameSchemeAndDeviceCountThatDo() {
    Fit fit = fit(LARGE, request("h800:4", "wint8", 8192, 1));
    assertFalse(fit.fits());
    assertTrue(fit.problems().getFirst().startsWith("weights: 301."), fit.problems().toString());
    assertEquals(List.of("--quantization wint4", "--devices h800:8"), fit.nearest());
  }

  @Test
  void sequencesThatDoNotFitNameTheLengthThatDoes() {
    Fit fit = fit(LARGE, request("h800:4", "wint4", 131072, 8));
    assertFalse(fit.fits());
    assertEquals(
        List.of(
            "--quantization w4a8c8", // its keys and values take half
            "--devices h800:8",
            "--max-model-len " + fit.kvTokens() / 8,
            "--max-num-seqs " + fit.kvTokens() / 131072),
        fit.nearest());
  }

  @Test
  void lengthBeyondThePositionsIsRefusedWithTheLongestThatIsNot() {
    Fit fit = fit("ernie-4.5-0.3b", request("h800:1", "none", 200_000, 1));
    assertTrue(fit.problems().getFirst().contains("131,072 positions"));
    assertEquals(List.of("--max-model-len 131072"), fit.nearest());
  }

  @Test
  void devicesThatCannotShareTheHeadsAreRefused() {
    Fit fit = fit("ernie-4.5-21b-a3b", request("h20:3", "none", 4096, 1));
    assertTrue(fit.problems().getFirst().contains("3 devices cannot share 20 heads"));
    assertEquals(List.of("--devices h20:1"), fit.nearest());
  }

  @Test
  void everyNearestSettingFitsWhenItIsTyped() {
    for (String nearest : fit(LARGE, request("h20:4", "none", 32768, 4)).nearest()) {
      String[] words = nearest.split(" ", 2);
      PlanRequest changed =
          switch (words[0]) {
            case "--quantization" -> request("h20:4", words[1], 32768, 4);
            case "--devices" -> request(words[1], "none", 32768, 4);
            default -> throw new AssertionError(nearest);
          };
      assertTrue(fit(LARGE, changed).fits(), nearest);
    }
  }

  @Test
  void withoutDevicesOnlySizesAreReported() {
    PlanReport report = plan(LARGE, PlanRequest.sizes());
    assertEquals(Optional.empty(), report.fit());
    assertTrue(report.lines().stream().anyMatch(l -> l.contains("599.")), report.lines()::toString);
  }

  @Test
  void int4OfAModelWithoutExpertsTakesAllLinears() {
    PlanReport report = plan("ernie-4.5-0.3b", PlanRequest.sizes());
    long linears = 254_803_968;
    long embedding = 2L * 103_424 * 1024;
    assertNear(
        (double) (embedding + linears / 2 + linears / 128 * 2),
        row(report, "wint4", "groups").residentBytes(),
        100_000);
    assertTrue(report.schemes().stream().noneMatch(r -> r.scheme() == QuantizationScheme.WINT2));
  }

  @Test
  void jsonCarriesTheSameFigures() throws Exception {
    PlanReport report = plan(LARGE, request("h800:4", "wint8", 8192, 1));
    JsonNode json = new ObjectMapper().readTree(report.json());
    assertEquals(report.parameters(), json.get("parameters").asLong());
    assertEquals(report.schemes().size(), json.get("schemes").size());
    assertFalse(json.get("fit").get("fits").asBoolean());
    assertEquals("--quantization wint4", json.get("fit").get("nearest").get(0).asText());
  }

  @ParameterizedTest
  @CsvSource({"h800", "h900:2", "h800:0", "h800:x", "':4'", "80:8"})
  void badDevicesNameWhatIsAllowed(String text) {
    var error = assertThrows(IllegalArgumentException.class, () -> DeviceGroup.parse(text));
    assertTrue(error.getMessage().startsWith("--devices"), error.getMessage());
  }

  @Test
  void devicesMayBeGivenInBytes() {
    assertEquals(
        new DeviceGroup("24000000000", 24_000_000_000L, 2), DeviceGroup.parse("24000000000:2"));
    assertEquals(141_000_000_000L, DeviceGroup.parse("h20-141:1").bytes());
  }

  private static void assertNear(double expected, long found, double tolerance) {
    assertEquals(expected, (double) found, tolerance);
  }

  private static PlanRequest request(String devices, String scheme, int length, int sequences) {
    return new PlanRequest(
        Optional.of(DeviceGroup.parse(devices)),
        Optional.of(QuantizationScheme.parse(scheme)),
        Optional.empty(),
        OptionalInt.of(length),
        OptionalInt.of(sequences));
  }

  private static Fit fit(String model, PlanRequest request) {
    return plan(model, request).fit().orElseThrow();
  }

  private static SchemeRow row(PlanReport report, String scheme, String note) {
    return report.schemes().stream()
        .filter(r -> r.scheme().label().equals(scheme) && r.note().equals(note))
        .findFirst()
        .orElseThrow();
  }

  private static PlanReport plan(String model, PlanRequest request) {
    return MemoryPlan.of(config(model), request);
  }

  private static Path config(String model) {
    try {
      return Path.of(
          Objects.requireNonNull(
                  MemoryPlanTest.class.getResource("/configs/" + model + ".json"), model)
              .toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
