// The running half of the Lambda API: Invoke, InvokeAsync, InvokeWithResponseStream.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "lambda/api_reply.h"
#include "lambda/event_stream.h"

namespace offstage::lambda {
namespace {

// docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, "Invocation payload".
constexpr std::size_t kMaxSyncPayload = 6291456;
constexpr std::size_t kMaxAsyncPayload = 1048576;

http::Reply ResultReply(const InvokeResult& result, const Options& options,
                        const FunctionReference& reference, std::string_view log_type) {
  switch (result.status) {
    case InvokeStatus::kOk:
    case InvokeStatus::kFunctionError:
      break;
    case InvokeStatus::kNotFound:
      return FunctionNotFound(options, reference);
    case InvokeStatus::kThrottled:
      return ErrorReply(429, "TooManyRequestsException", "Rate Exceeded.",
                        OneLine(result.explanation));
    case InvokeStatus::kTooLarge:
      return ErrorReply(413, "RequestTooLargeException", result.explanation);
    case InvokeStatus::kStopped:
    case InvokeStatus::kStillRunning:
      return ErrorReply(503, "ServiceException", "The service is shutting down.",
                        OneLine(result.explanation));
  }
  http::Reply reply{.status = 200, .body = result.payload};
  reply.headers.Add("Content-Type", "application/json");
  reply.headers.Add("X-Amz-Executed-Version", result.executed_version);
  if (!result.function_error.empty()) {
    reply.headers.Add("X-Amz-Function-Error", result.function_error);
  }
  if (log_type == "Tail") reply.headers.Add("X-Amz-Log-Result", Base64Encode(result.log_tail));
  if (!result.explanation.empty()) {
    reply.headers.Add("x-offstage-explain", OneLine(result.explanation));
  }
  return reply;
}

std::optional<http::Reply> CheckPayload(std::string_view payload, std::string_view type) {
  const std::size_t limit = type == "Event" ? kMaxAsyncPayload : kMaxSyncPayload;
  if (payload.size() > limit) {
    return ErrorReply(413, "RequestTooLargeException",
                      fmt::format("Request must be smaller than {} bytes for the InvokeFunction "
                                  "operation",
                                  limit));
  }
  if (payload.empty()) return std::nullopt;
  const auto json = ParseJson(payload);
  if (json.ok()) return std::nullopt;
  return ErrorReply(400, "InvalidRequestContentException",
                    "Could not parse request body into json: " + json.error().message);
}

std::string Qualified(const FunctionReference& reference) {
  return reference.qualifier.empty() ? reference.name : reference.name + ":" + reference.qualifier;
}

// The request as the Invoker wants it, or why it is refused.
struct Prepared {
  InvokeRequest request = {};
  std::optional<http::Reply> refused = {};
  std::string version = {};
};

Prepared Prepare(const ApiContext& context, const aws::Call& call,
                 const FunctionReference& reference, std::string_view type) {
  const http::Headers& headers = call.request.headers;
  Prepared prepared;
  const auto target = context.service.Find(Qualified(reference));
  if (!target.has_value()) {
    prepared.refused = FunctionNotFound(context.options, reference);
    return prepared;
  }
  prepared.version = target->version;
  prepared.refused = CheckPayload(call.body, type);
  if (prepared.refused.has_value()) return prepared;
  prepared.request = {.function = Qualified(reference),
                      .payload = call.body.empty() ? "{}" : std::string(call.body),
                      .client_context = std::string(headers.Get("X-Amz-Client-Context")),
                      .request_id = call.request_id,
                      .trace_header = std::string(headers.Get("X-Amzn-Trace-Id"))};
  const std::string& client_context = prepared.request.client_context;
  if (!client_context.empty() && !Base64Decode(client_context).has_value()) {
    prepared.refused = ErrorReply(400, "InvalidRequestContentException",
                                  "Client context must be a valid Base64-encoded JSON object.");
  }
  return prepared;
}

http::Reply InvalidType(std::string_view type, std::string_view allowed) {
  return ErrorReply(400, "InvalidParameterValueException",
                    fmt::format("Value '{}' at 'invocationType' failed to satisfy constraint: "
                                "Member must satisfy enum value set: [{}]",
                                type, allowed));
}

// Turns a streamed answer into messages of the event stream.
class EventStreamSink : public ResponseSink {
 public:
  explicit EventStreamSink(const http::WritePiece& write) : write_(write) {}
  void Begin(std::string_view) override {}
  bool Write(std::string_view piece) override {
    return write_(EncodeEventMessage({{":event-type", "PayloadChunk"},
                                      {":content-type", "application/octet-stream"},
                                      {":message-type", "event"}},
                                     piece));
  }

