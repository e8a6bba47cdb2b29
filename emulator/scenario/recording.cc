#include "scenario/recording.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace offstage::scenario {

namespace {

// Somebody who forgets to stop must not fill the memory.
constexpr std::size_t kMaxExchanges = 2000;
constexpr std::size_t kMaxRecordedItems = 10;
constexpr std::size_t kShortestId = 6;

bool IsSecretName(const std::string& name) {
  static constexpr std::string_view kWords[] = {"password", "passwd",  "secret",  "token",
                                                "apikey",   "api_key", "api-key", "authorization",
                                                "otp",      "pin"};
  const std::string lower = ToLower(name);
  return lower == "code" ||
         std::any_of(std::begin(kWords), std::end(kWords), [&lower](std::string_view word) {
           return lower == word || lower.find(word) != std::string::npos;
         });
}

// "X-Api-Key" gives "${env.X_API_KEY}".
std::string EnvironmentVariable(const std::string& name) {
  std::string variable;
  for (const char c : ToUpper(name))
    variable.push_back((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ? c : '_');
  return "${env." + variable + "}";
}

std::string QuotedYaml(const std::string& text) {
  return DumpJson(Json(text));
}

// Variables begin with "${"; a text that has it meant it.
std::string EscapedVariables(const std::string& text) {
  return ReplaceAll(text, "${", "$${");
}

std::optional<Json> ClaimsOf(std::string_view token) {
  const auto parts = Split(token, '.');
  if (parts.size() != 3) return std::nullopt;
  std::string payload(parts[1]);
  std::replace(payload.begin(), payload.end(), '-', '+');
  std::replace(payload.begin(), payload.end(), '_', '/');
  while (payload.size() % 4 != 0)
    payload += '=';
  const auto bytes = Base64Decode(payload);
  if (!bytes) return std::nullopt;
  auto json = ParseJson(*bytes);
  if (!json.ok() || !json->is_object()) return std::nullopt;
  return *std::move(json);
}

bool LooksLikeUuid(const std::string& text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : std::isxdigit(static_cast<unsigned char>(text[i])) == 0)
      return false;
  }
  return true;
}

bool LooksLikeDateTime(const std::string& text) {
  return text.size() >= 19 && text[4] == '-' && text[7] == '-' && (text[10] == 'T') &&
         text[13] == ':' && text[16] == ':' &&
         std::isdigit(static_cast<unsigned char>(text[0])) != 0;
}

// The matcher for a value of a reply.
OrderedJson MatcherOf(const OrderedJson& value, const std::string& name) {
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    if (IsSecretName(name)) return "<string>";
    if (LooksLikeUuid(text)) return "<uuid>";
    if (LooksLikeDateTime(text)) return "<date-time>";
    if (text.starts_with('<')) return {{"$exactly", EscapedVariables(text)}};
    return EscapedVariables(text);
  }
  if (value.is_array()) {
    if (value.size() > kMaxRecordedItems) return fmt::format("<list {}>", value.size());
    OrderedJson list = OrderedJson::array();
    for (const OrderedJson& item : value)
      list.push_back(MatcherOf(item, name));
    return list;
  }
  if (!value.is_object()) return value;
  // A key that begins with $ would be taken for an operator.
  OrderedJson map = OrderedJson::object();
  for (const auto& [key, member] : value.items()) {
    if (!key.starts_with('$')) map[key] = MatcherOf(member, key);
  }
  return map;
}

// Passwords and the like by variables.
OrderedJson WithoutSecrets(const OrderedJson& value, const std::string& name) {
  if (value.is_string() && IsSecretName(name)) return EnvironmentVariable(name);
  if (value.is_string()) return EscapedVariables(value.get<std::string>());
  if (value.is_array()) {
    OrderedJson list = OrderedJson::array();
    for (const OrderedJson& item : value)
      list.push_back(WithoutSecrets(item, name));
    return list;
  }
  if (!value.is_object()) return value;
  OrderedJson map = OrderedJson::object();
  for (const auto& [key, member] : value.items())
    map[key] = WithoutSecrets(member, key);
  return map;
}

std::string QueryWithoutSecrets(const std::string& target) {
  const auto mark = target.find('?');
  if (mark == std::string::npos) return target;
  std::vector<std::string> pairs;
  for (const std::string_view pair : Split(std::string_view(target).substr(mark + 1), '&')) {
    const std::string name(pair.substr(0, pair.find('=')));
    pairs.push_back(IsSecretName(name) ? name + "=" + EnvironmentVariable(name)
                                       : std::string(pair));
  }
  return target.substr(0, mark + 1) + Join(pairs, "&");
}

