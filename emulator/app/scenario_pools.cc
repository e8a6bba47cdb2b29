#include "app/scenario_pools.h"

#include <fmt/format.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "cognito/pool_client.h"

namespace offstage::app {

namespace {

using cognito::PoolClient;
using scenario::PoolRefusal;
using scenario::UserSpec;

// Long, with every class of characters that a password policy can ask for.
constexpr char kPassword[] = "Offstage-Scenario-1";
constexpr std::size_t kMaxMessages = 50;

Result<Json, PoolRefusal> AnswerOf(aws::Outcome<Json> outcome) {
  if (outcome.ok()) return std::move(outcome).value();
  return Fail(PoolRefusal{.type = outcome.error().type, .message = outcome.error().message});
}

std::string EmailFor(const std::string& name) {
  std::string local;
  for (const char c : ToLower(name))
    local.push_back((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '-');
  return local + "@example.com";
}

Json AttributeList(const UserSpec& user) {
  Json list = Json::array();
  const auto add = [&list](const std::string& name, const std::string& value) {
    list.push_back({{"Name", name}, {"Value", value}});
  };
  for (const auto& [name, value] : user.attributes.items())
    add(name, value.get<std::string>());
  if (!user.email.empty()) {
    add("email", user.email);
    add("email_verified", "true");
  }
  if (!user.phone.empty()) {
    add("phone_number", user.phone);
    add("phone_number_verified", "true");
  }
  return list;
}

}  // namespace

Result<PoolClient> LocalPools::ClientOf(const UserSpec& user) {
  return PoolClient::Choose(service_(), id_of_(user.pool), id_of_(user.client));
}

Result<PoolClient, PoolRefusal> LocalPools::ClientFor(const UserSpec& user) {
  auto client = ClientOf(user);
  if (!client.ok()) return Fail(PoolRefusal{.message = client.error().message});
  return std::move(client).value();
}

Status LocalPools::Complete(UserSpec& user) {
  OFFSTAGE_TRY(const PoolClient client, ClientOf(user));
  if (user.password.empty()) user.password = kPassword;
  const bool by_phone = client.SignsUpWith("phone_number") && !client.SignsUpWith("email");
  if (user.email.empty() && !by_phone)
    user.email = user.name.find('@') != std::string::npos ? user.name : EmailFor(user.name);
  if (!user.username.empty()) return Ok();
  if (by_phone) {
    if (user.phone.empty())
      return Fail(Error{fmt::format("user {}: this user pool wants `phone`", user.name)});
    user.username = user.phone;
  } else {
    user.username = client.SignsUpWith("email") ? user.email : user.name;
  }
  return Ok();
}

Status LocalPools::Create(UserSpec user) {
  OFFSTAGE_TRY_VOID(Complete(user));
  OFFSTAGE_TRY(const PoolClient client, ClientOf(user));
  const auto run = [&](std::string_view operation, Json request) -> Status {
    request["Username"] = user.username;
    const auto done = client.Run(operation, std::move(request));
    if (done.ok()) return Ok();
    return Fail(Error{fmt::format("given user {}: {}: {}: {}", user.name, operation,
                                  done.error().type, done.error().message)});
  };
  OFFSTAGE_TRY_VOID(run("AdminCreateUser",
                        {{"MessageAction", "SUPPRESS"}, {"UserAttributes", AttributeList(user)}}));
  OFFSTAGE_TRY_VOID(
      run("AdminSetUserPassword", {{"Password", user.password}, {"Permanent", true}}));
  for (const std::string& group : user.groups) {
    if (!client.Run("GetGroup", {{"GroupName", group}}).ok())
      OFFSTAGE_TRY_VOID(run("CreateGroup", {{"GroupName", group}}));
    OFFSTAGE_TRY_VOID(run("AdminAddUserToGroup", {{"GroupName", group}}));
  }
  if (!user.enabled) return run("AdminDisableUser", Json::object());
  return Ok();
}

Result<Json, PoolRefusal> LocalPools::SignIn(const UserSpec& user) {
  OFFSTAGE_TRY(const PoolClient client, ClientFor(user));
  return AnswerOf(client.SignIn(user.username, user.password));
}

Result<std::optional<std::string>> LocalPools::MakeToken(const scenario::TokenOrder& order) {
  OFFSTAGE_TRY(const PoolClient client, ClientOf(order.user));
  cognito::TokenOrder wanted;
  wanted.pool = client.pool_id();
  wanted.client = client.client_id();
  wanted.user = order.user.username;
  wanted.claims = order.claims;
  if (order.lifetime.count() > 0) wanted.lifetime = order.lifetime;
  using Use = scenario::TokenOrder::Use;
  wanted.use =
      order.use == Use::kAccess ? cognito::TokenOrder::Use::kAccess : cognito::TokenOrder::Use::kId;
  static_assert(static_cast<int>(scenario::TokenOrder::Flaw::kWrongSignature) ==
                static_cast<int>(cognito::TokenOrder::Flaw::kWrongSignature));
  wanted.flaw = static_cast<cognito::TokenOrder::Flaw>(order.flaw);
  OFFSTAGE_TRY(cognito::OrderedToken made, service_().MakeToken(wanted));
  if (made.made_up)
    return Fail(Error{fmt::format("the user pool has no user {}", order.user.username)});
  return std::optional<std::string>(std::move(made.token));
}

Result<Json, PoolRefusal> LocalPools::Run(const UserSpec& user, const std::string& operation,
                                          const Json& request) {
  OFFSTAGE_TRY(const PoolClient client, ClientFor(user));
  return AnswerOf(client.Run(operation, request));
}

Result<std::vector<Json>> LocalPools::Messages(const UserSpec& user) {
  std::vector<Json> list;
  OFFSTAGE_TRY(const auto messages, service_().Messages("", kMaxMessages));
  for (const cognito::Message& message : messages) {
    const bool to_user = message.destination == user.email || message.destination == user.phone ||
                         message.username == user.username;
    if (!to_user || message.destination.empty()) continue;
    list.push_back({{"medium", message.medium},
                    {"to", message.destination},
                    {"purpose", message.purpose},
                    {"subject", message.subject},
                    {"body", message.body},
                    {"code", message.code},
                    {"username", message.username},
                    {"time", ToIso8601(TimePoint(std::chrono::milliseconds(message.time)))}});
  }
  return list;
}

}  // namespace offstage::app
