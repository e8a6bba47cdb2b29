// What the deployment's spans and log lines say about measured requests.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bench/load.h"
#include "scenario/target.h"

namespace offstage::bench {

// An AWS call that a handler made.
struct AwsCall {
  // "dynamodb.GetItem".
  std::string operation = {};
  // Logical id where the template has it; may be empty.
  std::string table = {};
  // From the request's start.
  double start_ms = 0;
  double duration_ms = 0;
  std::optional<double> capacity = {};
  std::string error = {};
};

// The parts of a cold start, in milliseconds.
struct ColdStart {
  // From the start of the process until the handler could be called.
  double init_ms = 0;
  // Of it, where the runtime's bootstrap tells: the process and interpreter, the bootstrap itself,
  // the handler's modules.
  bool has_parts = false;
  double process_ms = 0;
  double runtime_ms = 0;
  double imports_ms = 0;
  // The handler's first run.
  double first_run_ms = 0;
  // What the client waited.
  double total_ms = 0;
};

// One request as the emulator saw it.
struct Traced {
  // The gateway's, as the client got it.
  std::string request_id = {};
  std::string route = {};
  // Logical id; empty: no function was called.
  std::string function = {};
  int status = 0;
  Steady::time_point start = {};
  // In the gateway, in the function (the handler's run), waiting for an environment; ms.
  double total_ms = 0;
  double handler_ms = 0;
  double queued_ms = 0;
  std::optional<ColdStart> cold = {};
  // In the order in which they began.
  std::vector<AwsCall> calls = {};
  // Why the gateway answered what it did.
  std::string explain = {};

  double CallsMs() const;
  std::optional<double> Capacity() const;
};

// Requests in the order in which they began.
std::vector<Traced> ReadTrace(const scenario::Record& record);

// The most memory that a REPORT line of the record names, in MB; null: none does.
std::optional<double> PeakMemoryMb(const scenario::Record& record);

// A module and what loading it took by itself and with all that it loads, in milliseconds.
struct ImportTime {
  std::string module = {};
  double self_ms = 0;
  double total_ms = 0;
};
// Of what Python prints with PYTHONPROFILEIMPORTTIME=1: the imports that take a millisecond or
// more, and what the slowest one loads itself ("boto3.session in boto3"); slowest first.
std::vector<ImportTime> ReadImportTimes(const std::vector<std::string>& lines);

// What is worth knowing about a request, one fact a line, each with its numbers.
std::vector<std::string> Explain(const Traced& request);

}  // namespace offstage::bench
