#include "aws/dispatcher.h"

#include <fmt/format.h>
#include <zlib.h>

#include "aws/browser.h"
#include "base/text.h"

namespace offstage::aws {

namespace {

// Bombs end here; DynamoDB's own request limit is 16 MB (BatchWriteItem).
constexpr std::size_t kMaxInflatedBytes = 32 * 1024 * 1024;
// DynamoDB's own endpoint answers longer requests 413, with no body.
constexpr std::size_t kMaxDynamoDbBytes = 16 * 1024 * 1024;

std::string ErrorBody(std::string_view prefix, const ApiError& error) {
  OrderedJson body = OrderedJson::object();
  body["__type"] = std::string(prefix) + error.type;
  if (error.members.is_object()) {
    for (const auto& [name, value] : error.members.items())
      body[name] = value;
  }
  // Serialization faults of AWS's Java services spell the member with a
  // capital.
  body[error.type == "SerializationException" ? "Message" : "message"] = error.message;
  return DumpJson(body);
}

// One line of printable ASCII, for a header.
std::string HeaderText(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, 1000)) {
    out.push_back(c >= 0x20 && c < 0x7f ? c : (c == '\n' ? ' ' : '?'));
  }
  return out;
}

// What load balancers and scripts ask: an unsigned GET of the root.
bool IsHealthCheck(const http::Request& request) {
  return request.method == "GET" && request.target == "/" &&
         request.headers.Get("Authorization").empty();
}

// DynamoDB's words: "healthy: dynamodb.us-east-1.amazonaws.com ".
http::Reply Healthy(const http::Request& request) {
  return {.status = 200,
          .headers = {{"Content-Type", "text/plain"}},
          .body = fmt::format("healthy: {} ", request.headers.Get("Host"))};
}

}  // namespace

