package dev.quern.planner;

import com.google.common.base.Throwables;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.calcite.plan.RelOptPredicateList;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.metadata.DefaultRelMetadataProvider;
import org.apache.calcite.rel.metadata.MetadataHandler;
import org.apache.calcite.rel.metadata.MetadataHandlerProvider;
import org.apache.calcite.rel.metadata.NullSentinel;
import org.apache.calcite.rel.metadata.ProxyingMetadataHandlerProvider;
import org.apache.calcite.rel.metadata.RelMetadataQuery;

/**
 * Calcite's metadata (row counts, keys, ..) by reflection. Calcite itself generates and compiles
 * source code for it, which costs the first query of a process more than it ever saves a short one.
 */
final class InterpretedMetadata implements MetadataHandlerProvider {
  private final MetadataHandlerProvider reflective =
      new ProxyingMetadataHandlerProvider(DefaultRelMetadataProvider.INSTANCE);
  private final Map<Class<?>, Object> handlers = new ConcurrentHashMap<>();

  /** A query that remembers what it was asked. */
  RelMetadataQuery query() {
    return new Query(this);
  }

  private static final class Query extends RelMetadataQuery {
    Query(MetadataHandlerProvider provider) {
      super(provider);
    }
  }

  @Override
  public <H extends MetadataHandler<?>> H handler(Class<H> type) {
    return type.cast(handlers.computeIfAbsent(type, t -> remembering(type)));
  }

  private <H extends MetadataHandler<?>> Object remembering(Class<H> type) {
    H handler = reflective.handler(type);
    return Proxy.newProxyInstance(
        type.getClassLoader(),
        new Class<?>[] {type},
        (proxy, method, arguments) -> remembered(handler, method, arguments));
  }

  /** Arguments are the node, the query, and what the method takes besides. */
  private static Object remembered(Object handler, Method method, Object[] arguments)
      throws Throwable {
    RelNode node = (RelNode) arguments[0];
    RelMetadataQuery query = (RelMetadataQuery) arguments[1];
    List<Object> key = Arrays.asList(method, Arrays.asList(arguments).subList(2, arguments.length));
    Object known = query.map.get(node, key);
    if (known == null) {
      known = NullSentinel.mask(invoke(handler, method, arguments));
      query.map.put(node, key, known);
    }
    return NullSentinel.INSTANCE.equals(known) ? null : known;
  }

  private static Object invoke(Object handler, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(handler, arguments);
    } catch (InvocationTargetException e) {
      // Calcite asserts that no predicate compares with NULL, and finds such ones itself in UNION:
      // knowing none is always right.
      boolean asserted = Throwables.getRootCause(e) instanceof AssertionError;
      if (asserted && method.getReturnType() == RelOptPredicateList.class) {
        return RelOptPredicateList.EMPTY;
      }
      throw e.getCause();
    }
  }
}
