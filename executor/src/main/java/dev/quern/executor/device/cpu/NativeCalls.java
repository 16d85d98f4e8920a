package dev.quern.executor.device.cpu;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.reflect.Method;

/**
 * The C functions as Java interfaces, one each; parameters in the order of the C source. Addresses
 * are longs: the segments behind them belong to the device, which outlives every call.
 */
final class NativeCalls {
  private NativeCalls() {}

  /** Binds a symbol to its interface. */
  static <T> T bind(SymbolLookup library, String symbol, Class<T> type) {
    Method method = type.getMethods()[0];
    MemoryLayout[] parameters = new MemoryLayout[method.getParameterCount()];
    for (int i = 0; i < parameters.length; i++) {
      parameters[i] = layout(method.getParameterTypes()[i]);
    }
    FunctionDescriptor signature =
        method.getReturnType() == void.class
            ? FunctionDescriptor.ofVoid(parameters)
            : FunctionDescriptor.of(layout(method.getReturnType()), parameters);
    MethodHandle handle =
        Linker.nativeLinker().downcallHandle(library.findOrThrow(symbol), signature);
    return MethodHandleProxies.asInterfaceInstance(type, handle);
  }

  private static MemoryLayout layout(Class<?> type) {
    if (type == long.class) {
      return ValueLayout.JAVA_LONG;
    }
    return type == int.class ? ValueLayout.JAVA_INT : ValueLayout.JAVA_FLOAT;
  }

  public interface Supports {
    int call(int isa);
  }

  public interface Pin {
    int call(int processor, int threads);
  }

  public interface Map {
    long call(long bytes);
  }

  public interface Fetch {
    void call(long address, long bytes);
  }

  public interface Unmap {
    void call(long address, long bytes);
  }

  public interface PeakInt8 {
    long call(long rounds);
  }

  public interface PeakRead {
    long call(long address, long bytes, int way);
  }

  public interface Pack {
    void call(
        long dst,
        int type,
        long src,
        long rowStride,
        long colStride,
        int rows,
        int cols,
        int p0,
        int p1);
  }

  public interface Embed {
    void call(long out, long ldo, long ids, int r0, int r1, long weight);
  }

  public interface PackRows {
    void call(long rows, long x, long ldx, long index, int r0, int r1);
  }

  public interface QuantizeRows {
    void call(long rows, long x, long ldx, long index, long gain, float eps, int r0, int r1);
  }

  public interface Linear {
    void call(long out, long ldo, long rows, long weight, int add, int r0, int r1, int p0, int p1);
  }

  public interface GateUp {
    void call(long out, long ldo, long rows, long gate, long up, int r0, int r1, int p0, int p1);
  }

  public interface RmsNorm {
    void call(long out, long ldo, long x, long ldx, long gain, float eps, int cols, int r0, int r1);
  }

  public interface Add {
    void call(long x, long y, long count);
  }

  public interface Combine {
    void call(
        long out, long ldo, long y, int cols, long slots, long weights, int topK, int r0, int r1);
  }

  public interface ArgMax {
    int call(long x, int from, int to);
  }
}
