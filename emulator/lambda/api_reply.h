// What the Lambda API's operations share: replies, errors with the service's texts, the query.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "lambda/api.h"

namespace offstage::lambda {

http::Reply ErrorReply(int status, std::string_view type, std::string_view message,
                       std::string_view explanation = {});
http::Reply JsonReply(const Json& body);
// 404 ResourceNotFoundException with the whole ARN.
http::Reply FunctionNotFound(const Options& options, const FunctionReference& reference);
std::string FunctionArn(const Options& options, const FunctionReference& reference);
// The first value of a query parameter, decoded; empty when there is none.
std::string QueryValue(std::string_view query, std::string_view name);
// Header values have no line ends.
std::string OneLine(std::string text);

// api_functions.cc: what there is.
http::Reply ListFunctions(const ApiContext& context, std::string_view query);
http::Reply GetFunction(const ApiContext& context, const FunctionReference& reference);
http::Reply GetFunctionConfiguration(const ApiContext& context, const FunctionReference& reference);
http::Reply GetFunctionConcurrency(const ApiContext& context, const FunctionReference& reference);
http::Reply GetFunctionEventInvokeConfig(const ApiContext& context,
                                         const FunctionReference& reference);
http::Reply ListVersionsByFunction(const ApiContext& context, const FunctionReference& reference,
                                   std::string_view query);
http::Reply ListAliases(const ApiContext& context, const FunctionReference& reference,
                        std::string_view query);
http::Reply GetAlias(const ApiContext& context, const FunctionReference& reference,
                     const std::string& alias);
http::Reply GetAccountSettings(const ApiContext& context);

// api_invoke.cc
http::Reply InvokeFunction(const ApiContext& context, const aws::Call& call,
                           const FunctionReference& reference, aws::CallFacts& facts);
http::Reply InvokeAsync(const ApiContext& context, const aws::Call& call,
                        const FunctionReference& reference, aws::CallFacts& facts);
http::Reply InvokeWithResponseStream(const ApiContext& context, const aws::Call& call,
                                     const FunctionReference& reference, aws::CallFacts& facts);

}  // namespace offstage::lambda
