package dev.quern.executor.model.plan;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.model.plan.PlanReport.Fit;
import dev.quern.executor.model.plan.PlanReport.KvRow;
import dev.quern.executor.model.plan.PlanReport.SchemeRow;

/** A plan as a JSON object. */
final class PlanJson {
  private PlanJson() {}

  static ObjectNode of(PlanReport report) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("model", report.model());
    root.put("parameters", report.parameters());
    root.put("active_parameters", report.activeParameters());
    root.put("mtp_parameters", report.mtpParameters());
    root.put("device_bytes", report.device().bytes());
    root.put("staging_bytes", report.stagingBytes());
    ArrayNode kv = root.putArray("kv_bytes_per_token");
    for (KvRow row : report.kv()) {
      ObjectNode node = kv.addObject();
      node.put("type", row.type()).put("bytes", row.bytes()).put("bytes_with_mtp", row.mtpBytes());
    }
    ArrayNode schemes = root.putArray("schemes");
    report.schemes().forEach(row -> addScheme(schemes.addObject(), row));
    report.fit().ifPresent(fit -> addFit(root.putObject("fit"), fit));
    return root;
  }

  private static void addScheme(ObjectNode node, SchemeRow row) {
    node.put("quantization", row.scheme().label());
    if (!row.note().isEmpty()) {
      node.put("note", row.note());
    }
    node.put("resident_bytes", row.residentBytes());
    node.put("minimum_devices", row.minimumDevices());
    node.put("cpu_host_bytes", row.cpuHostBytes());
    row.kvTokens().ifPresent(tokens -> node.put("kv_tokens", tokens));
  }

  private static void addFit(ObjectNode node, Fit fit) {
    node.put("fits", fit.fits());
    node.put("devices", fit.devices().toString());
    node.put("quantization", fit.scheme().label());
    node.put("resident_bytes", fit.residentBytes());
    node.put("kv_tokens", fit.kvTokens());
    node.put("max_model_len", fit.maxModelLen());
    node.put("max_num_seqs", fit.maxNumSeqs());
    node.put("wanted_tokens", fit.wantedTokens());
    fit.problems().forEach(node.putArray("problems")::add);
    fit.nearest().forEach(node.putArray("nearest")::add);
  }
}
