package dev.quern.executor.model.decoder;

import dev.quern.executor.model.SafetensorsFile;
import java.lang.foreign.Arena;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A golden checkpoint with the outputs of the published reference implementation. */
record GoldenModel(String name, Path folder, int vocabulary, List<Case> cases) {
  static final List<String> NAMES =
      List.of("ernie-moe-shared", "ernie-moe-untied-bf16", "ernie-dense", "llama");

  /**
   * @param logits [prompt length][vocabulary]
   * @param greedy tokens generated behind the prompt
   * @param experts chosen experts by layer, [prompt length][topK]
   */
  record Case(int[] prompt, float[][] logits, int[] greedy, Map<Integer, int[][]> experts) {}

  static Path folder(String name) {
    try {
      return Path.of(GoldenModel.class.getResource("/golden/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static GoldenModel load(String name) {
    Path folder = folder(name);
    try (Arena arena = Arena.ofConfined()) {
      SafetensorsFile file = SafetensorsFile.open(folder.resolve("expected.safetensors"), arena);
      List<Case> cases = new ArrayList<>();
      int vocabulary = 0;
      for (int k = 0; k < 3; k++) {
        int[] prompt = ints(file.longs("prompt." + k));
        vocabulary = (int) file.shape("logits." + k)[1];
        Map<Integer, int[][]> experts = new HashMap<>();
        for (String tensor : file.names()) {
          if (tensor.startsWith("router." + k + ".")) {
            int layer = Integer.parseInt(tensor.substring(tensor.lastIndexOf('.') + 1));
            experts.put(layer, rows(ints(file.longs(tensor)), (int) file.shape(tensor)[1]));
          }
        }
        cases.add(
            new Case(
                prompt,
                rows(file.floats("logits." + k), vocabulary),
                ints(file.longs("greedy." + k)),
                experts));
      }
      return new GoldenModel(name, folder, vocabulary, List.copyOf(cases));
    }
  }

  private static int[] ints(long[] values) {
    return Arrays.stream(values).mapToInt(Math::toIntExact).toArray();
  }

  private static int[][] rows(int[] flat, int columns) {
    int[][] rows = new int[flat.length / columns][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = Arrays.copyOfRange(flat, i * columns, (i + 1) * columns);
    }
    return rows;
  }

  private static float[][] rows(float[] flat, int columns) {
    float[][] rows = new float[flat.length / columns][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = Arrays.copyOfRange(flat, i * columns, (i + 1) * columns);
    }
    return rows;
  }
}
