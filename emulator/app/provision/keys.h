// The KMS keys of a deployment.
#pragma once

#include <filesystem>
#include <memory>

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "base/result.h"
#include "kms/service.h"
#include "template/stack.h"

namespace offstage::app {

// All outlive the service.
struct KeyContext {
  const Clock& clock;
  IdSource& ids;
  Log& log;
};

// With a key for each symmetric AWS::KMS::Key, an alias for each AWS::KMS::Alias, and a key for
// each ARN of a key or alias that a function's environment or a user pool names and the template
// does not define: it is another stack's. What cannot be made is left out and named in the log.
// `database`: the deployment's file, beside which kms.db lies; empty: in memory. Fails when the
// file cannot be opened.
Result<std::unique_ptr<kms::Service>> OpenKeys(const templates::Stack& stack,
                                               const std::filesystem::path& database,
                                               const KeyContext& context);

}  // namespace offstage::app
