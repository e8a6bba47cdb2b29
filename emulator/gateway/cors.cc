#include "gateway/cors.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace offstage::gateway {

namespace {

// "https://*.example.com" and "https://*" are allowed forms; "*" takes every origin.
bool MatchesOrigin(std::string_view origin, std::string_view pattern) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return EqualsIgnoreCase(origin, pattern);
  const std::string_view head = pattern.substr(0, star);
  const std::string_view tail = pattern.substr(star + 1);
  return origin.size() >= head.size() + tail.size() &&
         EqualsIgnoreCase(origin.substr(0, head.size()), head) &&
         EqualsIgnoreCase(origin.substr(origin.size() - tail.size()), tail);
}

// The value of Access-Control-Allow-Origin, or empty when the origin is not allowed. Function URLs
// answer "*" with the origin itself (seen in aws-powertools/powertools-lambda-python#4163 and
// samvera/serverless-iiif#71).
std::string AllowedOrigin(const Call& call, const HttpCors& cors, std::string_view origin) {
  for (const std::string& pattern : cors.allow_origins) {
    if (pattern == "*") return call.api.is_function_url() ? std::string(origin) : "*";
    if (MatchesOrigin(origin, pattern)) return std::string(origin);
  }
  return {};
}

void AddCommon(const HttpCors& cors, const std::string& origin, http::Reply& reply) {
  reply.headers.Add("access-control-allow-origin", origin);
  if (origin != "*") reply.headers.Add("vary", "origin");
  if (cors.credentials == HttpCors::Credentials::kAllowed) {
    reply.headers.Add("access-control-allow-credentials", "true");
  }
}

}  // namespace

std::optional<http::Reply> AnswerPreflight(const Call& call) {
  const std::optional<HttpCors>& cors = call.api.config.http_cors;
  if (!cors.has_value() || call.request.method != "OPTIONS" || call.Header("origin").empty() ||
      call.Header("access-control-request-method").empty()) {
    return std::nullopt;
  }
  // Function URLs answer 200 (assumed).
  http::Reply reply{.status = call.api.is_function_url() ? 200 : 204};
  const std::string origin = AllowedOrigin(call, *cors, call.Header("origin"));
  if (origin.empty()) return reply;
  AddCommon(*cors, origin, reply);
  if (!cors->allow_methods.empty()) {
    reply.headers.Add("access-control-allow-methods", Join(cors->allow_methods, ","));
  }
  if (!cors->allow_headers.empty()) {
    reply.headers.Add("access-control-allow-headers", Join(cors->allow_headers, ","));
  }
  if (cors->max_age.has_value()) {
    reply.headers.Add("access-control-max-age", std::to_string(cors->max_age->count()));
  }
  return reply;
}

void ApplyCors(const Call& call, http::Reply& reply) {
  const std::optional<HttpCors>& cors = call.api.config.http_cors;
  if (!cors.has_value()) return;
  static constexpr std::array<std::string_view, 6> kHeaders = {
      "access-control-allow-origin",   "access-control-allow-credentials",
      "access-control-allow-methods",  "access-control-allow-headers",
      "access-control-expose-headers", "access-control-max-age"};
  // Function URLs send the handler's headers beside their own, also twice the same (same issues).
  if (!call.api.is_function_url()) {
    for (const std::string_view name : kHeaders)
      reply.headers.Remove(name);
  }
  const std::string_view asked = call.Header("origin");
  if (asked.empty()) return;
  const std::string origin = AllowedOrigin(call, *cors, asked);
  if (origin.empty()) return;
  AddCommon(*cors, origin, reply);
  if (!cors->expose_headers.empty()) {
    reply.headers.Add("access-control-expose-headers", Join(cors->expose_headers, ","));
  }
}

}  // namespace offstage::gateway
