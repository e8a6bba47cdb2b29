// Systems Manager's Parameter Store, as far as functions read it at run time: GetParameter,
// GetParameters and GetParametersByPath. Everything else of Systems Manager is refused by name.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "aws/service.h"
#include "ssm/parameter_store.h"

namespace offstage::ssm {

struct Options {
  std::string region = {};
  std::string account_id = {};
  std::string partition = "aws";
};

// Thread-safe.
class Service : public aws::JsonService {
 public:
  explicit Service(Options options) : options_(std::move(options)) {}

  aws::Outcome<std::string> Execute(const aws::Call& call, aws::CallFacts& facts) override;
  std::string_view ErrorTypePrefix(std::string_view) const override { return ""; }
  std::string_view ContentType() const override { return "application/x-amz-json-1.1"; }
  // An operation by name with a JSON request, as a client would run it.
  aws::Outcome<std::string> Run(std::string_view operation, std::string_view request);

  ParameterStore& parameters() { return parameters_; }
  // Functions (physical names) that have asked for parameters since the last call: their processes
  // may have kept what they were told.
  std::set<std::string> TakeReaders() OFFSTAGE_EXCLUDES(mutex_);
  const Options& options() const { return options_; }

 private:
  const Options options_;
  ParameterStore parameters_;
  Mutex mutex_;
  std::set<std::string> readers_ OFFSTAGE_GUARDED_BY(mutex_);
};

}  // namespace offstage::ssm
