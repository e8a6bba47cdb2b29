#include "ssm/service.h"

#include <fmt/format.h>

#include <utility>

#include "ssm/operations.h"

namespace offstage::ssm {

namespace {

using Run = aws::Outcome<Json> (*)(Service&, const Json&);

Run FindOperation(std::string_view name) {
  if (name == "GetParameter") return GetParameter;
  if (name == "GetParameters") return GetParameters;
  if (name == "GetParametersByPath") return GetParametersByPath;
  return nullptr;
}

}  // namespace

aws::Outcome<std::string> Service::Execute(const aws::Call& call, aws::CallFacts& facts) {
  const auto request = ParseJson(call.body);
  if (request.ok() && request->is_object()) {
    for (const char* member : {"Name", "Path"}) {
      const auto found = request->find(member);
      if (found != request->end() && found->is_string())
        facts.attributes.emplace_back("parameter", found->get<std::string>());
    }
  }
  if (!call.caller.function.empty()) {
    const MutexLock lock(mutex_);
    readers_.insert(call.caller.function);
  }
  return Run(call.operation, call.body);
}

std::set<std::string> Service::TakeReaders() {
  const MutexLock lock(mutex_);
  return std::exchange(readers_, {});
}

aws::Outcome<std::string> Service::Run(std::string_view operation, std::string_view request) {
  const auto run = FindOperation(operation);
  if (run == nullptr) {
    return Fail(aws::ApiError{
        .type = "UnknownOperationException",
        .message = fmt::format("{} is not emulated by offstage.", operation),
        .explanation = fmt::format("of Systems Manager, offstage has GetParameter, GetParameters "
                                   "and GetParametersByPath; {} changed nothing",
                                   operation)});
  }
  const auto parsed = ParseJson(request.empty() ? "{}" : request);
  if (!parsed.ok() || !parsed->is_object())
    return Fail(aws::ApiError{.type = "SerializationException", .message = ""});
  OFFSTAGE_TRY(const Json reply, run(*this, *parsed));
  return DumpJson(reply);
}

}  // namespace offstage::ssm
