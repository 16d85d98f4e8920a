package dev.quern.executor.model.plan;

import dev.quern.executor.model.plan.PlanReport.Fit;
import dev.quern.executor.model.plan.PlanReport.KvRow;
import dev.quern.executor.model.plan.PlanReport.SchemeRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A plan as lines of text. */
final class PlanText {
  private PlanText() {}

  static List<String> lines(PlanReport report) {
    List<String> lines = new ArrayList<>();
    lines.add("model       " + report.model());
    String mtp =
        report.mtpParameters() == 0
            ? ""
            : "; MTP layer " + Bytes.count(report.mtpParameters()) + " more";
    lines.add(
        "parameters  %s (%s active for a token)%s"
            .formatted(
                Bytes.count(report.parameters()), Bytes.count(report.activeParameters()), mtp));
    report.kv().forEach(row -> lines.add(kv(row, report.mtpParameters() > 0)));
    lines.add("");
    boolean tokens = report.fit().isPresent();
    lines.add(
        "%-34s %11s %9s %11s%s"
            .formatted(
                "quantization",
                "weights",
                "devices",
                "CPU memory",
                tokens ? "  KV tokens on " + report.fit().get().devices() : ""));
    report.schemes().forEach(row -> lines.add(scheme(row)));
    lines.add("");
    lines.add(
        "devices: least power of two of %s (%s, 0.9 usable) that holds the weights"
            .formatted(report.device().name(), Bytes.text(report.device().bytes())));
    lines.add(
        "host memory: on the CPU as above plus the KV cache; onto devices %s of staging; the checkpoint itself is mapped"
            .formatted(Bytes.text(report.stagingBytes())));
    lines.add("int4 groups: 128 inputs where they divide the width, else 64, else 32");
    lines.add("GPU kernels are not built yet: this build runs on the CPU");
    report.fit().ifPresent(fit -> addFit(lines, fit));
    return List.copyOf(lines);
  }

  private static String kv(KvRow row, boolean mtp) {
    return String.format(
        Locale.ROOT,
        "KV a token  %,9d bytes in %s%s",
        row.bytes(),
        row.type(),
        mtp ? String.format(Locale.ROOT, " (%,d with the MTP layer)", row.mtpBytes()) : "");
  }

  private static String scheme(SchemeRow row) {
    String name =
        row.note().isEmpty()
            ? row.scheme().label()
            : row.scheme().label() + " (" + row.note() + ")";
    String tokens =
        row.kvTokens().isPresent()
            ? String.format(Locale.ROOT, "  %,d", row.kvTokens().getAsLong())
            : "";
    return "%-34s %11s %9d %11s%s"
        .formatted(
            name,
            Bytes.text(row.residentBytes()),
            row.minimumDevices(),
            Bytes.text(row.cpuHostBytes()),
            tokens);
  }

  private static void addFit(List<String> lines, Fit fit) {
    lines.add("");
    String what =
        String.format(
            Locale.ROOT,
            "%s on %s, --max-num-seqs %d of --max-model-len %d",
            fit.scheme().label(),
            fit.devices(),
            fit.maxNumSeqs(),
            fit.maxModelLen());
    if (fit.fits()) {
      lines.add(
          String.format(
              Locale.ROOT,
              "fits: %s; weights %s, KV cache for %,d tokens",
              what,
              Bytes.text(fit.residentBytes()),
              fit.kvTokens()));
      return;
    }
    lines.add("does not fit: " + what);
    fit.problems().forEach(problem -> lines.add("  " + problem));
    lines.add(
        fit.nearest().isEmpty()
            ? "  no single setting makes it fit; use fewer or shorter sequences and more devices"
            : "  nearest setting that fits: " + String.join("  or  ", fit.nearest()));
  }
}
