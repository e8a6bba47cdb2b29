#include "gateway/integration.h"

#include <fmt/format.h>

#include "base/text.h"
#include "gateway/event_v1.h"
#include "gateway/event_v2.h"
#include "gateway/gateway_error.h"
#include "gateway/http_proxy.h"
#include "gateway/mapped_integration.h"
#include "gateway/parameter_mapping.h"
#include "gateway/proxy_answer.h"

namespace offstage::gateway {

namespace {

http::Reply ErrorReply(const Call& call, const ErrorKind& kind) {
  if (call.api.is_rest()) return MakeRestError(kind, call.api.config);
  if (call.api.is_function_url()) return MakeFunctionUrlError(kind.status);
  // HTTP APIs say less: recorded texts of http-api-troubleshooting-lambda.
  if (kind.status == 413) return MakeHttpError(413, "Request Entity Too Large");
  if (kind.status == 504) {
    // Without a Content-Type, as in cortexlabs/cortex#1225.
    return {.status = 503, .body = R"({"message":"Service Unavailable"})"};
  }
  return MakeHttpError(500, "Internal Server Error");
}

// Base64 bodies become bytes only if the client's first Accept type is one of the API's binary
// media types, whatever Content-Type the handler says (recorded: test_aws_proxy_binary_response).
bool ClientAcceptsBinary(const Call& call) {
  if (!call.api.is_rest()) return true;
  const std::vector<std::string>& types = call.api.config.binary_media_types;
  const std::string_view accept = call.Header("accept");
  // Assumed: with "*/*" a client that sends no Accept takes anything.
  if (accept.empty()) return std::find(types.begin(), types.end(), "*/*") != types.end();
  return MatchesMediaType(accept, types);
}

http::Reply ReplyWith(Call& call, const std::string& function, ProxyAnswer answer) {
  http::Reply reply{.status = answer.status};
  reply.headers = RemapHeaders(answer.headers);
  reply.body = std::move(answer.body);
  if (answer.encoding == ProxyAnswer::BodyEncoding::kBase64 && ClientAcceptsBinary(call)) {
    std::optional<std::string> bytes = Base64Decode(reply.body);
    if (!bytes.has_value()) {
      call.explanation =
          fmt::format("{} set isBase64Encoded, but its body is not base64", function);
      return ErrorReply(call, error::kConfiguration);
    }
    reply.body = std::move(*bytes);
  } else if (answer.encoding == ProxyAnswer::BodyEncoding::kBase64 && !reply.body.empty()) {
    call.explanation = fmt::format(
        "{} set isBase64Encoded, but the base64 text is sent as it is: the first type in Accept "
        "({}) "
        "is not in BinaryMediaTypes",
        function, call.Header("accept").empty() ? "none" : call.Header("accept"));
  }
  if (reply.headers.Find("content-type") == nullptr) {
    // Recorded for function URLs: test_lambda_url_invocation[http-response].
    const bool http = call.api.config.kind == ApiKind::kHttp;
    reply.headers.Add("Content-Type", http ? "text/plain;charset=utf-8" : "application/json");
  }
  return reply;
}

http::Reply TimedOut(Call& call, const std::string& function, std::chrono::milliseconds limit) {
  call.Explain(
      fmt::format("function {} did not answer within the gateway's {} s; it may still be running "
                  "(limits.html: integration timeout)",
                  function, std::chrono::duration<double>(limit).count()));
  return ErrorReply(call, error::kIntegrationTimeout);
}

IntegrationFacts FactsOf(const LambdaProxy& proxy, const InvokeResult& result) {
  IntegrationFacts facts{.function = proxy.function, .invoked = true};
  AddResult(result, facts);
  return facts;
}

// Status and headers, from the metadata if there are any. With a body when it is an error, which
// takes the place of whatever the function wrote.
http::Reply StreamHead(Call& call, const LambdaProxy& proxy, StreamedAnswer& stream) {
  const StreamedAnswer::Head head = stream.AwaitHead();
  if (head.content_type.empty()) {
    const InvokeResult result = stream.AwaitResult();
    if (result.status != InvokeStatus::kOk)
      return FailedInvocation(call, proxy.function, result, std::chrono::milliseconds(0));
  }
  // Recorded in middyjs/middy#1189: metadata leave with the first piece, so with none they are
  // lost.
  if (stream.bytes() == 0 && !call.api.is_rest()) {
    call.Explain(fmt::format(
        "{} wrote nothing, so status and headers that it may have set are lost, here as deployed",
        proxy.function));
    return {.status = 200, .headers = {{"Content-Type", "application/octet-stream"}}};
  }
  if (!head.metadata_declared() && call.api.is_rest()) {
    call.Explain(fmt::format(
        "{} must stream metadata and eight zero bytes first (content type "
        "application/vnd.awslambda.http-integration-response), as ResponseTransferMode STREAM asks",
        proxy.function));
    return ErrorReply(call, error::kBadGateway);
  }
  if (!head.metadata_declared()) {
    // Sent verbatim, as hotsock/voker's probe of the service asserts.
    if (ParseProxyAnswer(head.first_piece, ProxyDialect::kHttpApi).ok()) {
      call.Explain(fmt::format(
          "{} does not stream, so its answer {{\"statusCode\": ...}} is sent as it is, here as "
          "deployed: use awslambda.streamifyResponse, or InvokeMode BUFFERED",
          proxy.function));
    }
    return {.status = 200, .headers = {{"Content-Type", head.content_type}}};
  }
  Result<ProxyAnswer> answer =
      head.prelude.has_value()
          ? ParseStreamPrelude(*head.prelude,
                               call.api.is_rest() ? ProxyDialect::kRest : ProxyDialect::kHttpApi)
          : Fail(Error{"its metadata do not end in eight zero bytes within 16 KB"});
  if (!answer.ok()) {
    call.Explain(fmt::format("function {}: {}", proxy.function, answer.error().message));
    return ErrorReply(call, error::kBadGateway);
  }
  http::Reply reply{.status = answer->status, .headers = RemapHeaders(answer->headers)};
  if (reply.headers.Find("content-type") == nullptr)
    reply.headers.Add("Content-Type",
                      call.api.is_rest() ? "application/json" : "application/octet-stream");
  return reply;
}

http::Reply InvokeStreaming(Call& call, const LambdaProxy& proxy, Invoker& invoker,
                            InvokeRequest request, IntegrationFacts& facts) {
  auto stream = std::make_shared<StreamedAnswer>(invoker, std::move(request));
  http::Reply reply = StreamHead(call, proxy, *stream);
  if (!reply.body.empty()) {
    facts = FactsOf(proxy, stream->AwaitResult());
    return reply;
  }
  facts = {.function = proxy.function, .invoked = true, .stream = std::move(stream)};
  return reply;
}

bool UsesV2(const Call& call, const LambdaProxy& proxy) {
  return !call.api.is_rest() && proxy.payload == PayloadVersion::kV2;
}

std::string BuildEvent(const Call& call, const LambdaProxy& proxy) {
  return UsesV2(call, proxy) ? BuildEventV2(call) : BuildEventV1(call);
}

// The event of the request that the parameter mappings make of this one.
std::string BuildMappedEvent(const Call& call, const LambdaProxy& proxy) {
  http::Request changed = call.request;
  std::vector<NamedValues> query = call.query;
  std::optional<std::string> path;
  ApplyRequestMappings(call, proxy.parameters, {changed.headers, query, path});
  if (path.has_value() && !path->starts_with('/')) path->insert(0, 1, '/');
  changed.target = WithQuery(path.value_or(std::string(call.request.RawPath())), query);
  Call mapped(call.api, changed);
  mapped.route = call.route;
  mapped.path = path.value_or(call.path);
  mapped.stage_path = path.value_or(call.stage_path);
  mapped.parameters = call.parameters;
  mapped.query = std::move(query);
  mapped.time = call.time;
  mapped.request_id = call.request_id;
  mapped.extended_request_id = call.extended_request_id;
  mapped.trace_root = call.trace_root;
  mapped.trace_rest = call.trace_rest;
  mapped.authorizer_json = call.authorizer_json;
  return BuildEvent(mapped, proxy);
}

http::Reply Invoke(Call& call, const LambdaProxy& proxy, Invoker& invoker,
                   IntegrationFacts& facts) {
  const std::chrono::milliseconds limit = IntegrationTimeout(call.api, proxy);
  InvokeRequest request;
  request.function = proxy.function;
  request.payload =
      proxy.parameters.empty() ? BuildEvent(call, proxy) : BuildMappedEvent(call, proxy);
  request.trace_header = call.trace_root + call.trace_rest;
  request.wait_limit = limit;
  // Recorded: test_request_id_invoke_url.
  if (call.api.is_function_url()) request.request_id = call.request_id;
  if (proxy.mode == LambdaProxy::InvokeMode::kResponseStream)
    return InvokeStreaming(call, proxy, invoker, std::move(request), facts);
  const auto start = std::chrono::steady_clock::now();
  const InvokeResult result = invoker.Invoke(request);
  facts = FactsOf(proxy, result);
  // Also when the invoker waited longer than asked.
  if (limit.count() > 0 && std::chrono::steady_clock::now() - start > limit)
    return TimedOut(call, proxy.function, limit);
  if (result.status != InvokeStatus::kOk)
    return FailedInvocation(call, proxy.function, result, limit);
  auto answer = UsesV2(call, proxy)
                    ? ParseProxyAnswerV2(result.payload)
                    : ParseProxyAnswer(result.payload, call.api.is_rest() ? ProxyDialect::kRest
                                                                          : ProxyDialect::kHttpApi);
  if (!answer.ok()) {
    call.explanation = fmt::format("function {}: {}", proxy.function, answer.error().message);
    return ErrorReply(call, error::kBadGateway);
  }
  http::Reply reply = ReplyWith(call, proxy.function, std::move(answer).value());
  ApplyResponseMappings(call, proxy.response_parameters, reply);
  return reply;
}

}  // namespace

void AddResult(const InvokeResult& result, IntegrationFacts& facts) {
  facts.request_id = result.request_id;
  facts.cold_start = result.cold_start;
  facts.times = result.times;
}

std::chrono::milliseconds IntegrationTimeout(const Api& api, const LambdaProxy& proxy) {
  if (proxy.timeout.count() > 0) return proxy.timeout;
  // response-transfer-mode.html: a stream may take 15 minutes, which no function outlives.
  if (api.is_function_url() || proxy.mode == LambdaProxy::InvokeMode::kResponseStream)
    return std::chrono::milliseconds(0);
  return api.is_rest() ? std::chrono::seconds(29) : std::chrono::seconds(30);
}

http::Reply FailedInvocation(Call& call, const std::string& function, const InvokeResult& result,
                             std::chrono::milliseconds limit) {
  const auto explain = [&call, &result](std::string text) {
    if (!result.explanation.empty()) text += ": " + result.explanation;
    call.Explain(text);
  };
  switch (result.status) {
    case InvokeStatus::kThrottled:
      explain(fmt::format("function {} was throttled (Lambda's 429)", function));
      if (call.api.is_function_url()) return MakeFunctionUrlError(429);
      return ErrorReply(call, error::kInvocationFailed);
    case InvokeStatus::kNotFound:
      explain(fmt::format("there is no function {}", function));
      return ErrorReply(call, error::kInvocationFailed);
    case InvokeStatus::kTooLarge:
      explain(fmt::format("the event for {} is over Lambda's 6 MB", function));
      return ErrorReply(call, error::kRequestTooLarge);
    case InvokeStatus::kStopped:
      explain("the emulator is stopping");
      return ErrorReply(call, error::kInvocationFailed);
    case InvokeStatus::kStillRunning:
      return TimedOut(call, function, limit);
    case InvokeStatus::kOk:
    case InvokeStatus::kFunctionError:
      break;
  }
  explain(fmt::format("function {} failed", function));
  return ErrorReply(call, error::kBadGateway);
}

http::Reply FailedHttp(Call& call, const std::string& url, const BackendFailure& failure) {
  call.Explain(
      fmt::format("the integration {}: {}", ToExplanation(url.substr(0, 200)), failure.message));
  const bool rest = call.api.is_rest();
  switch (failure.kind) {
    case BackendFailure::Kind::kTimeout:
      return ErrorReply(call, error::kIntegrationTimeout);
    case BackendFailure::Kind::kNoAnswer:
      return rest ? MakeRestError(error::kNetworkError, call.api.config)
                  : MakeHttpError(503, "Service Unavailable");
    case BackendFailure::Kind::kNotAllowed:
    case BackendFailure::Kind::kBadUrl:
      break;
  }
  return ErrorReply(call, error::kConfiguration);
}

std::string WithQuery(std::string url, const std::vector<NamedValues>& query) {
  char separator = url.find('?') == std::string::npos ? '?' : '&';
  for (const NamedValues& parameter : query) {
    for (const std::string& value : parameter.values) {
      url += separator + PercentEncode(parameter.name) + "=" + PercentEncode(value);
      separator = '&';
    }
  }
  return url;
}

void AddGatewayHeaders(const Call& call, http::Headers& headers) {
  const auto add = [&headers](const char* name, std::string value) {
    if (headers.Find(name) == nullptr) headers.Add(name, std::move(value));
  };
  if (call.api.is_rest()) add("Accept", "application/json");
  add("User-Agent", "AmazonAPIGateway_" + call.api.config.id);
  headers.Set("X-Amzn-Trace-Id", call.trace_root);
  if (call.api.is_rest()) headers.Set("X-Amzn-Apigateway-Api-Id", call.api.config.id);
}

http::Reply RunIntegration(Call& call, const Backends& backends, IntegrationFacts& facts) {
  const Integration& integration = call.route->route.integration;
  if (const auto* proxy = std::get_if<LambdaProxy>(&integration)) {
    return Invoke(call, *proxy, backends.invoker, facts);
  }
  if (const auto* mapped = std::get_if<MappedIntegration>(&integration)) {
    return RunMapped(call, *mapped, backends, facts);
  }
  if (const auto* proxy = std::get_if<HttpProxy>(&integration)) {
    return RunHttpProxy(call, *proxy, backends, facts);
  }
  const auto& mock = std::get<MockIntegration>(integration);
  http::Reply reply{.status = mock.status, .headers = mock.headers, .body = mock.body};
  if (reply.headers.Find("content-type") == nullptr) {
    reply.headers.Add("Content-Type", mock.content_type);
  }
  return reply;
}

}  // namespace offstage::gateway
