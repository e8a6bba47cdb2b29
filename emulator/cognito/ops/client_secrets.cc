// Secrets of an app client: up to two at a time, so that one can be exchanged for another.
// docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AddUserPoolClientSecret.html
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cognito/crypto/bytes.h"
#include "cognito/errors.h"
#include "cognito/ops/ops.h"
#include "cognito/pool_config.h"

namespace offstage::cognito {

namespace {

constexpr std::size_t kMostSecrets = 2;

// {"ClientSecretId", "ClientSecretValue", "ClientSecretCreateDate"} of each, oldest first. The
// client's own is ClientSecret; further ones are kept beside it.
Json SecretRows(const Client& client) {
  Json rows = Json::array();
  const std::string first = TextAt(client.config, "ClientSecret");
  if (!first.empty()) {
    const double created =
        client.config.value("ClientSecretCreateDate", client.config.value("CreationDate", 0.0));
    rows.push_back({{"ClientSecretId",
                     fmt::format("{}--{}", client.id, static_cast<std::int64_t>(created * 1000))},
                    {"ClientSecretValue", first},
                    {"ClientSecretCreateDate", created}});
  }
  if (const Json* more = FindPath(client.config, "MoreSecrets"))
    rows.insert(rows.end(), more->begin(), more->end());
  return rows;
}

void KeepSecretRows(const Json& rows, Client& client) {
  client.config["ClientSecret"] = rows[0]["ClientSecretValue"];
  client.config["ClientSecretCreateDate"] = rows[0]["ClientSecretCreateDate"];
  client.config.erase("MoreSecrets");
  if (rows.size() > 1) client.config["MoreSecrets"] = Json::array({rows[1]});
}

aws::Outcome<Client> FindConfidential(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  OFFSTAGE_TRY(const ClientPtr client, FindClientOf(engine, *pool, request));
  if (TextAt(client->config, "ClientSecret").empty())
    return Fail(InvalidParameter("The user pool client has no client secret."));
  return *client;
}

}  // namespace

aws::Outcome<Json> AddUserPoolClientSecret(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(Client client, FindConfidential(engine, request));
  Json rows = SecretRows(client);
  if (rows.size() >= kMostSecrets) {
    return Fail(Problem("LimitExceededException",
                        "The user pool client already has the maximum number of client secrets."));
  }
  const std::string given = TextAt(request, "ClientSecret");
  const std::int64_t now = engine.NowMillis();
  Json row = {{"ClientSecretId", fmt::format("{}--{}", client.id, now)},
              {"ClientSecretValue", given.empty() ? RandomText(51, kLowerAlphanumeric) : given},
              {"ClientSecretCreateDate", ToApiTime(now)}};
  rows.push_back(row);
  KeepSecretRows(rows, client);
  OFFSTAGE_TRY_VOID(Saved(engine.store->SaveClient(client)));
  // A secret that the caller made is not shown again.
  if (!given.empty()) row.erase("ClientSecretValue");
  return Json{{"ClientSecretDescriptor", std::move(row)}};
}

aws::Outcome<Json> ListUserPoolClientSecrets(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const Client client, FindConfidential(engine, request));
  Json rows = SecretRows(client);
  for (Json& row : rows)
    row.erase("ClientSecretValue");
  return Json{{"ClientSecrets", std::move(rows)}};
}

aws::Outcome<Json> DeleteUserPoolClientSecret(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(Client client, FindConfidential(engine, request));
  Json rows = SecretRows(client);
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Json& row) {
    return row["ClientSecretId"] == request["ClientSecretId"];
  });
  if (found == rows.end()) return Fail(ResourceNotFound("Client secret does not exist."));
  if (rows.size() == 1)
    return Fail(InvalidParameter("The only client secret of a client cannot be deleted."));
  rows.erase(found);
  KeepSecretRows(rows, client);
  OFFSTAGE_TRY_VOID(Saved(engine.store->SaveClient(client)));
  return Json::object();
}

}  // namespace offstage::cognito
