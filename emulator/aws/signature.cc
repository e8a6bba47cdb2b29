#include "aws/signature.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstdlib>
#include <ctime>
#include <map>

#include "base/check.h"
#include "base/text.h"

namespace offstage::aws {

namespace {

std::string Hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes)
    out += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return out;
}

std::string Sha256(std::string_view bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  OFFSTAGE_CHECK(EVP_Digest(bytes.data(), bytes.size(), digest, &size, EVP_sha256(), nullptr) == 1,
                 "SHA-256 is always there");
  return {reinterpret_cast<const char*>(digest), size};
}

std::string Hmac(std::string_view key, std::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  OFFSTAGE_CHECK(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                      reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest,
                      &size) != nullptr,
                 "SHA-256 is always there");
  return {reinterpret_cast<const char*>(digest), size};
}

// "20261125T120000Z"
std::string BasicTime(TimePoint now) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  char text[32];
  const std::size_t size = std::strftime(text, sizeof(text), "%Y%m%dT%H%M%SZ", &utc);
  return {text, size};
}

std::map<std::string, std::string> SignedHeaders(const http::Request& request) {
  std::map<std::string, std::string> out;
  for (const auto& [name, value] : request.headers) {
    const std::string lower = ToLower(name);
    if (lower == "host" || lower == "content-type" || lower.starts_with("x-amz-"))
      out[lower] = std::string(Trim(value));
  }
  return out;
}

std::string EnvironmentVariable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): read before threads
  return value == nullptr ? "" : value;
}

}  // namespace

SigningIdentity IdentityFromEnvironment() {
  SigningIdentity identity{.access_key_id = EnvironmentVariable("AWS_ACCESS_KEY_ID"),
                           .secret_access_key = EnvironmentVariable("AWS_SECRET_ACCESS_KEY"),
                           .session_token = EnvironmentVariable("AWS_SESSION_TOKEN")};
  if (identity.access_key_id.empty() || identity.secret_access_key.empty())
    return {.access_key_id = "offstage", .secret_access_key = "offstage", .session_token = {}};
  return identity;
}

void Sign(http::Request& request, const SigningIdentity& identity, const std::string& region,
          const std::string& service, TimePoint now) {
  const std::string time = BasicTime(now);
  const std::string date = time.substr(0, 8);
  request.headers.Set("X-Amz-Date", time);
  if (!identity.session_token.empty())
    request.headers.Set("X-Amz-Security-Token", identity.session_token);
  std::string canonical_headers;
  std::string names;
  for (const auto& [name, value] : SignedHeaders(request)) {
    canonical_headers += name + ":" + value + "\n";
    names += (names.empty() ? "" : ";") + name;
  }
  const std::string canonical =
      fmt::format("{}\n{}\n\n{}\n{}\n{}", request.method, request.RawPath(), canonical_headers,
                  names, Hex(Sha256(request.body)));
  const std::string scope = fmt::format("{}/{}/{}/aws4_request", date, region, service);
  const std::string to_sign =
      fmt::format("AWS4-HMAC-SHA256\n{}\n{}\n{}", time, scope, Hex(Sha256(canonical)));
  std::string key = Hmac("AWS4" + identity.secret_access_key, date);
  for (const std::string_view part :
       {std::string_view(region), std::string_view(service), std::string_view("aws4_request")})
    key = Hmac(key, part);
  request.headers.Set("Authorization",
                      fmt::format("AWS4-HMAC-SHA256 Credential={}/{}, SignedHeaders={}, "
                                  "Signature={}",
                                  identity.access_key_id, scope, names, Hex(Hmac(key, to_sign))));
}

}  // namespace offstage::aws
