#include "scenario/remote_pools.h"

#include <cstdlib>

#include "base/text.h"
#include "http/client.h"

namespace offstage::scenario {

namespace {

constexpr std::chrono::seconds kLimit{30};

std::string Variable(const std::string& name) {
  // Read before any thread of ours changes the environment, which none does.
  const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe)
  return value == nullptr ? "" : value;
}

std::string UserVariable(const std::string& user, std::string_view what) {
  std::string name = "OFFSTAGE_USER_";
  for (const char c : user) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    const bool small = c >= 'a' && c <= 'z';
    name.push_back(!letter ? '_' : small ? static_cast<char>(c - 'a' + 'A') : c);
  }
  return name + "_" + std::string(what);
}

std::string Endpoint() {
  const std::string endpoint = Variable("OFFSTAGE_COGNITO_ENDPOINT");
  if (!endpoint.empty()) return endpoint;
  std::string region = Variable("OFFSTAGE_COGNITO_REGION");
  if (region.empty()) region = Variable("AWS_REGION");
  return region.empty() ? "" : fmt::format("https://cognito-idp.{}.amazonaws.com", region);
}

Result<Json, PoolRefusal> Ask(const std::string& operation, const Json& body) {
  auto client = http::Client::ForUrl(Endpoint(), {.read_timeout = kLimit});
  if (!client.ok()) return Fail(PoolRefusal{.message = client.error().message});
  http::Request request;
  request.method = "POST";
  request.target = "/";
  request.headers.Add("Content-Type", "application/x-amz-json-1.1");
  request.headers.Add("X-Amz-Target", "AWSCognitoIdentityProviderService." + operation);
  request.body = DumpJson(body);
  const auto reply = (*client)->Send(request);
  if (!reply.ok())
    return Fail(PoolRefusal{.message = Endpoint() + " does not answer: " + reply.error().message});
  auto json = ParseJson(reply->body);
  if (!json.ok() || !json->is_object()) {
    return Fail(PoolRefusal{.message = fmt::format("{} answered {}", Endpoint(), reply->status)});
  }
  if (reply->status == 200) return *std::move(json);
  const std::string type = json->value("__type", "");
  return Fail(
      PoolRefusal{.type = type.substr(type.find('#') + 1), .message = json->value("message", "")});
}

}  // namespace

Status RemotePools::Complete(UserSpec& user) {
  if (!Variable(UserVariable(user.name, "TOKEN")).empty()) return Ok();
  const std::string username = Variable(UserVariable(user.name, "USERNAME"));
  const std::string password = Variable(UserVariable(user.name, "PASSWORD"));
  std::vector<std::string> missing;
  if (username.empty()) missing.push_back(UserVariable(user.name, "USERNAME"));
  if (password.empty()) missing.push_back(UserVariable(user.name, "PASSWORD"));
  if (Variable("OFFSTAGE_COGNITO_CLIENT_ID").empty())
    missing.emplace_back("OFFSTAGE_COGNITO_CLIENT_ID");
  if (Endpoint().empty()) missing.emplace_back("OFFSTAGE_COGNITO_REGION");
  if (!missing.empty()) {
    return Fail(Error{
        fmt::format("signing {} in needs {} in the environment", user.name, Join(missing, ", "))});
  }
  user.username = username;
  user.password = password;
  return Ok();
}

Result<Json, PoolRefusal> RemotePools::SignIn(const UserSpec& user) {
  const std::string token = Variable(UserVariable(user.name, "TOKEN"));
  if (!token.empty())
    return Json{{"AuthenticationResult", {{"IdToken", token}, {"AccessToken", token}}}};
  return Ask("InitiateAuth",
             {{"AuthFlow", "USER_PASSWORD_AUTH"},
              {"ClientId", Variable("OFFSTAGE_COGNITO_CLIENT_ID")},
              {"AuthParameters", {{"USERNAME", user.username}, {"PASSWORD", user.password}}}});
}

Result<std::optional<std::string>> RemotePools::MakeToken(const TokenOrder&) {
  return std::optional<std::string>();
}

Result<Json, PoolRefusal> RemotePools::Run(const UserSpec&, const std::string& operation,
                                           const Json&) {
  return Fail(PoolRefusal{.message = operation + " needs the inside of a deployment"});
}

Result<std::vector<Json>> RemotePools::Messages(const UserSpec&) {
  return Fail(Error{"the mailbox is not to be seen from outside"});
}

}  // namespace offstage::scenario
