#include "cognito/fixture.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "cognito/crypto/bytes.h"

namespace offstage::cognito::test {

InvokeResult FakeFunctions::Invoke(const InvokeRequest& request) {
  const auto found = functions.find(request.function);
  if (found == functions.end())
    return {.status = InvokeStatus::kNotFound, .explanation = "there is no such function"};
  Json event = *ParseJson(request.payload);
  events.push_back(event);
  return found->second(std::move(event));
}

Result<WrappedDataKey> FakeKeys::NewDataKey(const std::string& key,
                                            const std::map<std::string, std::string>& context) {
  asked_key = key;
  asked_context = context;
  if (!refusal.empty()) return Fail(Error{refusal});
  return WrappedDataKey{.plaintext = kDataKey, .ciphertext = "wrapped", .key_arn = key};
}

InvokeResult Respond(Json event, const Json& response) {
  event["response"] = response;
  return {.payload = DumpJson(event)};
}

InvokeResult Throw(const std::string& message) {
  return {.status = InvokeStatus::kFunctionError,
          .payload = DumpJson(Json{{"errorMessage", message}, {"errorType", "Error"}}),
          .function_error = "Unhandled"};
}

Pools::Pools() {
  Options options;
  options.persistence = Persistence::kInMemory;
  options.account_id = "123456789012";
  options.clock = &clock;
  options.ids = &ids;
  options.log = &log;
  options.invoker = &functions;
  options.invoke_later = [this](const InvokeRequest& request) {
    if (request.function == "missing")
      return InvokeResult{.status = InvokeStatus::kNotFound, .explanation = "no such function"};
    queued.emplace_back(request.function, *ParseJson(request.payload));
    return InvokeResult();
  };
  options.data_keys = &keys;
  options.on_message = [this](const Message& message) { messages.push_back(message); };
  auto made = Service::Create(options);
  EXPECT_TRUE(made.ok());
  service = std::move(made).value();
}

Json Pools::Ok(const std::string& operation, const Json& request) {
  const auto reply = service->Run(operation, DumpJson(request));
  EXPECT_TRUE(reply.ok()) << operation << ": " << (reply.ok() ? "" : reply.error().type) << ": "
                          << (reply.ok() ? "" : reply.error().message);
  return reply.ok() ? *ParseJson(*reply) : Json();
}

std::string Pools::Refusal(const std::string& operation, const Json& request) {
  const auto reply = service->Run(operation, DumpJson(request));
  return reply.ok() ? "" : reply.error().type + ": " + reply.error().message;
}

void Pools::Make(Json pool, Json client) {
  if (!pool.contains("PoolName")) pool["PoolName"] = "test";
  pool_id = Ok("CreateUserPool", pool)["UserPool"]["Id"];
  client["UserPoolId"] = pool_id;
  if (!client.contains("ClientName")) client["ClientName"] = "test";
  if (!client.contains("ExplicitAuthFlows")) {
    client["ExplicitAuthFlows"] = {"ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH",
                                   "ALLOW_CUSTOM_AUTH",        "ALLOW_ADMIN_USER_PASSWORD_AUTH",
                                   "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_AUTH"};
  }
  client_id = Ok("CreateUserPoolClient", client)["UserPoolClient"]["ClientId"];
}

void Pools::AddUser(const std::string& name, const Json& attributes) {
  Ok("AdminCreateUser", {{"UserPoolId", pool_id},
                         {"Username", name},
                         {"UserAttributes", attributes},
                         {"MessageAction", "SUPPRESS"}});
  Ok("AdminSetUserPassword",
     {{"UserPoolId", pool_id}, {"Username", name}, {"Password", "Passw0rd!"}, {"Permanent", true}});
}

Json Pools::PasswordRequest(const std::string& name, const std::string& password) const {
  return {{"ClientId", client_id},
          {"AuthFlow", "USER_PASSWORD_AUTH"},
          {"AuthParameters", {{"USERNAME", name}, {"PASSWORD", password}}}};
}

Json Pools::SignIn(const std::string& name, const std::string& password) {
  return Ok("InitiateAuth", PasswordRequest(name, password))["AuthenticationResult"];
}

http::Reply Pools::Get(const std::string& target, http::Headers headers) {
  http::Request request;
  request.method = "GET";
  request.target = target;
  request.headers = std::move(headers);
  auto reply = service->HandleHttp(request);
  EXPECT_TRUE(reply.has_value()) << target;
  return reply ? *std::move(reply) : http::Reply{};
}

namespace {
Json Part(const std::string& token, std::size_t index) {
  const auto parts = Split(token, '.');
  return *ParseJson(*Base64UrlDecode(parts.at(index)));
}
}  // namespace

Json Claims(const std::string& token) {
  return Part(token, 1);
}
Json Header(const std::string& token) {
  return Part(token, 0);
}

}  // namespace offstage::cognito::test
