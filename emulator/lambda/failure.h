// The ways an invocation fails, each with the error JSON that the service answers and an
// explanation for the person at the keyboard.
#pragma once

#include <chrono>
#include <string>

#include "lambda/function_config.h"
#include "lambda/runtimes.h"
#include "process/process.h"

namespace offstage::lambda {

// The sync response quota of 6 MB with the allowance that the service's own message states.
inline constexpr std::size_t kMaxResponseBytes = 6291556;

struct Failure {
  // "Sandbox.Timedout".
  std::string error_type = {};
  // The error JSON.
  std::string payload = {};
  // For the log and x-offstage-explain.
  std::string explanation = {};
  // What Lambda itself writes to the function's log about it, ended lines; may be empty.
  std::string log_text = {};
  // REPORT's Status: "timeout", "error", or empty.
  std::string report_status = {};
};

// "2026-11-25T12:00:00.123Z" is the time of the log line.
Failure TimedOut(const FunctionConfig& function, const std::string& request_id,
                 const std::string& time);
// The process ended before it answered.
Failure Exited(const FunctionConfig& function, const std::string& request_id,
               const process::ExitStatus& status);
// The process was ended because it had more memory in use than its MemorySize.
Failure OutOfMemory(const FunctionConfig& function, const std::string& request_id,
                    std::size_t bytes);
// The program could not be started at all.
Failure CannotStart(const FunctionConfig& function, const std::string& request_id,
                    const std::string& reason);
// The runtime reported an error (of init or of the handler); `payload` is its JSON, passed on as it
// is.
Failure Reported(const FunctionConfig& function, const Runtime& runtime, std::string payload);
Failure ResponseTooLarge(const FunctionConfig& function);

// "Runtime.ImportModuleError", or "" when the JSON names none.
std::string ReportedType(const std::string& payload);

// "GetUsers (template.yaml:12:5)".
std::string NameForPeople(const FunctionConfig& function);

}  // namespace offstage::lambda
