#include "aws/credential.h"

#include <fmt/format.h>

#include "base/text.h"

namespace offstage::aws {

namespace {

// "AKID/20261125/us-east-1/dynamodb/aws4_request"
std::optional<Credential> ParseScope(std::string_view scope) {
  const auto parts = Split(scope, '/');
  // An access key id may itself hold a slash; the scope is the last four parts.
  if (parts.size() < 5 || parts.back() != "aws4_request") return std::nullopt;
  Credential credential;
  credential.service = parts[parts.size() - 2];
  credential.region = parts[parts.size() - 3];
  const std::size_t tail = parts[parts.size() - 1].size() + parts[parts.size() - 2].size() +
                           parts[parts.size() - 3].size() + parts[parts.size() - 4].size() + 4;
  credential.access_key_id = scope.substr(0, scope.size() - tail);
  if (credential.access_key_id.empty()) return std::nullopt;
  return credential;
}

ApiError Incomplete(std::string message) {
  return {.type = "IncompleteSignatureException", .message = std::move(message), .status = 403};
}

Outcome<std::optional<Credential>> FromHeader(const std::string& header) {
  constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
  if (header.rfind("AWS4-", 0) != 0) {
    // A bearer token or the like: another service's business (API Gateway sees
    // its own port).
    return Fail(ApiError{.type = "MissingAuthenticationTokenException",
                         .message = "Request is missing Authentication Token"});
  }
  const std::string_view rest =
      std::string_view(header).substr(std::min(header.size(), kAlgorithm.size()));
  std::string_view scope;
  bool has_signature = false;
  bool has_signed_headers = false;
  for (const std::string_view part : Split(rest, ',')) {
    const std::string_view field = Trim(part);
    const auto equals = field.find('=');
    const std::string_view name = field.substr(0, equals);
    if (equals == std::string_view::npos) continue;
    if (name == "Credential") scope = field.substr(equals + 1);
    if (name == "Signature") has_signature = true;
    if (name == "SignedHeaders") has_signed_headers = true;
  }
  std::string missing;
  if (scope.empty()) missing += "Authorization header requires 'Credential' parameter. ";
  if (!has_signature) missing += "Authorization header requires 'Signature' parameter. ";
  if (!has_signed_headers) missing += "Authorization header requires 'SignedHeaders' parameter. ";
  if (!missing.empty()) return Fail(Incomplete(missing + "Authorization=" + header));
  auto credential = ParseScope(scope);
  if (!credential) {
    return Fail(
        Incomplete(fmt::format("Credential must have exactly 5 slash-delimited elements, "
                               "e.g. keyid/date/region/service/term, got '{}'",
                               scope)));
  }
  return credential;
}

}  // namespace

Outcome<std::optional<Credential>> ReadCredential(const http::Request& request) {
  if (const std::string* header = request.headers.Find("Authorization")) return FromHeader(*header);
  for (const std::string_view pair : Split(request.RawQuery(), '&')) {
    constexpr std::string_view kName = "X-Amz-Credential=";
    if (pair.rfind(kName, 0) == 0) return ParseScope(PercentDecode(pair.substr(kName.size())));
  }
  return std::optional<Credential>();
}

}  // namespace offstage::aws
