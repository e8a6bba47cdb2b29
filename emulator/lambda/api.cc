#include "lambda/api.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "lambda/api_reply.h"

namespace offstage::lambda {
namespace {

// docs.aws.amazon.com/lambda/latest/api/API_Invoke.html, FunctionName.
bool IsNamePart(std::string_view text) {
  return !text.empty() && text.size() <= 140 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

bool IsQualifier(std::string_view text) {
  return text == "$LATEST" ||
         (text.size() <= 128 && IsNamePart(text) && text.find('.') == std::string_view::npos);
}

http::Reply InvalidName(std::string_view text) {
  return ErrorReply(
      400, "ValidationException",
      fmt::format("1 validation error detected: Value '{}' at 'functionName' failed to satisfy "
                  "constraint: Member must satisfy regular expression pattern: "
                  R"((arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{{2}}(-gov)?-[a-z]+-\d{{1}}:)?)"
                  R"((\d{{12}}:)?(function:)?([a-zA-Z0-9-_\.]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?)",
                  text));
}

// Null: nothing is wrong with the name.
std::optional<http::Reply> CheckReference(const Options& options, std::string_view text,
                                          const FunctionReference& reference,
                                          const std::string& qualifier) {
  if (!IsNamePart(reference.name)) return InvalidName(text);
  if (!reference.qualifier.empty() && !IsQualifier(reference.qualifier)) return InvalidName(text);
  if (!qualifier.empty() && !IsQualifier(qualifier)) {
    return ErrorReply(
        400, "ValidationException",
        fmt::format("1 validation error detected: Value '{}' at 'qualifier' failed to satisfy "
                    "constraint: Member must satisfy regular expression pattern: "
                    "(|[a-zA-Z0-9$_-]+)",
                    qualifier));
  }
  const auto parts = Split(text, ':');
  if (parts.size() > 3 && parts[0] == "arn" && parts[3] != options.region) {
    return ErrorReply(404, "ResourceNotFoundException",
                      fmt::format("Functions from '{}' are not reachable in this region ('{}')",
                                  parts[3], options.region));
  }
  if (!qualifier.empty() && !reference.qualifier.empty() && qualifier != reference.qualifier) {
    return ErrorReply(
        400, "InvalidParameterValueException",
        "The derived qualifier from the function name does not match the specified qualifier.");
  }
  return std::nullopt;
}

http::Reply NotEmulated(const http::Request& request) {
  return ErrorReply(
      501, "NotImplementedException",
      fmt::format("offstage does not emulate this Lambda operation: {} {}. Emulated are Invoke, "
                  "InvokeAsync, InvokeWithResponseStream, ListFunctions, GetFunction, "
                  "GetFunctionConfiguration, GetFunctionConcurrency, GetFunctionEventInvokeConfig, "
                  "ListVersionsByFunction, ListAliases, GetAlias and GetAccountSettings; functions "
                  "come from the template.",
                  request.method, request.RawPath()));
}

// A request below ".../functions/NAME/".
struct FunctionCall {
  const ApiContext& context;
  const aws::Call& call;
  // "2015-03-31"
  std::string_view date;
  std::string_view what;
  FunctionReference reference;
};

std::optional<http::Reply> Describe(const FunctionCall& in) {
  const std::string_view query = in.call.request.RawQuery();
  if (in.date == "2015-03-31") {
    if (in.what.empty()) return GetFunction(in.context, in.reference);
    if (in.what == "configuration") return GetFunctionConfiguration(in.context, in.reference);
    if (in.what == "versions") return ListVersionsByFunction(in.context, in.reference, query);
    if (in.what == "aliases") return ListAliases(in.context, in.reference, query);
    constexpr std::string_view kAliases = "aliases/";
    if (in.what.starts_with(kAliases)) {
      return GetAlias(in.context, in.reference, PercentDecode(in.what.substr(kAliases.size())));
    }
  }
  if (in.date == "2019-09-30" && in.what == "concurrency") {
    return GetFunctionConcurrency(in.context, in.reference);
  }
  if (in.date == "2019-09-25" && in.what == "event-invoke-config") {
    return GetFunctionEventInvokeConfig(in.context, in.reference);
  }
  return std::nullopt;
}

std::optional<http::Reply> Run(const FunctionCall& in, aws::CallFacts& facts) {
  if (in.date == "2015-03-31" && in.what == "invocations") {
    return InvokeFunction(in.context, in.call, in.reference, facts);
  }
  if (in.date == "2014-11-13" && in.what == "invoke-async") {
    return InvokeAsync(in.context, in.call, in.reference, facts);
  }
  if (in.date == "2021-11-15" && in.what == "response-streaming-invocations") {
    return InvokeWithResponseStream(in.context, in.call, in.reference, facts);
  }
  return std::nullopt;
}

}  // namespace

http::Reply ErrorReply(int status, std::string_view type, std::string_view message,
                       std::string_view explanation) {
  OrderedJson body;
  if (type == "TooManyRequestsException") {
    body["Reason"] = "ReservedFunctionConcurrentInvocationLimitExceeded";
  }
  body["Type"] = status >= 500 ? "Service" : "User";
  // The service spells this member in two ways; SDKs read either.
  body[type == "ResourceNotFoundException" ? "Message" : "message"] = message;
  http::Reply reply{.status = status, .body = DumpJson(body)};
  reply.headers.Add("Content-Type", "application/json");
  reply.headers.Add("X-Amzn-ErrorType", std::string(type));
  if (!explanation.empty()) reply.headers.Add("x-offstage-explain", std::string(explanation));
  return reply;
}

http::Reply JsonReply(const Json& body) {
  return {.status = 200, .headers = {{"Content-Type", "application/json"}}, .body = DumpJson(body)};
}

std::string OneLine(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return text;
}

std::string QueryValue(std::string_view query, std::string_view name) {
  for (const std::string_view pair : Split(query, '&')) {
    const auto equals = pair.find('=');
    if (pair.substr(0, equals) != name) continue;
    return equals == std::string_view::npos ? "" : FormDecode(pair.substr(equals + 1));
  }
  return {};
}

std::string FunctionArn(const Options& options, const FunctionReference& reference) {
  std::string arn = fmt::format("arn:aws:lambda:{}:{}:function:{}", options.region,
                                options.account_id, reference.name);
  if (!reference.qualifier.empty()) arn += ":" + reference.qualifier;
  return arn;
}

http::Reply FunctionNotFound(const Options& options, const FunctionReference& reference) {
  return ErrorReply(404, "ResourceNotFoundException",
                    "Function not found: " + FunctionArn(options, reference),
                    reference.qualifier.empty()
                        ? "no function of this deployment has this name"
                        : "no function of this deployment has this name, or it has no such version "
                          "or alias");
}

FunctionReference ParseFunctionReference(std::string_view text) {
  const auto marker = text.rfind("function:");
  if (marker != std::string_view::npos) text.remove_prefix(marker + 9);
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return {.name = std::string(text)};
  return {.name = std::string(text.substr(0, colon)),
          .qualifier = std::string(text.substr(colon + 1))};
}

http::Reply AnswerApi(const ApiContext& context, const aws::Call& call, aws::CallFacts& facts) {
  std::string_view path = call.request.RawPath();
  const bool get = call.request.method == "GET";
  while (path.ends_with('/'))
    path.remove_suffix(1);
  if (path == "/2015-03-31/functions" && get) {
    return ListFunctions(context, call.request.RawQuery());
  }
  if (path == "/2016-08-19/account-settings" && get) return GetAccountSettings(context);
  // "", date, "functions", name, what
  const auto parts = Split(path, '/');
  if (parts.size() < 4 || parts[2] != "functions") return NotEmulated(call.request);
  const std::string name = PercentDecode(parts[3]);
  const std::string qualifier = QueryValue(call.request.RawQuery(), "Qualifier");
  FunctionReference reference = ParseFunctionReference(name);
  if (auto wrong = CheckReference(context.options, name, reference, qualifier)) {
    return *std::move(wrong);
  }
  if (!qualifier.empty()) reference.qualifier = qualifier;
  const auto what_at = static_cast<std::size_t>(parts[3].data() - path.data()) + parts[3].size();
  const FunctionCall in{
      .context = context,
      .call = call,
      .date = parts[1],
      .what = what_at < path.size() ? path.substr(what_at + 1) : std::string_view(),
      .reference = std::move(reference)};
  auto reply = get ? Describe(in) : call.request.method == "POST" ? Run(in, facts) : std::nullopt;
  return reply.has_value() ? *std::move(reply) : NotEmulated(call.request);
}

}  // namespace offstage::lambda