// What a browser or client adds by itself says nothing of the backend.
bool IsKept(const std::string& name) {
  const std::string lower = ToLower(name);
  if (lower.starts_with("x-forwarded") || lower.starts_with("x-amz")) return false;
  return lower.starts_with("x-") || lower == "accept" || lower == "if-none-match" ||
         lower == "if-match";
}

}  // namespace

Recording::Recording(std::filesystem::path file, std::vector<std::filesystem::path> data)
    : file_(std::move(file)), data_(std::move(data)) {}

std::size_t Recording::size() const {
  const MutexLock lock(mutex_);
  return exchanges_.size();
}

// Ids of earlier replies become variables.
std::string Recording::Replaced(std::string text) {
  for (auto& [value, seen] : seen_) {
    if (text.find(value) == std::string::npos) continue;
    if (!seen.used) {
      std::string name = seen.name;
      for (int i = 2; variables_.contains(name); ++i)
        name = fmt::format("{}{}", seen.name, i);
      variables_.insert(name);
      seen.name = name;
      seen.used = true;
      exchanges_[seen.exchange].captures[name] = seen.path;
      std::string& made = exchanges_[seen.exchange].expected_body;
      made = ReplaceAll(std::move(made), QuotedYaml(value), QuotedYaml("<string>"));
      for (std::size_t i = seen.exchange + 1; i < exchanges_.size(); ++i) {
        std::string& expected = exchanges_[i].expected_body;
        expected = ReplaceAll(std::move(expected), value, "${" + name + "}");
      }
    }
    text = ReplaceAll(std::move(text), value, "${" + seen.name + "}");
  }
  return text;
}

void Recording::ReadAuthorization(const http::Request& request, Exchange& exchange) {
  const std::string authorization(request.headers.Get("Authorization"));
  if (authorization.empty()) return;
  const auto blank = authorization.find(' ');
  const std::string token =
      blank == std::string::npos ? authorization : authorization.substr(blank + 1);
  const auto claims = ClaimsOf(token);
  if (!claims) {
    exchange.headers.emplace_back("Authorization", "${env.AUTHORIZATION}");
    return;
  }
  const std::string email = claims->value("email", "");
  const std::string cognito_name = claims->value("cognito:username", claims->value("username", ""));
  std::string name = email.empty() ? cognito_name : email.substr(0, email.find('@'));
  if (name.empty()) name = "user";
  OrderedJson user = OrderedJson::object();
  if (!email.empty()) user["email"] = email;
  if (claims->contains("cognito:groups")) user["groups"] = claims->at("cognito:groups");
  users_[name] = DumpJson(Json::parse(user.dump()));
  exchange.as = claims->value("token_use", "id") == "access"
                    ? fmt::format("{{user: {}, token: access}}", QuotedYaml(name))
                    : QuotedYaml(name);
}

void Recording::ReadBody(const http::Request& request, Exchange& exchange) {
  if (request.body.empty()) return;
  const std::string type(request.headers.Get("Content-Type"));
  const OrderedJson json = OrderedJson::parse(request.body, nullptr, false);
  if (!json.is_discarded() && json.is_structured()) {
    exchange.body_key = "json";
    exchange.body = Replaced(WithoutSecrets(json, "").dump());
    return;
  }
  if (!type.empty()) exchange.headers.emplace_back("Content-Type", type);
  if (IsValidUtf8(request.body) && type.find("x-www-form-urlencoded") != std::string::npos) {
    exchange.body_key = "text";
    exchange.body = QuotedYaml(Replaced(QueryWithoutSecrets("?" + request.body).substr(1)));
  } else if (IsValidUtf8(request.body)) {
    exchange.body_key = "text";
    exchange.body = QuotedYaml(Replaced(EscapedVariables(request.body)));
  } else {
    exchange.body_key = "base64";
    exchange.body = QuotedYaml(Base64Encode(request.body));
  }
}

