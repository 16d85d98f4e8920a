package dev.quern.executor.model;

import dev.quern.executor.model.ExpectedTensor.Role;
import dev.quern.executor.model.SafetensorsFolder.StoredTensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How a checkpoint stores its matrices, found once from the stored names and shapes.
 *
 * @param prefix of stored names: {@code model.} or {@code ernie.}
 * @param linearTransposed linears stand as [in, out]
 * @param headTransposed the head stands as [hidden, vocabulary]
 * @param routerTransposed routers stand as [hidden, experts]
 */
record Layout(
    String prefix, boolean linearTransposed, boolean headTransposed, boolean routerTransposed) {
  private static final String CANONICAL_PREFIX = "model.";
  private static final String PADDLE_PREFIX = "ernie.";

  /**
   * The stored tensor that holds an expected one, whole or as a part.
   *
   * @param firstRow where the part begins among the stored outputs
   * @param storedRows outputs of the stored tensor
   */
  record Place(ExpectedTensor expected, StoredTensor stored, int firstRow, int storedRows) {}

  static Layout detect(List<ExpectedTensor> inventory, Map<String, StoredTensor> stored) {
    boolean paddle = stored.keySet().stream().anyMatch(n -> n.startsWith(PADDLE_PREFIX));
    Layout names = new Layout(paddle ? PADDLE_PREFIX : CANONICAL_PREFIX, false, false, false);
    List<Place> places = inventory.stream().flatMap(e -> names.find(e, stored).stream()).toList();
    // Only where every linear is square do the names have to tell.
    boolean linear = transposed(places, Role.LINEAR, paddle);
    return new Layout(
        names.prefix,
        linear,
        transposed(places, Role.HEAD, linear),
        transposed(places, Role.ROUTER, linear));
  }

  /** Most of the non-square tensors decide, so that one misshaped tensor is named as such. */
  private static boolean transposed(List<Place> places, Role role, boolean undecided) {
    long straight = 0;
    long turned = 0;
    for (Place place : places) {
      long rows = place.storedRows();
      long columns = place.expected().columns();
      if (place.expected().role() == role && rows != columns) {
        List<Long> shape = place.stored().entry().shape();
        straight += shape.equals(List.of(rows, columns)) ? 1 : 0;
        turned += shape.equals(List.of(columns, rows)) ? 1 : 0;
      }
    }
    return straight == turned ? undecided : turned > straight;
  }

  /** The stored form of a canonical name. */
  String storedName(String canonical) {
    return canonical.startsWith(CANONICAL_PREFIX)
        ? prefix + canonical.substring(CANONICAL_PREFIX.length())
        : canonical;
  }

  /** Where a tensor is stored: under its own name, else in the fused one. */
  Optional<Place> find(ExpectedTensor expected, Map<String, StoredTensor> stored) {
    StoredTensor own = stored.get(storedName(expected.name()));
    if (own != null) {
      return Optional.of(new Place(expected, own, 0, expected.rows()));
    }
    return expected
        .fusion()
        .flatMap(fusion ->
            Optional.ofNullable(stored.get(storedName(fusion.name())))
                .map(s -> new Place(expected, s, fusion.firstRow(), fusion.rows())));
  }

  boolean transposed(Role role) {
    return switch (role) {
      case LINEAR -> linearTransposed;
      case HEAD -> headTransposed;
      case ROUTER -> routerTransposed;
      case EMBEDDING, NORM, CORRECTION_BIAS -> false;
    };
  }

  /** Those shapes for errors. */
  String shapesText(ExpectedTensor expected, int storedRows) {
    return shapes(expected, storedRows).stream()
        .map(List::toString)
        .collect(Collectors.joining(" or "));
  }

  /** The shapes that a stored tensor may have, the usual one first. */
  List<List<Long>> shapes(ExpectedTensor expected, int storedRows) {
    long rows = storedRows;
    long columns = expected.columns();
    return switch (expected.role()) {
      case NORM -> List.of(List.of(columns));
      case CORRECTION_BIAS -> List.of(List.of(1L, columns), List.of(columns));
      case EMBEDDING, LINEAR, HEAD, ROUTER ->
          List.of(transposed(expected.role()) ? List.of(columns, rows) : List.of(rows, columns));
    };
  }
}
