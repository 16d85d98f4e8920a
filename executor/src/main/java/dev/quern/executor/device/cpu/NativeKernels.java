package dev.quern.executor.device.cpu;

import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.StridedMatrix;
import dev.quern.executor.device.host.ActivationGroups;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;

/** The C kernels of one instruction set. */
final class NativeKernels implements Kernels {
  private final Isa isa;
  private final NativeCalls.Pin pin;
  private final NativeCalls.Map map;
  private final NativeCalls.Fetch fetch;
  private final NativeCalls.Unmap unmap;
  private final NativeCalls.Pack pack;
  private final NativeCalls.Embed embed;
  private final NativeCalls.PackRows packRows;
  private final NativeCalls.QuantizeRows quantizeRows;
  private final NativeCalls.Linear linear;
  private final NativeCalls.Linear linearInt;
  private final NativeCalls.GateUp gateUp;
  private final NativeCalls.GateUp gateUpInt;
  private final NativeCalls.RmsNorm rmsNorm;
  private final NativeCalls.Add add;
  private final NativeCalls.Combine combine;
  private final NativeCalls.ArgMax argmax;
  private final AttentionKernels attention;

  NativeKernels(SymbolLookup library, Isa isa) {
    this.isa = isa;
    pin = NativeCalls.bind(library, "quern_pin", NativeCalls.Pin.class);
    map = NativeCalls.bind(library, "quern_map", NativeCalls.Map.class);
    fetch = NativeCalls.bind(library, "quern_fetch", NativeCalls.Fetch.class);
    unmap = NativeCalls.bind(library, "quern_unmap", NativeCalls.Unmap.class);
    pack = bind(library, "pack", NativeCalls.Pack.class);
    embed = bind(library, "embed", NativeCalls.Embed.class);
    packRows = bind(library, "pack_rows", NativeCalls.PackRows.class);
    quantizeRows = bind(library, "quantize_rows", NativeCalls.QuantizeRows.class);
    linear = bind(library, "linear", NativeCalls.Linear.class);
    linearInt = bind(library, "linear_int", NativeCalls.Linear.class);
    gateUp = bind(library, "gate_up", NativeCalls.GateUp.class);
    gateUpInt = bind(library, "gate_up_int", NativeCalls.GateUp.class);
    rmsNorm = bind(library, "rms_norm", NativeCalls.RmsNorm.class);
    add = bind(library, "add", NativeCalls.Add.class);
    combine = bind(library, "combine", NativeCalls.Combine.class);
    argmax = bind(library, "argmax", NativeCalls.ArgMax.class);
    attention = new NativeAttention(library, isa);
  }

  private <T> T bind(SymbolLookup library, String name, Class<T> type) {
    return NativeCalls.bind(library, "quern_" + name + "_" + isa.suffix(), type);
  }

  private static long address(MemorySegment segment) {
    return segment == null ? 0 : segment.address();
  }

  /** The numbers of pack.c and kv.h. */
  static int code(ElementType type) {
    return switch (type) {
      case F32 -> 0;
      case F16 -> 1;
      case BF16 -> 2;
      case INT8 -> 3;
      case INT32 -> throw new IllegalArgumentException("INT32 is no type of weights or caches");
    };
  }

  @Override
  public String isa() {
    return isa.label();
  }

  @Override
  public void pin(int processor, int threads) {
    pin.call(processor, threads); // where the system refuses, the thread moves about as before
  }

  @Override
  public MemorySegment map(Arena arena, long bytes) {
    long address = map.call(bytes);
    if (address == 0) {
      throw new OutOfMemoryError("mmap of " + bytes + " bytes failed");
    }
    return MemorySegment.ofAddress(address)
        .reinterpret(bytes, arena, _ -> unmap.call(address, bytes));
  }

  @Override
  public void fetch(Panels w, int panel) {
    fetch.call(w.data().address() + panel * w.panelBytes(), w.panelBytes());
  }

  @Override
  public void pack(MemorySegment panels, StridedMatrix matrix, int p0, int p1) {
    pack.call(
        panels.address(),
        code(matrix.type()),
        matrix.data().address() + matrix.offset() * matrix.type().bytes(),
        matrix.rowStride(),
        matrix.columnStride(),
        matrix.rows(),
        matrix.columns(),
        p0,
        p1);
  }

  @Override
  public void embed(MemorySegment out, int ldo, MemorySegment ids, Panels table, int r0, int r1) {
    embed.call(out.address(), ldo, ids.address(), r0, r1, table.header().address());
  }

  @Override
  public void packRows(
      PackedRows to, MemorySegment x, int ldx, MemorySegment index, int r0, int r1) {
    packRows.call(to.header().address(), x.address(), ldx, address(index), r0, r1);
  }

  @Override
  public long quantizedBytes(int columns) {
    // As row_bytes in weight.h: matrix registers of AMX take whole groups.
    return isa == Isa.AMX_INT8
        ? (long) ActivationGroups.count(columns) * ActivationGroups.SIZE
        : (columns + 7L) / 8 * 8;
  }

  @Override
  public void quantizeRows(
      PackedRows to,
      MemorySegment x,
      int ldx,
      MemorySegment index,
      MemorySegment gain,
      float eps,
      int r0,
      int r1) {
    quantizeRows.call(
        to.header().address(), x.address(), ldx, address(index), address(gain), eps, r0, r1);
  }

  @Override
  public void linear(
      MemorySegment out,
      int ldo,
      PackedRows x,
      Panels w,
      boolean add,
      int r0,
      int r1,
      int p0,
      int p1) {
    (x.quantized() ? linearInt : linear)
        .call(
            out.address(),
            ldo,
            x.header().address(),
            w.header().address(),
            add ? 1 : 0,
            r0,
            r1,
            p0,
            p1);
  }

  @Override
  public void gateUp(
      MemorySegment out,
      int ldo,
      PackedRows x,
      Panels gate,
      Panels up,
      int r0,
      int r1,
      int p0,
      int p1) {
    (x.quantized() ? gateUpInt : gateUp)
        .call(
            out.address(),
            ldo,
            x.header().address(),
            gate.header().address(),
            up.header().address(),
            r0,
            r1,
            p0,
            p1);
  }

  @Override
  public void rmsNorm(
      MemorySegment out,
      int ldo,
      MemorySegment x,
      int ldx,
      MemorySegment gain,
      float eps,
      int columns,
      int r0,
      int r1) {
    rmsNorm.call(out.address(), ldo, x.address(), ldx, gain.address(), eps, columns, r0, r1);
  }

  @Override
  public void add(MemorySegment x, MemorySegment y, long from, long to) {
    add.call(x.address() + 4 * from, y.address() + 4 * from, to - from);
  }

  @Override
  public void combine(
      MemorySegment out,
      int ldo,
      MemorySegment y,
      int columns,
      MemorySegment slots,
      MemorySegment weights,
      int topK,
      int r0,
      int r1) {
    combine.call(
        out.address(), ldo, y.address(), columns, slots.address(), weights.address(), topK, r0, r1);
  }

  @Override
  public int argmax(MemorySegment x, long offset, int from, int to) {
    return argmax.call(x.address() + 4 * offset, from, to);
  }

  @Override
  public AttentionKernels attention() {
    return attention;
  }
}
