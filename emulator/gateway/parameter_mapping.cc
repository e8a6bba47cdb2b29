#include "gateway/parameter_mapping.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "gateway/mapping_values.h"
#include "gateway/vtl/json_path.h"

namespace offstage::gateway {

namespace {

// "overwrite:header.x" in parts.
struct Change {
  std::string action = {};
  std::string place = {};
  std::string name = {};
};

std::optional<Change> ParseChange(std::string_view key) {
  const std::size_t colon = key.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view target = key.substr(colon + 1);
  const std::size_t dot = target.find('.');
  Change change{
      std::string(key.substr(0, colon)), std::string(target.substr(0, dot)),
      dot == std::string_view::npos ? std::string() : std::string(target.substr(dot + 1))};
  const bool action =
      change.action == "append" || change.action == "overwrite" || change.action == "remove";
  const bool named =
      (change.place == "header" || change.place == "querystring") && !change.name.empty();
  const bool whole =
      (change.place == "path" || change.place == "statuscode") && change.action == "overwrite";
  if (!action || (!named && !whole)) return std::nullopt;
  return change;
}

std::optional<std::string> FromAnswer(const http::Reply& answer, std::string_view name) {
  if (name.starts_with("header.")) {
    const std::string* found = answer.headers.Find(name.substr(7));
    return found == nullptr ? std::nullopt : std::optional(*found);
  }
  const auto body = vtl::ParseJsonValue(answer.body);
  if (!name.starts_with("body.") || !body.ok()) return std::nullopt;
  const auto found = vtl::FindByPath(*body, fmt::format("${}", name.substr(4)));
  if (!found.ok() || found->IsNull()) return std::nullopt;
  return vtl::ToText(*found);
}

// One "$request.header.x"; `answer` is null on the way to the backend.
std::optional<std::string> Selected(const Call& call, std::string_view name,
                                    const http::Reply* answer) {
  const auto after = [name](std::string_view prefix) {
    return name.starts_with(prefix) ? std::optional(name.substr(prefix.size())) : std::nullopt;
  };
  if (const auto header = after("request.header.")) {
    const std::vector<std::string_view> values = call.request.headers.GetAll(*header);
    if (values.empty()) return std::nullopt;
    return Join({values.begin(), values.end()}, ",");
  }
  if (const auto query = after("request.querystring.")) {
    const NamedValues* found = FindParameter(call.query, *query);
    return found == nullptr ? std::nullopt : std::optional(Join(found->values, ","));
  }
  if (name == "request.path") return call.path;
  if (const auto parameter = after("request.path.")) {
    for (const auto& [key, value] : call.parameters) {
      if (key == *parameter) return PercentDecode(value);
    }
    return std::nullopt;
  }
  if (const auto path = after("request.body.")) {
    const auto body = vtl::ParseJsonValue(call.request.body);
    if (!body.ok()) return std::nullopt;
    const auto found = vtl::FindByPath(*body, fmt::format("$.{}", *path));
    if (!found.ok() || found->IsNull()) return std::nullopt;
    return vtl::ToText(*found);
  }
  if (const auto part = after("response.")) {
    return answer == nullptr ? std::nullopt : FromAnswer(*answer, *part);
  }
  return CommonSource(call, name);
}

// "$request.header.a", "text" or "${request.path.x}-${stageVariables.y}".
std::string Evaluate(const Call& call, const std::string& written, const http::Reply* answer) {
  if (written.starts_with('$') && !written.starts_with("${"))
    return Selected(call, std::string_view(written).substr(1), answer).value_or("");
  std::string out;
  std::size_t at = 0;
  while (at < written.size()) {
    const std::size_t open = std::min(written.find("${", at), written.size());
    out.append(written, at, open - at);
    const std::size_t close = written.find('}', open);
    if (open == written.size() || close == std::string::npos) {
      out.append(written, open);
      break;
    }
    const std::string_view name = std::string_view(written).substr(open + 2, close - open - 2);
    out += Selected(call, name, answer).value_or("");
    at = close + 1;
  }
  return out;
}

void ChangeHeader(const Change& change, std::string value, http::Headers& headers) {
  if (change.action != "append") headers.Remove(change.name);
  if (change.action != "remove") headers.Add(change.name, std::move(value));
}

void ChangeQuery(const Change& change, std::string value, std::vector<NamedValues>& query) {
  const auto is_meant = [&change](const NamedValues& other) { return other.name == change.name; };
  if (change.action != "append") std::erase_if(query, is_meant);
  if (change.action == "remove") return;
  const auto found = std::find_if(query.begin(), query.end(), is_meant);
  if (found != query.end()) {
    found->values.push_back(std::move(value));
  } else {
    query.push_back({change.name, {std::move(value)}});
  }
}

// http-api-parameter-mapping.html, "Reserved headers".
bool IsReserved(std::string_view header) {
  static constexpr std::array<std::string_view, 17> kNames = {"authorization",
                                                              "connection",
                                                              "content-encoding",
                                                              "content-length",
                                                              "content-location",
                                                              "forwarded",
                                                              "keep-alive",
                                                              "origin",
                                                              "proxy-authenticate",
                                                              "proxy-authorization",
                                                              "te",
                                                              "trailers",
                                                              "transfer-encoding",
                                                              "upgrade",
                                                              "x-forwarded-for",
                                                              "x-forwarded-host",
                                                              "x-forwarded-proto"};
  static constexpr std::array<std::string_view, 4> kPrefixes = {"access-control-", "apigw-",
                                                                "x-amz-", "x-amzn-"};
  const std::string lower = ToLower(header);
  return lower == "via" || std::find(kNames.begin(), kNames.end(), lower) != kNames.end() ||
         std::any_of(kPrefixes.begin(), kPrefixes.end(),
                     [&lower](std::string_view prefix) { return lower.starts_with(prefix); });
}

}  // namespace

void ApplyRequestMappings(const Call& call, const Pairs& mappings, const RequestChanges& changes) {
  for (const auto& [key, written] : mappings) {
    const std::optional<Change> change = ParseChange(key);
    if (!change.has_value()) continue;  // refused at the start
    std::string value = Evaluate(call, written, nullptr);
    if (change->place == "path") {
      changes.path = std::move(value);
    } else if (change->place == "header") {
      ChangeHeader(*change, std::move(value), changes.headers);
    } else {
      ChangeQuery(*change, std::move(value), changes.query);
    }
  }
}

void ApplyResponseMappings(const Call& call, const ResponseMappings& mappings, http::Reply& reply) {
  const auto found = mappings.find(std::to_string(reply.status));
  if (found == mappings.end()) return;
  const http::Reply answer = reply;
  for (const auto& [key, written] : found->second) {
    const std::optional<Change> change = ParseChange(key);
    if (!change.has_value()) continue;  // refused at the start
    std::string value = Evaluate(call, written, &answer);
    if (change->place == "header") {
      ChangeHeader(*change, std::move(value), reply.headers);
    } else if (change->place == "statuscode") {
      int status = 0;
      const auto parsed = std::from_chars(value.data(), value.data() + value.size(), status);
      if (parsed.ec == std::errc() && status >= 100 && status < 600) reply.status = status;
    }
  }
}

std::string UnsupportedMappings(const Pairs& request, const ResponseMappings& response) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : request)
    keys.push_back(key);
  for (const auto& [status, pairs] : response) {
    for (const auto& [key, value] : pairs)
      keys.push_back(key);
  }
  for (const std::string& key : keys) {
    const std::optional<Change> change = ParseChange(key);
    if (!change.has_value()) return fmt::format("its parameter mapping {} is not understood", key);
    if (change->place == "header" && IsReserved(change->name))
      return fmt::format("its parameter mapping {} changes a reserved header, which AWS refuses",
                         key);
  }
  return {};
}

}  // namespace offstage::gateway