// Texts that look like ids: what somebody typed is not made by the backend.
void Recording::Remember(const Json& value, const std::string& path, const std::string& name) {
  if (value.is_object()) {
    for (const auto& [key, member] : value.items()) {
      const bool plain = key.find_first_not_of(
                             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") ==
                         std::string::npos;
      if (plain) Remember(member, path + "." + key, key);
    }
    return;
  }
  if (!value.is_string()) return;
  const auto text = value.get<std::string>();
  const bool id = text.size() >= kShortestId && !LooksLikeDateTime(text) &&
                  text.find_first_of("0123456789") != std::string::npos &&
                  text.find_first_of(" /?&\"\\") == std::string::npos;
  if (!id || seen_.contains(text)) return;
  for (const Exchange& exchange : exchanges_) {
    if (exchange.target.find(text) != std::string::npos ||
        exchange.body.find(text) != std::string::npos)
      return;
  }
  seen_[text] = {.exchange = exchanges_.size() - 1, .path = path, .name = name};
}

void Recording::Add(const http::Request& request, const http::Reply& reply) {
  const bool preflight = request.method == "OPTIONS" &&
                         request.headers.Find("Access-Control-Request-Method") != nullptr;
  const MutexLock lock(mutex_);
  if (preflight || exchanges_.size() >= kMaxExchanges) return;
  Exchange exchange{.method = request.method, .status = reply.status};
  exchange.target = Replaced(QueryWithoutSecrets(EscapedVariables(request.target)));
  ReadAuthorization(request, exchange);
  for (const auto& [name, value] : request.headers) {
    if (!IsKept(name) || EqualsIgnoreCase(name, "Accept")) continue;
    exchange.headers.emplace_back(
        name, IsSecretName(name) ? EnvironmentVariable(name) : EscapedVariables(value));
  }
  ReadBody(request, exchange);
  const OrderedJson json = OrderedJson::parse(reply.body, nullptr, false);
  if (!json.is_discarded() && json.is_structured()) {
    exchange.expected_body = MatcherOf(json, "").dump();
  } else if (!reply.body.empty() && IsValidUtf8(reply.body) && reply.body.size() < 400) {
    exchange.expected_body = MatcherOf(OrderedJson(reply.body), "").dump();
  }
  for (const auto& [value, seen] : seen_) {
    if (seen.used)
      exchange.expected_body =
          ReplaceAll(std::move(exchange.expected_body), value, "${" + seen.name + "}");
  }
  exchanges_.push_back(std::move(exchange));
  const auto body = ParseJson(reply.body);
  if (body.ok()) Remember(*body, "$", "");
}

std::string Recording::Text() const {
  const MutexLock lock(mutex_);
  std::string text =
      "# Recorded by `offstage start --record`. Give it a name, and take out what does not "
      "matter.\n"
      "suite: recorded\n";
  if (!data_.empty() || !users_.empty()) text += "given:\n";
  if (!data_.empty()) {
    std::vector<std::string> files;
    for (const auto& data : data_) {
      std::error_code failure;
      const auto near = std::filesystem::relative(data, file_.parent_path(), failure);
      files.push_back(QuotedYaml(failure || near.empty() ? data.string() : near.string()));
    }
    text += fmt::format("  data: [{}]\n", Join(files, ", "));
  }
  if (!users_.empty()) text += "  users:\n";
  for (const auto& [name, user] : users_)
    text += fmt::format("    {}: {}\n", QuotedYaml(name), user);
  text += "scenarios:\n  - name: What was done\n    steps:\n";
  for (const Exchange& exchange : exchanges_) {
    static constexpr std::string_view kKeys[] = {"GET",    "POST", "PUT",    "PATCH",
                                                 "DELETE", "HEAD", "OPTIONS"};
    const bool known =
        std::find(std::begin(kKeys), std::end(kKeys), exchange.method) != std::end(kKeys);
    text += known ? fmt::format("      - {}: {}\n", ToLower(exchange.method),
                                QuotedYaml(exchange.target))
                  : fmt::format("      - request: {}\n",
                                QuotedYaml(exchange.method + " " + exchange.target));
    if (!exchange.as.empty()) text += fmt::format("        as: {}\n", exchange.as);
    if (!exchange.headers.empty()) {
      Json headers = Json::object();
      for (const auto& [name, value] : exchange.headers)
        headers[name] = value;
      text += fmt::format("        headers: {}\n", DumpJson(headers));
    }
    if (!exchange.body_key.empty())
      text += fmt::format("        {}: {}\n", exchange.body_key, exchange.body);
    text += fmt::format("        expect:\n          status: {}\n", exchange.status);
    if (!exchange.expected_body.empty())
      text += fmt::format("          body: {}\n", exchange.expected_body);
    if (!exchange.captures.empty()) text += "        capture:\n";
    for (const auto& [name, path] : exchange.captures)
      text += fmt::format("          {}: {}\n", name, path);
  }
  if (exchanges_.empty()) text += "      []\n";
  return text;
}

Status Recording::Write() const {
  std::ofstream out(file_, std::ios::binary | std::ios::trunc);
  out << Text();
  if (!out.flush()) return Fail(Error{"cannot write " + file_.string()});
  return Ok();
}

}  // namespace offstage::scenario
