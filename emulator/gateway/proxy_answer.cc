#include "gateway/proxy_answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/json.h"
#include "base/text.h"

namespace offstage::gateway {

namespace {

constexpr std::string_view kFormat =
    "API Gateway takes {\"statusCode\": 200, \"headers\": {}, \"multiValueHeaders\": {}, \"body\": "
    "\"text\", \"isBase64Encoded\": false} and nothing else";

std::string Excerpt(std::string_view text) {
  constexpr std::size_t kLength = 80;
  return text.size() <= kLength ? std::string(text) : std::string(text.substr(0, kLength)) + "...";
}

// A JSON scalar as text; null for objects, lists and null.
std::optional<std::string> ScalarText(const Json& value) {
  if (value.is_string()) return value.get_ref<const std::string&>();
  if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
  if (value.is_number()) return DumpJson(value);
  return std::nullopt;
}

std::optional<int> WholeNumber(std::string_view text) {
  text = Trim(text);
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Result<int> ParseStatusCode(const Json& value) {
  std::optional<int> status;
  if (value.is_null()) return 200;
  if (value.is_string()) {
    status = WholeNumber(value.get_ref<const std::string&>());
  } else if (value.is_number_integer() || value.is_number_unsigned()) {
    status = WholeNumber(DumpJson(value));
  } else if (value.is_number_float() && value.get<double>() > 0 && value.get<double>() < 1000) {
    status = static_cast<int>(value.get<double>());
  }
  // 1xx answers are not final, so no proxy can send them on; above 599 no HTTP server can.
  if (!status.has_value() || *status < 200 || *status > 599) {
    return Fail(Error{fmt::format("statusCode {} is not a whole number from 200 to 599",
                                  Excerpt(DumpJson(value)))});
  }
  return *status;
}

// HTTP's token characters; a name or value outside of them could not be sent.
bool IsHeaderName(std::string_view name) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::all_of(name.begin(), name.end(), [kMarks](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

bool IsHeaderValue(std::string_view value) {
  return std::none_of(value.begin(), value.end(),
                      [](char c) { return (c >= 0 && c < 0x20 && c != '\t') || c == 0x7f; });
}

Status AddHeader(const std::string& name, const Json& value, std::string_view map,
                 http::Headers& headers) {
  if (value.is_null()) return Ok();
  const std::optional<std::string> text = ScalarText(value);
  if (!text.has_value()) {
    return Fail(Error{
        fmt::format("{}[\"{}\"] is {}, not a text", map, Excerpt(name), Excerpt(DumpJson(value)))});
  }
  if (!IsHeaderName(name) || !IsHeaderValue(*text)) {
    return Fail(
        Error{fmt::format("{}[\"{}\"] cannot be sent as an HTTP header", map, Excerpt(name))});
  }
  headers.Add(name, *text);
  return Ok();
}

// The object under `key`; an empty one when it is absent or null.
Result<Json> HeaderMap(const Json& answer, const char* key) {
  const auto found = answer.find(key);
  if (found == answer.end() || found->is_null()) return Json::object();
  if (!found->is_object()) return Fail(Error{fmt::format("{} is not an object", key)});
  return *found;
}

// Values of `headers` follow those of `multiValueHeaders` under the latter's spelling.
Result<http::Headers> ParseHeaders(const Json& answer) {
  OFFSTAGE_TRY(const Json single, HeaderMap(answer, "headers"));
  OFFSTAGE_TRY(const Json multi, HeaderMap(answer, "multiValueHeaders"));
  std::multimap<std::string, const Json*> single_by_name;
  for (const auto& [name, value] : single.items())
    single_by_name.emplace(ToLower(name), &value);
  http::Headers headers;
  for (const auto& [name, values] : multi.items()) {
    if (values.is_null()) continue;
    if (!values.is_array()) {
      return Fail(Error{fmt::format("multiValueHeaders[\"{}\"] is {}, not a list of texts",
                                    Excerpt(name), Excerpt(DumpJson(values)))});
    }
    for (const Json& value : values) {
      OFFSTAGE_TRY_VOID(AddHeader(name, value, "multiValueHeaders", headers));
    }
    const std::string lower = ToLower(name);
    const auto [begin, end] = single_by_name.equal_range(lower);
    for (auto merged = begin; merged != end; ++merged) {
      OFFSTAGE_TRY_VOID(AddHeader(name, *merged->second, "headers", headers));
    }
    single_by_name.erase(lower);
  }
  for (const auto& [name, value] : single.items()) {
    if (!single_by_name.contains(ToLower(name))) continue;
    OFFSTAGE_TRY_VOID(AddHeader(name, value, "headers", headers));
  }
  return headers;
}

Result<std::string> ParseBody(Json& answer) {
  const auto found = answer.find("body");
  if (found == answer.end() || found->is_null()) return std::string();
  if (found->is_string()) return std::move(found->get_ref<std::string&>());
  const std::optional<std::string> text = ScalarText(*found);
  if (!text.has_value()) {
    return Fail(
        Error{fmt::format("body is {}, not a text: did you forget json.dumps or JSON.stringify?",
                          found->is_object() ? "an object" : "a list")});
  }
  return *text;
}

Result<ProxyAnswer::BodyEncoding> ParseEncoding(const Json& answer) {
  using enum ProxyAnswer::BodyEncoding;
  const auto found = answer.find("isBase64Encoded");
  if (found == answer.end() || found->is_null()) return kText;
  const std::optional<std::string> text = ScalarText(*found);
  if (text == "true" || text == "True" || text == "TRUE") return kBase64;
  if (text == "false" || text == "False" || text == "FALSE" || text == "") return kText;
  if (found->is_number_integer()) return *text == "0" ? kText : kBase64;
  return Fail(
      Error{fmt::format("isBase64Encoded is {}, not true or false", Excerpt(DumpJson(*found)))});
}

Result<ProxyAnswer> ParseKnownKeys(Json& json) {
  ProxyAnswer answer;
  const auto status = json.find("statusCode");
  if (status != json.end()) {
    OFFSTAGE_TRY(answer.status, ParseStatusCode(*status));
  }
  OFFSTAGE_TRY(answer.headers, ParseHeaders(json));
  OFFSTAGE_TRY(answer.body, ParseBody(json));
  OFFSTAGE_TRY(answer.encoding, ParseEncoding(json));
  return answer;
}

Result<ProxyAnswer> ParseWithCookies(Json& json) {
  OFFSTAGE_TRY(ProxyAnswer answer, ParseKnownKeys(json));
  const auto cookies = json.find("cookies");
  if (cookies != json.end() && cookies->is_array()) {
    for (const Json& cookie : *cookies) {
      OFFSTAGE_TRY_VOID(AddHeader("Set-Cookie", cookie, "cookies", answer.headers));
    }
  }
  return answer;
}

std::string KindOf(const Json& json) {
  if (json.is_null()) return "null (does the handler return anything?)";
  if (json.is_string()) return "a bare text";
  if (json.is_array()) return "a list";
  return "a bare value";
}

}  // namespace

Result<ProxyAnswer> ParseProxyAnswer(std::string_view payload, ProxyDialect dialect) {
  auto parsed = ParseJson(payload);
  if (!parsed.ok()) {
    return Fail(Error{fmt::format("the answer is not JSON: {}", parsed.error().message)});
  }
  Json& json = parsed.value();
  if (!json.is_object()) {
    return Fail(Error{fmt::format("the answer is {}; {}", KindOf(json), kFormat)});
  }
  static constexpr std::array<std::string_view, 5> kKeys = {
      "statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"};
  if (dialect == ProxyDialect::kHttpApi) {
    if (!json.contains("statusCode")) return Fail(Error{"the answer has no statusCode"});
    return ParseKnownKeys(json);
  }
  for (const auto& [key, value] : json.items()) {
    if (std::find(kKeys.begin(), kKeys.end(), key) == kKeys.end()) {
      return Fail(
          Error{fmt::format("the answer has the unknown key \"{}\"; {}", Excerpt(key), kFormat)});
    }
  }
  return ParseKnownKeys(json);
}

http::Headers RemapHeaders(const http::Headers& headers) {
  static constexpr std::array<std::string_view, 15> kRemapped = {
      "authorization", "connection", "content-length", "content-md5",        "date",
      "expect",        "host",       "max-forwards",   "proxy-authenticate", "server",
      "trailer",       "upgrade",    "user-agent",     "www-authenticate",   "x-amzn-requestid"};
  http::Headers out;
  for (const auto& [name, value] : headers) {
    if (EqualsIgnoreCase(name, "transfer-encoding")) continue;
    const bool remapped =
        std::any_of(kRemapped.begin(), kRemapped.end(),
                    [&name = name](std::string_view kept) { return EqualsIgnoreCase(name, kept); });
    out.Add(remapped ? "x-amzn-Remapped-" + name : name, value);
  }
  return out;
}

Result<ProxyAnswer> ParseProxyAnswerV2(std::string_view payload) {
  auto parsed = ParseJson(payload);
  if (!parsed.ok()) {
    return Fail(Error{fmt::format("the answer is not JSON: {}", parsed.error().message)});
  }
  Json& json = parsed.value();
  if (!json.is_object() || !json.contains("statusCode")) {
    ProxyAnswer inferred;
    inferred.body =
        json.is_string() ? std::move(json.get_ref<std::string&>()) : std::string(payload);
    inferred.headers.Add("Content-Type", "application/json");
    return inferred;
  }
  json.erase("multiValueHeaders");
  return ParseWithCookies(json);
}

Result<ProxyAnswer> ParseStreamPrelude(std::string_view prelude, ProxyDialect dialect) {
  auto parsed = ParseJson(prelude);
  if (!parsed.ok() || !parsed->is_object())
    return Fail(Error{"the metadata before the eight zero bytes is not a JSON object"});
  if (dialect == ProxyDialect::kHttpApi) parsed->erase("multiValueHeaders");
  return ParseWithCookies(parsed.value());
}

}  // namespace offstage::gateway
