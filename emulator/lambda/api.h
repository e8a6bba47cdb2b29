// The Lambda API on the AWS endpoint: docs.aws.amazon.com/lambda/latest/api/. Invoke in its three
// forms and what describes functions, versions and aliases; every other operation is refused by
// name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aws/service.h"
#include "lambda/service.h"

namespace offstage::lambda {

struct ApiContext {
  Service& service;
  const Options& options;
  // When the functions were deployed.
  TimePoint deployed_at;
};

http::Reply AnswerApi(const ApiContext& context, const aws::Call& call, aws::CallFacts& facts);

// The function name in "name", "name:qualifier", "arn:aws:lambda:region:account:function:name[:q]"
// or "account:function:name".
struct FunctionReference {
  std::string name = {};
  // Empty: none given.
  std::string qualifier = {};
};
FunctionReference ParseFunctionReference(std::string_view text);

}  // namespace offstage::lambda