std::uint32_t Crc32(std::string_view bytes) {
  return static_cast<std::uint32_t>(
      ::crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

std::optional<std::string> Inflate(std::string_view bytes, std::size_t max_bytes) {
  z_stream stream{};
  // 32: the header tells gzip from zlib.
  if (::inflateInit2(&stream, 15 + 32) != Z_OK) return std::nullopt;
  std::string input(bytes);
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  std::string out;
  char chunk[32 * 1024];
  int code = Z_OK;
  while (code == Z_OK && out.size() <= max_bytes) {
    stream.next_out = reinterpret_cast<Bytef*>(chunk);
    stream.avail_out = sizeof(chunk);
    code = ::inflate(&stream, Z_NO_FLUSH);
    out.append(chunk, sizeof(chunk) - stream.avail_out);
    // A gzip file may have several members, one behind the other.
    if (code == Z_STREAM_END && stream.avail_in > 0) code = ::inflateReset(&stream);
  }
  ::inflateEnd(&stream);
  if (code != Z_STREAM_END || out.size() > max_bytes) return std::nullopt;
  return out;
}

Dispatcher::Dispatcher(DispatcherOptions options, IdSource& ids, Log& log, TraceSink& traces,
                       const CallerDirectory* callers)
    : options_(std::move(options)), ids_(ids), log_(log), traces_(traces), callers_(callers) {}

void Dispatcher::AddJsonService(std::string signing_name, std::string target_prefix,
                                JsonService& service) {
  json_services_[std::move(target_prefix)] = {std::move(signing_name), &service};
}

void Dispatcher::AddRestService(std::string signing_name, std::string path_prefix,
                                RestService& service) {
  rest_services_.push_back({std::move(signing_name), std::move(path_prefix), &service});
}

http::Reply Dispatcher::Handle(const http::Request& request) const {
  if (auto refused = RefusePage(request)) return *std::move(refused);
  if (auto preflight = AnswerPreflight(request)) return *std::move(preflight);
  http::Reply reply = IsHealthCheck(request) ? Healthy(request) : Route(request);
  AddCorsHeaders(request, reply);
  return reply;
}

http::Reply Dispatcher::Route(const http::Request& request) const {
  const auto start = std::chrono::steady_clock::now();
  std::string inflated;
  Call call{.operation = {},
            .request = request,
            .body = request.body,
            .request_id = {},
            .region = options_.region,
            .caller = {}};
  const std::string_view encoding = Trim(request.headers.Get("Content-Encoding"));
  if (EqualsIgnoreCase(encoding, "gzip") || EqualsIgnoreCase(encoding, "deflate")) {
    auto plain = Inflate(request.body, kMaxInflatedBytes);
    if (!plain)
      return {
          .status = 400,
          .headers = {{"x-offstage-explain", fmt::format("the body is not valid {}", encoding)}},
          .body = {}};
    inflated = std::move(*plain);
    call.body = inflated;
  }
  auto credential = ReadCredential(request);
  const std::string_view target = request.headers.Get("X-Amz-Target");
  const auto dot = target.rfind('.');
  if (dot != std::string_view::npos) call.operation = target.substr(dot + 1);
  if (credential.ok() && credential->has_value()) {
    call.region = (*credential)->region;
    if (callers_ != nullptr)
      call.caller = callers_->FindCaller((*credential)->access_key_id).value_or(Caller{});
  }
  if (dot != std::string_view::npos) {
    const auto row = json_services_.find(target.substr(0, dot));
    if (row != json_services_.end()) {
      if (row->second.service->SendsCrc32() && call.body.size() > kMaxDynamoDbBytes)
        return {.status = 413, .headers = {}, .body = {}};
      call.request_id = row->second.service->SendsCrc32() ? ids_.DynamoDbRequestId() : ids_.Uuid();
      http::Reply reply;
      if (!credential.ok()) {
        reply.status = credential.error().status;
        reply.headers.Add("Content-Type", std::string(row->second.service->ContentType()));
        reply.body = ErrorBody("com.amazon.coral.service#", credential.error());
      } else {
        reply = HandleJson(row->second, call);
      }
      return reply;
    }
  }
  call.request_id = ids_.Uuid();
  for (const RestRow& row : rest_services_) {
    const std::string_view path = request.RawPath();
    if (path.rfind(row.path_prefix, 0) == 0) {
      CallFacts facts;
      http::Reply reply = row.service->Execute(call, facts);
      reply.headers.Set("x-amzn-RequestId", call.request_id);
      Finish(call, row.signing_name, start, std::move(facts), reply);
      return reply;
    }
  }
  return NotEmulated(call, credential.ok() ? *credential : std::nullopt);
}

http::Reply Dispatcher::HandleJson(const JsonRow& row, Call& call) const {
  const auto start = std::chrono::steady_clock::now();
  CallFacts facts;
  http::Reply reply;
  auto outcome = row.service->Execute(call, facts);
  reply.headers.Add("x-amzn-RequestId", call.request_id);
  reply.headers.Add("Content-Type", std::string(row.service->ContentType()));
  if (outcome.ok()) {
    reply.body = std::move(outcome).value();
  } else {
    const ApiError& error = outcome.error();
    reply.status = error.status;
    reply.body = ErrorBody(row.service->ErrorTypePrefix(error.type), error);
    if (row.service->SendsErrorHeaders()) {
      reply.headers.Add("x-amzn-ErrorType", error.type + ":");
      reply.headers.Add("x-amzn-ErrorMessage", HeaderText(error.message));
    }
    if (!error.explanation.empty())
      reply.headers.Add("x-offstage-explain", HeaderText(error.explanation));
    facts.attributes.emplace_back("error", error.type);
    if (error.status >= 500)
      log_.Error(error.message, {{"service", row.signing_name}, {"cause", error.explanation}});
  }
  // The checksum is that of the bytes on the wire.
  CompressReply(call.request, reply);
  if (row.service->SendsCrc32())
    reply.headers.Add("x-amz-crc32", std::to_string(Crc32(reply.body)));
  Finish(call, row.signing_name, start, std::move(facts), reply);
  return reply;
}

std::string Dispatcher::EmulatedServices() const {
  std::vector<std::string> names;
  for (const auto& [prefix, row] : json_services_)
    names.push_back(row.signing_name);
  for (const RestRow& row : rest_services_) {
    // One service may have several paths.
    if (std::ranges::find(names, row.signing_name) == names.end())
      names.push_back(row.signing_name);
  }
  return Join(names, ", ");
}

http::Reply Dispatcher::NotEmulated(const Call& call,
                                    const std::optional<Credential>& credential) const {
  const std::string_view target = call.request.headers.Get("X-Amz-Target");
  std::string operation(call.operation);
  if (operation.empty())
    operation = call.request.method + " " + std::string(call.request.RawPath());
  std::string service =
      credential ? credential->service : std::string(target.substr(0, target.rfind('.')));
  if (service.empty()) service = "an unknown service";
  const std::string caller = call.caller.function.empty()
                                 ? ""
                                 : fmt::format(", called by function {}", call.caller.function);
  const std::string message = fmt::format("offstage does not emulate {} ({}{}); emulated here: {}",
                                          service, operation, caller, EmulatedServices());
  log_.Warn("call to a service that is not emulated",
            {{"service", service}, {"operation", operation}, {"function", call.caller.function}});
  http::Reply reply{.status = 501,
                    .headers = {{"x-amzn-RequestId", call.request_id},
                                {"x-offstage-explain", HeaderText(message)}},
                    .body = {}};
  // Each protocol's error form, so that the SDK shows the message instead of a
  // parse error.
  const std::string_view content_type = call.request.headers.Get("Content-Type");
  const bool query_protocol = content_type.rfind("application/x-www-form-urlencoded", 0) == 0;
  if (query_protocol || (target.empty() && (service == "s3" || service == "s3-control"))) {
    reply.headers.Add("Content-Type", "text/xml");
    std::string text = ReplaceAll(ReplaceAll(message, "&", "&amp;"), "<", "&lt;");
    reply.body = service == "s3"
                     ? fmt::format(
                           "<Error><Code>NotEmulated</Code><Message>{}</"
                           "Message></Error>",
                           text)
                     : fmt::format(
                           "<ErrorResponse><Error><Type>Sender</Type><Code>NotEmulated</"
                           "Code><Message>{}</Message></Error>"
                           "<RequestId>{}</RequestId></ErrorResponse>",
                           text, call.request_id);
    return reply;
  }
  reply.headers.Add("Content-Type",
                    target.empty() ? "application/json" : "application/x-amz-json-1.1");
  reply.headers.Add("x-amzn-ErrorType", "NotEmulated");
  reply.body = ErrorBody("", {.type = "NotEmulated", .message = message, .status = 501});
  return reply;
}

void Dispatcher::Finish(const Call& call, std::string_view service,
                        std::chrono::steady_clock::time_point start, CallFacts facts,
                        const http::Reply& reply) const {
  facts.attributes.emplace_back("status", std::to_string(reply.status));
  if (!call.caller.function.empty())
    facts.attributes.emplace_back("function", call.caller.function);
  std::string name(service);
  if (!call.operation.empty()) {
    name += '.';
    name += call.operation;
  }
  traces_.Record({.request_id = call.caller.request_id,
                  .name = std::move(name),
                  .start = start,
                  .duration = std::chrono::duration_cast<std::chrono::microseconds>(
                      std::chrono::steady_clock::now() - start),
                  .attributes = std::move(facts.attributes)});
}

}  // namespace offstage::aws
