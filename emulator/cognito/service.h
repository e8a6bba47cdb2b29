// Cognito user pools of one deployment: the API of cognito-idp, tokens, triggers and a mailbox in
// place of e-mail and SMS. State lives in one SQLite file (tables cognito_*).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/service.h"
#include "base/result.h"
#include "cognito/options.h"
#include "interfaces/token_verifier.h"

namespace offstage::cognito {

struct Engine;
struct StoreSnapshot;

// A pool and what belongs to it, as a template has them: request members of the Create operations,
// under the physical ids that the stack gave. Ids that exist are brought up to date; users stay.
struct PoolDefinition {
  std::string id = {};
  // CreateUserPool's members.
  Json members = Json::object();
};
struct ClientDefinition {
  std::string id = {};
  std::string pool_id = {};
  // What Fn::GetAtt ClientSecret gives; used when the client has one.
  std::string secret = {};
  Json members = Json::object();
};
// Of kind "group", "resource_server", "domain", "user" or "membership" (of a user in a group): the
// creating operation's members, with UserPoolId.
struct ThingDefinition {
  std::string kind = {};
  Json members = Json::object();
};

// What `offstage token` asks for.
struct TokenOrder {
  // Pool id, or empty when there is one pool only; likewise the client.
  std::string pool = {};
  std::string client = {};
  // An existing user's name or alias; else one is made up under this name, and not stored.
  std::string user = {};
  std::vector<std::string> groups = {};
  Json claims = Json::object();
  std::chrono::seconds lifetime{3600};
  enum class Use { kId, kAccess } use = Use::kId;
  enum class Flaw { kNone, kExpired, kWrongIssuer, kWrongSignature } flaw = Flaw::kNone;
};
struct OrderedToken {
  std::string token = {};
  std::string pool = {};
  std::string client = {};
  std::string username = {};
  bool made_up = false;
  // Seconds since the epoch.
  std::int64_t expires = 0;
};

// Pools, clients and users of one moment. Used with the service that made it, one call at a time.
class SavedPools {
 public:
  explicit SavedPools(std::unique_ptr<StoreSnapshot> taken);
  ~SavedPools();
  const StoreSnapshot& snapshot() const { return *snapshot_; }

 private:
  std::unique_ptr<StoreSnapshot> snapshot_;
};

// Thread-safe.
class Service : public aws::JsonService {
 public:
  // Opens or creates the database. Fails with the path and the reason.
  static Result<std::unique_ptr<Service>> Create(const Options& options);
  ~Service() override;

  aws::Outcome<std::string> Execute(const aws::Call& call, aws::CallFacts& facts) override;
  bool SendsErrorHeaders() const override { return true; }
  std::string_view ErrorTypePrefix(std::string_view) const override { return {}; }
  std::string_view ContentType() const override { return "application/x-amz-json-1.1"; }

  // Runs an operation by name with a JSON request, as a client with credentials would.
  aws::Outcome<std::string> Run(std::string_view operation, std::string_view request);
  // Names of all operations that Execute answers, sorted.
  static std::vector<std::string> OperationNames();

  // Everything that is plain HTTP on the AWS endpoint: .well-known documents, the mailbox, the
  // sign-in pages and OAuth 2.0 endpoints. Null: not for us.
  std::optional<http::Reply> HandleHttp(const http::Request& request);

  // Each fails with the service's own words for a definition that it would refuse.
  Status EnsurePool(const PoolDefinition& definition);
  Status EnsureClient(const ClientDefinition& definition);
  Status EnsureThing(const ThingDefinition& definition);

  // Where the AWS endpoint listens: the local issuer's address.
  void SetEndpoint(std::string url);
  TokenVerifier& verifier();

  Result<OrderedToken> MakeToken(const TokenOrder& order);

  // Keeps all there is, mailbox included, and brings it back; sign-ins under way end. Tokens that
  // were issued in between stay signed by the pools' keys, but their users are gone.
  Result<std::unique_ptr<SavedPools>> Save();
  Status Restore(const SavedPools& saved);

  // The newest messages first, at most `limit`; `to`: a destination or user name, or empty.
  Result<std::vector<Message>> Messages(const std::string& to, std::size_t limit);

  struct PoolSummary {
    std::string id;
    std::string name;
    std::vector<std::string> clients;
    std::vector<std::string> domains;
  };
  std::vector<PoolSummary> Pools() const;

 private:
  explicit Service(std::unique_ptr<Engine> engine);
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<TokenVerifier> verifier_;
};

}  // namespace offstage::cognito
