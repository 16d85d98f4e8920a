package dev.quern.sql.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** Views and models of one session. Names keep their case and match in any case. */
public final class Catalog {
  private final Map<String, View> views =
      new ConcurrentSkipListMap<>(String.CASE_INSENSITIVE_ORDER);
  private final Map<String, Model> models =
      new ConcurrentSkipListMap<>(String.CASE_INSENSITIVE_ORDER);

  public Optional<View> view(String name) {
    return Optional.ofNullable(views.get(name));
  }

  /** Views by name. */
  public List<View> views() {
    return new ArrayList<>(views.values());
  }

  /** Adds a view, or replaces the one of that name. */
  public void put(View view) {
    views.remove(view.name());
    views.put(view.name(), view);
  }

  /** Whether there was such a view. */
  public boolean dropView(String name) {
    return views.remove(name) != null;
  }

  public Optional<Model> model(String name) {
    return Optional.ofNullable(models.get(name));
  }

  /** Models by name. */
  public List<Model> models() {
    return new ArrayList<>(models.values());
  }

  /** Adds a model, or replaces the one of that name. */
  public void put(Model model) {
    models.remove(model.name());
    models.put(model.name(), model);
  }

  /** Whether there was such a model. */
  public boolean dropModel(String name) {
    return models.remove(name) != null;
  }
}