 private:
  const http::WritePiece& write_;
};

std::string Ending(const InvokeResult& result, bool with_log) {
  if (result.status != InvokeStatus::kOk && result.status != InvokeStatus::kFunctionError) {
    const bool throttled = result.status == InvokeStatus::kThrottled;
    const char* type = throttled ? "TooManyRequestsException" : "ServiceException";
    return EncodeEventMessage(
        {{":exception-type", type},
         {":content-type", "application/json"},
         {":message-type", "exception"}},
        DumpJson(
            Json{{"message", throttled ? "Rate Exceeded." : "The service is shutting down."}}));
  }
  Json complete = Json::object();
  if (!result.function_error.empty()) {
    complete["ErrorCode"] = result.function_error;
    complete["ErrorDetails"] = result.payload;
  }
  if (with_log) complete["LogResult"] = Base64Encode(result.log_tail);
  return EncodeEventMessage({{":event-type", "InvokeComplete"},
                             {":content-type", "application/json"},
                             {":message-type", "event"}},
                            DumpJson(complete));
}

}  // namespace

http::Reply InvokeFunction(const ApiContext& context, const aws::Call& call,
                           const FunctionReference& reference, aws::CallFacts& facts) {
  const std::string type(call.request.headers.Get("X-Amz-Invocation-Type"));
  facts.attributes.emplace_back("function", reference.name);
  if (!type.empty() && type != "RequestResponse" && type != "Event" && type != "DryRun") {
    return InvalidType(type, "Event, RequestResponse, DryRun");
  }
  Prepared prepared = Prepare(context, call, reference, type);
  if (prepared.refused.has_value()) return *std::move(prepared.refused);
  if (type == "DryRun") {
    return {.status = 204, .headers = {{"X-Amz-Executed-Version", prepared.version}}};
  }
  if (type == "Event") {
    const InvokeResult result = context.service.InvokeAsync(prepared.request);
    if (result.status == InvokeStatus::kOk) return {.status = 202};
    return ResultReply(result, context.options, reference, "");
  }
  const InvokeResult result = context.service.Invoke(prepared.request);
  if (!result.function_error.empty()) facts.attributes.emplace_back("error", result.explanation);
  return ResultReply(result, context.options, reference,
                     call.request.headers.Get("X-Amz-Log-Type"));
}

// The old form of InvocationType Event.
http::Reply InvokeAsync(const ApiContext& context, const aws::Call& call,
                        const FunctionReference& reference, aws::CallFacts& facts) {
  facts.attributes.emplace_back("function", reference.name);
  Prepared prepared = Prepare(context, call, reference, "Event");
  if (prepared.refused.has_value()) return *std::move(prepared.refused);
  const InvokeResult result = context.service.InvokeAsync(prepared.request);
  if (result.status != InvokeStatus::kOk)
    return ResultReply(result, context.options, reference, "");
  http::Reply reply = JsonReply({{"Status", 202}});
  reply.status = 202;
  return reply;
}

http::Reply InvokeWithResponseStream(const ApiContext& context, const aws::Call& call,
                                     const FunctionReference& reference, aws::CallFacts& facts) {
  const http::Headers& headers = call.request.headers;
  const std::string type(headers.Get("X-Amz-Invocation-Type"));
  facts.attributes.emplace_back("function", reference.name);
  if (!type.empty() && type != "RequestResponse" && type != "DryRun") {
    return InvalidType(type, "RequestResponse, DryRun");
  }
  Prepared prepared = Prepare(context, call, reference, type);
  if (prepared.refused.has_value()) return *std::move(prepared.refused);
  http::Reply reply{.status = 200,
                    .headers = {{"Content-Type", "application/vnd.amazon.eventstream"},
                                {"X-Amz-Executed-Version", prepared.version}}};
  if (type == "DryRun") {
    reply.status = 204;
    return reply;
  }
  const bool with_log = headers.Get("X-Amz-Log-Type") == "Tail";
  reply.stream = [&service = context.service, request = std::move(prepared.request),
                  with_log](const http::WritePiece& write) {
    EventStreamSink sink(write);
    InvokeRequest streamed = request;
    streamed.sink = &sink;
    const InvokeResult result = service.Invoke(streamed);
    return write(Ending(result, with_log));
  };
  return reply;
}

}  // namespace offstage::lambda
