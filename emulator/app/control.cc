#include "app/control.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "app/deployment.h"
#include "base/json.h"
#include "base/text.h"
#include "http/client.h"

namespace offstage::app {

namespace {

constexpr std::string_view kPrefix = "/_offstage/";
constexpr char kHeader[] = "x-offstage-control";

http::Reply Answer(const Json& json, int status = 200) {
  return {
      .status = status, .headers = {{"Content-Type", "application/json"}}, .body = DumpJson(json)};
}

http::Reply Refuse(const std::string& message) {
  return Answer({{"message", message}}, 400);
}

http::Reply HandleInvoke(Deployment& deployment, const Json& request) {
  const auto result =
      deployment.Invoke(request.value("function", ""), request.value("payload", "{}"));
  if (!result.ok()) return Refuse(result.error().message);
  return Answer({{"status", static_cast<int>(result->status)},
                 {"payload", result->payload},
                 {"function_error", result->function_error},
                 {"explanation", result->explanation}});
}

http::Reply HandleImport(Deployment& deployment, const Json& request) {
  std::vector<SeedTable> seed;
  for (const Json& table : request.value("tables", Json::array())) {
    seed.push_back({.table = table.value("table", ""),
                    .items = table.value("items", std::vector<std::string>())});
  }
  const auto counts = ImportTables(deployment.stack(), deployment.tables(), seed);
  if (!counts.ok()) return Refuse(counts.error().message);
  Json answer = Json::array();
  for (const ImportCount& count : *counts)
    answer.push_back({{"table", count.table}, {"items", count.items}});
  return Answer(answer);
}

http::Reply HandleExport(Deployment& deployment, const Json& request) {
  std::ostringstream out;
  const auto format =
      request.value("dynamodb_json", false) ? DataFormat::kDynamoDbJson : DataFormat::kPlainJson;
  const auto done = ExportTables(deployment.stack(), deployment.tables(),
                                 request.value("tables", std::vector<std::string>()), format, out);
  if (!done.ok()) return Refuse(done.error().message);
  return {.headers = {{"Content-Type", "application/json"}}, .body = out.str()};
}

http::Reply HandleReset(Deployment& deployment) {
  const auto done = deployment.tables().Reset();
  return done.ok() ? Answer(Json::object()) : Refuse(done.error().message);
}

Json ToJson(const cognito::OrderedToken& made) {
  return {{"token", made.token},       {"user_pool_id", made.pool}, {"client_id", made.client},
          {"username", made.username}, {"made_up", made.made_up},   {"expires", made.expires}};
}

http::Reply HandleToken(Deployment& deployment, const Json& request) {
  cognito::TokenOrder order;
  order.pool = request.value("pool", "");
  order.client = request.value("client", "");
  order.user = request.value("user", "");
  order.groups = request.value("groups", std::vector<std::string>());
  order.claims = request.value("claims", Json::object());
  order.lifetime = std::chrono::seconds(request.value("lifetime", std::int64_t{3600}));
  order.use = request.value("access", false) ? cognito::TokenOrder::Use::kAccess
                                             : cognito::TokenOrder::Use::kId;
  order.flaw = static_cast<cognito::TokenOrder::Flaw>(request.value("flaw", 0));
  const auto made = deployment.pools().MakeToken(order);
  return made.ok() ? Answer(ToJson(*made)) : Refuse(made.error().message);
}

http::Reply Route(Deployment& deployment, std::string_view path, const Json& request) {
  if (path == "invoke") return HandleInvoke(deployment, request);
  if (path == "data/import") return HandleImport(deployment, request);
  if (path == "data/export") return HandleExport(deployment, request);
  if (path == "data/reset") return HandleReset(deployment);
  if (path == "token") return HandleToken(deployment, request);
  return Refuse(fmt::format("offstage has no control path {}", path));
}

}  // namespace

std::optional<http::Reply> HandleControl(Deployment& deployment, const http::Request& request) {
  const std::string_view path = request.RawPath();
  if (path.rfind(kPrefix, 0) != 0) return std::nullopt;
  if (request.method != "POST" || request.headers.Find(kHeader) == nullptr) {
    return Answer({{"message", "control paths take POST with the header x-offstage-control"}}, 403);
  }
  const auto json = ParseJson(request.body);
  if (!json.ok() || !json->is_object()) return Refuse("the body must be a JSON object");
  try {
    return Route(deployment, path.substr(kPrefix.size()), *json);
  } catch (const Json::exception& wrong_type) {
    return Refuse(wrong_type.what());
  }
}

Result<std::string> RemoteControl::Post(const std::string& path, std::string body) const {
  http::Client client("127.0.0.1", running_.aws_port);
  http::Request request;
  request.method = "POST";
  request.target = std::string(kPrefix) + path;
  request.headers = {{"Content-Type", "application/json"}, {kHeader, "1"}};
  request.body = std::move(body);
  OFFSTAGE_TRY(http::Reply reply, client.Send(request));
  if (reply.status == 200) return std::move(reply.body);
  const auto json = ParseJson(reply.body);
  if (json.ok() && json->is_object() && json->contains("message"))
    return Fail(Error{json->value("message", "")});
  return Fail(Error{
      fmt::format("the running emulator (process {}) answered {}", running_.pid, reply.status)});
}

Result<InvokeResult> RemoteControl::Invoke(const std::string& function,
                                           const std::string& payload) const {
  OFFSTAGE_TRY(const std::string body,
               Post("invoke", DumpJson(Json{{"function", function}, {"payload", payload}})));
  OFFSTAGE_TRY(const Json json, ParseJson(body));
  InvokeResult result;
  result.status = static_cast<InvokeStatus>(json.value("status", 0));
  result.payload = json.value("payload", "");
  result.function_error = json.value("function_error", "");
  result.explanation = json.value("explanation", "");
  return result;
}

Result<std::vector<ImportCount>> RemoteControl::Import(const std::vector<SeedTable>& seed) const {
  Json tables = Json::array();
  for (const SeedTable& table : seed)
    tables.push_back({{"table", table.table}, {"items", table.items}});
  OFFSTAGE_TRY(const std::string body, Post("data/import", DumpJson(Json{{"tables", tables}})));
  OFFSTAGE_TRY(const Json json, ParseJson(body));
  std::vector<ImportCount> counts;
  for (const Json& count : json) {
    counts.push_back(
        {.table = count.value("table", ""), .items = count.value("items", std::size_t{0})});
  }
  return counts;
}

Status RemoteControl::Export(const std::vector<std::string>& tables, DataFormat format,
                             std::ostream& out) const {
  const Json request = {{"tables", tables}, {"dynamodb_json", format == DataFormat::kDynamoDbJson}};
  OFFSTAGE_TRY(const std::string body, Post("data/export", DumpJson(request)));
  out << body;
  return Ok();
}

Status RemoteControl::Reset() const {
  OFFSTAGE_TRY_VOID(Post("data/reset", "{}"));
  return Ok();
}

Result<cognito::OrderedToken> RemoteControl::MakeToken(const cognito::TokenOrder& order) const {
  const Json request = {{"pool", order.pool},
                        {"client", order.client},
                        {"user", order.user},
                        {"groups", order.groups},
                        {"claims", order.claims},
                        {"lifetime", order.lifetime.count()},
                        {"access", order.use == cognito::TokenOrder::Use::kAccess},
                        {"flaw", static_cast<int>(order.flaw)}};
  OFFSTAGE_TRY(const std::string body, Post("token", DumpJson(request)));
  OFFSTAGE_TRY(const Json json, ParseJson(body));
  return cognito::OrderedToken{.token = json.value("token", ""),
                               .pool = json.value("user_pool_id", ""),
                               .client = json.value("client_id", ""),
                               .username = json.value("username", ""),
                               .made_up = json.value("made_up", false),
                               .expires = json.value("expires", std::int64_t{0})};
}

}  // namespace offstage::app
