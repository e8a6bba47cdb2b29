#include "cognito/pool_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "base/text.h"
#include "cognito/crypto/bytes.h"
#include "cognito/crypto/srp.h"
#include "cognito/pool_config.h"

namespace offstage::cognito {

namespace {

std::string NameOfPool(const std::string& pool_id) {
  return pool_id.substr(pool_id.find('_') + 1);
}

Error InWords(const aws::ApiError& error) {
  return {error.type + ": " + error.message};
}

Result<Service::PoolSummary> FindSummary(const Service& service, const std::string& wanted) {
  std::vector<std::string> known;
  const auto pools = service.Pools();
  for (const Service::PoolSummary& pool : pools) {
    if (pool.id == wanted || pool.name == wanted || (wanted.empty() && pools.size() == 1))
      return pool;
    known.push_back(fmt::format("{} ({})", pool.id, pool.name));
  }
  if (pools.empty()) return Fail(Error{"there is no user pool here"});
  return Fail(Error{
      wanted.empty()
          ? "there are several user pools, `pool` says which: " + Join(known, ", ")
          : fmt::format("there is no user pool {}; pools here: {}", wanted, Join(known, ", "))});
}

// Milliseconds do not matter, words do: "Wed Nov 25 12:00:00 UTC 2026".
std::string SrpTimestamp() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[64];
  const std::size_t length = std::strftime(text, sizeof(text), "%a %b %e %H:%M:%S UTC %Y", &parts);
  return {text, length};
}

}  // namespace

Result<PoolClient> PoolClient::Choose(Service& service, const std::string& pool,
                                      const std::string& client) {
  OFFSTAGE_TRY(const Service::PoolSummary summary, FindSummary(service, pool));
  PoolClient chosen(service);
  chosen.pool_id_ = summary.id;
  const auto described =
      service.Run("DescribeUserPool", DumpJson(Json{{"UserPoolId", summary.id}}));
  if (!described.ok()) return Fail(InWords(described.error()));
  OFFSTAGE_TRY(const Json pool_json, ParseJson(*described));
  chosen.username_attributes_ = ListAt(pool_json.at("UserPool"), "UsernameAttributes");
  bool found = false;
  for (const std::string& id : summary.clients) {
    const auto reply = service.Run("DescribeUserPoolClient",
                                   DumpJson(Json{{"UserPoolId", summary.id}, {"ClientId", id}}));
    if (!reply.ok()) return Fail(InWords(reply.error()));
    OFFSTAGE_TRY(const Json json, ParseJson(*reply));
    const Json& config = json.at("UserPoolClient");
    const bool named = id == client || TextAt(config, "ClientName") == client;
    const std::string secret = TextAt(config, "ClientSecret");
    const bool better = client.empty() && (!found || (!chosen.secret_.empty() && secret.empty()));
    if (!named && !better) continue;
    found = true;
    chosen.client_id_ = id;
    chosen.secret_ = secret;
    chosen.config_ = config;
  }
  if (found) return chosen;
  return Fail(Error{client.empty() ? fmt::format("the user pool {} has no app client", summary.id)
                                   : fmt::format("the user pool {} has no app client {}; it has {}",
                                                 summary.id, client, Join(summary.clients, ", "))});
}

bool PoolClient::SignsUpWith(std::string_view attribute) const {
  return std::find(username_attributes_.begin(), username_attributes_.end(), attribute) !=
         username_attributes_.end();
}

std::string PoolClient::SecretHash(const std::string& username) const {
  return Base64Encode(HmacSha256(secret_, username + client_id_));
}

aws::Outcome<Json> PoolClient::Run(std::string_view operation, Json request) const {
  // The service lets members through that an operation does not have.
  if (!request.contains("UserPoolId")) request["UserPoolId"] = pool_id_;
  if (!request.contains("ClientId")) request["ClientId"] = client_id_;
  if (!secret_.empty() && request.contains("Username") && !request.contains("SecretHash"))
    request["SecretHash"] = SecretHash(TextAt(request, "Username"));
  OFFSTAGE_TRY(const std::string reply, service_->Run(operation, DumpJson(request)));
  OFFSTAGE_TRY_INTERNAL(Json json, ParseJson(reply));
  return json;
}

aws::Outcome<Json> PoolClient::SignIn(const std::string& username,
                                      const std::string& password) const {
  const Client client{.id = client_id_, .pool_id = pool_id_, .config = config_};
  const bool plain = AllowsFlow(client, "USER_PASSWORD_AUTH");
  if (!plain && AllowsFlow(client, "USER_SRP_AUTH")) return SignInBySrp(username, password);
  Json parameters = {{"USERNAME", username}, {"PASSWORD", password}};
  if (!secret_.empty()) parameters["SECRET_HASH"] = SecretHash(username);
  return Run(plain ? "InitiateAuth" : "AdminInitiateAuth",
             {{"AuthFlow", plain ? "USER_PASSWORD_AUTH" : "ADMIN_USER_PASSWORD_AUTH"},
              {"AuthParameters", std::move(parameters)}});
}

aws::Outcome<Json> PoolClient::SignInBySrp(const std::string& username,
                                           const std::string& password) const {
  const SrpClient srp = StartSrpClient();
  Json parameters = {{"USERNAME", username}, {"SRP_A", srp.public_a}};
  if (!secret_.empty()) parameters["SECRET_HASH"] = SecretHash(username);
  OFFSTAGE_TRY(const Json challenge,
               Run("InitiateAuth",
                   {{"AuthFlow", "USER_SRP_AUTH"}, {"AuthParameters", std::move(parameters)}}));
  const Json& given = challenge.at("ChallengeParameters");
  const std::string id = TextAt(given, "USER_ID_FOR_SRP");
  const std::string block = TextAt(given, "SECRET_BLOCK");
  const auto key = SrpClientKey(srp, {TextAt(given, "SALT"), TextAt(given, "SRP_B")},
                                NameOfPool(pool_id_), id, password);
  const auto block_bytes = Base64Decode(block);
  const std::string timestamp = SrpTimestamp();
  Json answers = {
      {"USERNAME", id},
      {"PASSWORD_CLAIM_SECRET_BLOCK", block},
      {"PASSWORD_CLAIM_SIGNATURE",
       key && block_bytes ? SrpSignature(*key, NameOfPool(pool_id_), id, *block_bytes, timestamp)
                          : ""},
      {"TIMESTAMP", timestamp}};
  if (!secret_.empty()) answers["SECRET_HASH"] = SecretHash(id);
  return Run("RespondToAuthChallenge",
             {{"ChallengeName", "PASSWORD_VERIFIER"}, {"ChallengeResponses", std::move(answers)}});
}

}  // namespace offstage::cognito
