#include "cognito/service.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cognito/engine.h"
#include "cognito/errors.h"
#include "cognito/hosted/hosted.h"
#include "cognito/model/shapes.h"
#include "cognito/operations.h"
#include "cognito/pool_config.h"
#include "cognito/provision.h"
#include "cognito/tokens.h"
#include "cognito/users.h"
#include "cognito/verifier.h"
#include "cognito/well_known.h"

namespace offstage::cognito {

namespace {

aws::Outcome<std::string> RunOperation(Engine& engine, std::string_view name,
                                       std::string_view body) {
  const Operation* operation = FindOperation(name);
  if (operation == nullptr) return Fail(IsOperation(name) ? NotEmulated(name) : UnknownOperation());
  const auto request = ParseJson(body.empty() ? "{}" : body);
  if (!request.ok() || !request->is_object()) return Fail(SerializationError());
  OFFSTAGE_TRY_VOID(CheckShape(name, *request));
  OFFSTAGE_TRY(const Json reply, operation->run(engine, *request));
  return DumpJson(reply);
}

Status Refusal(const aws::ApiError& error) {
  return Fail(Error{fmt::format("{}: {}", error.type, error.message)});
}

// The pool or client that a person means: the one named, or the only one.
Result<PoolPtr> ChoosePool(const Engine& engine, const std::string& id) {
  const auto pools = engine.store->Pools();
  std::vector<std::string> names;
  for (const PoolPtr& pool : pools) {
    if (pool->id == id || (id.empty() && pools.size() == 1) ||
        (!id.empty() && TextAt(pool->config, "Name") == id)) {
      return pool;
    }
    names.push_back(fmt::format("{} ({})", pool->id, TextAt(pool->config, "Name")));
  }
  if (pools.empty()) return Fail(Error{"there is no user pool here"});
  return Fail(Error{
      id.empty() ? fmt::format("there are {} user pools; choose one with --pool: {}", pools.size(),
                               Join(names, ", "))
                 : fmt::format("there is no user pool {}; pools here: {}", id, Join(names, ", "))});
}

Result<ClientPtr> ChooseClient(const Engine& engine, const Pool& pool, const std::string& id) {
  const auto clients = engine.store->Clients(pool.id);
  for (const ClientPtr& client : clients) {
    if (id.empty() || client->id == id || TextAt(client->config, "ClientName") == id) return client;
  }
  if (clients.empty())
    return Fail(Error{fmt::format("the user pool {} has no app client", pool.id)});
  return Fail(Error{fmt::format("the user pool {} has no app client {}", pool.id, id)});
}

}  // namespace

Service::Service(std::unique_ptr<Engine> engine)
    : engine_(std::move(engine)), verifier_(std::make_unique<Verifier>(*engine_)) {}
Service::~Service() = default;

Result<std::unique_ptr<Service>> Service::Create(const Options& options) {
  const std::string path =
      options.persistence == Persistence::kInMemory ? ":memory:" : options.database_file;
  OFFSTAGE_TRY(auto store, Store::Open(path));
  return std::unique_ptr<Service>(new Service(std::make_unique<Engine>(options, std::move(store))));
}

aws::Outcome<std::string> Service::Execute(const aws::Call& call, aws::CallFacts&) {
  if (!IsPublicOperation(call.operation) && IsOperation(call.operation) &&
      call.request.headers.Find("Authorization") == nullptr &&
      call.request.RawQuery().find("X-Amz-Signature=") == std::string_view::npos) {
    return Fail(MissingCredentials());
  }
  return RunOperation(*engine_, call.operation, call.body);
}

aws::Outcome<std::string> Service::Run(std::string_view operation, std::string_view request) {
  return RunOperation(*engine_, operation, request);
}

std::vector<std::string> Service::OperationNames() {
  std::vector<std::string> names;
  for (const Operation& operation : AllOperations())
    names.emplace_back(operation.name);
  return names;
}

std::optional<http::Reply> Service::HandleHttp(const http::Request& request) {
  if (auto reply = AnswerMailbox(*engine_, request)) return reply;
  if (auto reply = AnswerWellKnown(*engine_, request)) return reply;
  return AnswerHosted(*engine_, request);
}

Status Service::EnsurePool(const PoolDefinition& definition) {
  const PoolPtr old = engine_->store->FindPool(definition.id);
  const Json members = CoerceToShape("CreateUserPool", definition.members);
  if (const auto fits = CheckShape("CreateUserPool", members); !fits.ok())
    return Refusal(fits.error());
  auto pool = MakePool(*engine_, members, definition.id, old.get());
  if (!pool.ok()) return Refusal(pool.error());
  Pool changed = std::move(pool).value();
  if (old != nullptr) {
    const auto added = AddSchema(members.value("Schema", Json::array()), changed);
    if (!added.ok()) return Refusal(added.error());
  }
  return engine_->store->SavePool(changed);
}

Status Service::EnsureClient(const ClientDefinition& definition) {
  const PoolPtr pool = engine_->store->FindPool(definition.pool_id);
  if (pool == nullptr)
    return Fail(Error{fmt::format("its user pool {} is not in this stack", definition.pool_id)});
  const ClientPtr old = engine_->store->FindClient(definition.id);
  const Json members = CoerceToShape("CreateUserPoolClient", definition.members);
  if (const auto fits = CheckShape("CreateUserPoolClient", members); !fits.ok())
    return Refusal(fits.error());
  auto client = MakeClient(*engine_, *pool, members, definition.id, old.get(), definition.secret);
  if (!client.ok()) return Refusal(client.error());
  return engine_->store->SaveClient(*client);
}

Status Service::EnsureThing(const ThingDefinition& definition) {
  const std::string pool_id = TextAt(definition.members, "UserPoolId");
  const PoolPtr pool = engine_->store->FindPool(pool_id);
  if (pool == nullptr)
    return Fail(Error{fmt::format("its user pool {} is not in this stack", pool_id)});
  std::string_view operation = "CreateGroup";
  if (definition.kind == "resource_server") operation = "CreateResourceServer";
  if (definition.kind == "domain") operation = "CreateUserPoolDomain";
  if (definition.kind == "user") operation = "AdminCreateUser";
  if (definition.kind == "membership") operation = "AdminAddUserToGroup";
  // What is there already: groups and servers are brought up to date, users and domains stay.
  if (definition.kind == "group") {
    OFFSTAGE_TRY(const auto there, engine_->store->FindThing(
                                       "group", pool_id, TextAt(definition.members, "GroupName")));
    if (there) operation = "UpdateGroup";
  } else if (definition.kind == "resource_server") {
    OFFSTAGE_TRY(const auto there,
                 engine_->store->FindThing("resource_server", pool_id,
                                           TextAt(definition.members, "Identifier")));
    if (there) operation = "UpdateResourceServer";
  } else if (definition.kind == "domain") {
    OFFSTAGE_TRY(const auto there, engine_->store->FindThing("domain", pool_id,
                                                             TextAt(definition.members, "Domain")));
    if (there) return Ok();
  } else if (definition.kind == "user") {
    OFFSTAGE_TRY(const auto there,
                 engine_->store->FindUser(*pool, TextAt(definition.members, "Username")));
    if (there) return Ok();
  }
  const auto done = Run(operation, DumpJson(CoerceToShape(operation, definition.members)));
  return done.ok() ? Status(Ok()) : Refusal(done.error());
}

void Service::SetEndpoint(std::string url) {
  engine_->set_endpoint(std::move(url));
}

TokenVerifier& Service::verifier() {
  return *verifier_;
}

Result<OrderedToken> Service::MakeToken(const TokenOrder& order) {
  OFFSTAGE_TRY(const PoolPtr pool, ChoosePool(*engine_, order.pool));
  OFFSTAGE_TRY(const ClientPtr client, ChooseClient(*engine_, *pool, order.client));
  OFFSTAGE_TRY(auto found, engine_->store->FindUser(*pool, order.user));
  OrderedToken made{.pool = pool->id, .client = client->id, .made_up = !found};
  User user;
  if (found) {
    user = *found;
  } else {
    user.pool_id = pool->id;
    user.username = order.user.empty() ? "offstage-user" : order.user;
    user.attributes["sub"] = engine_->options.ids->Uuid();
    if (LooksLikeEmail(user.username)) {
      user.attributes["email"] = user.username;
      user.attributes["email_verified"] = "true";
      if (UsesAttributesAsUsername(*pool)) user.username = user.attributes["sub"];
    }
  }
  made.username = user.username;
  const MadeToken wanted{
      .use = order.use == TokenOrder::Use::kAccess ? MadeToken::Use::kAccess : MadeToken::Use::kId,
      .claims = order.claims,
      .groups = order.groups,
      .lifetime = order.lifetime,
      .flaw = static_cast<MadeToken::Flaw>(order.flaw)};
  OFFSTAGE_TRY(made.token, cognito::MakeToken(*engine_, *pool, *client, user, wanted));
  made.expires = engine_->NowSeconds() + order.lifetime.count();
  return made;
}

std::vector<Service::PoolSummary> Service::Pools() const {
  std::vector<PoolSummary> pools;
  for (const PoolPtr& pool : engine_->store->Pools()) {
    PoolSummary summary{
        .id = pool->id, .name = TextAt(pool->config, "Name"), .clients = {}, .domains = {}};
    for (const ClientPtr& client : engine_->store->Clients(pool->id))
      summary.clients.push_back(client->id);
    const auto domains = engine_->store->Things("domain", pool->id);
    for (const Json& domain : domains.ok() ? *domains : std::vector<Json>())
      summary.domains.push_back(TextAt(domain, "Domain"));
    pools.push_back(std::move(summary));
  }
  return pools;
}

SavedPools::SavedPools(std::unique_ptr<StoreSnapshot> taken) : snapshot_(std::move(taken)) {}
SavedPools::~SavedPools() = default;

Result<std::unique_ptr<SavedPools>> Service::Save() {
  OFFSTAGE_TRY(auto snapshot, engine_->store->TakeSnapshot());
  return std::make_unique<SavedPools>(std::move(snapshot));
}

Status Service::Restore(const SavedPools& saved) {
  engine_->sessions.Clear();
  engine_->hosted.Clear();
  engine_->attempts.Clear();
  return engine_->store->Restore(saved.snapshot());
}

Result<std::vector<Message>> Service::Messages(const std::string& to, std::size_t limit) {
  return engine_->store->Messages(to, limit);
}

}  // namespace offstage::cognito
