#include "app/scenario_target.h"

#include <fmt/format.h>

#include <thread>

#include "app/route_table.h"
#include "base/json.h"
#include "base/text.h"

namespace offstage::app {

namespace {

// API Gateway gives up after 29 or 30 s; what is not answered then never will be.
constexpr std::chrono::seconds kAnswerLimit{40};
// What a scenario left running may take this long to end before its processes are given up.
constexpr std::chrono::seconds kPatience{3};
constexpr std::size_t kMaxSaved = 64;

// A plain JSON object's attributes, typed: {"a": 1} gives {"a": {"N": "1"}}.
Result<Json> Typed(const Json& plain) {
  if (!plain.is_object()) return Fail(Error{"expected a map of attributes"});
  OFFSTAGE_TRY(const auto parsed, ParseSeed(DumpJson(Json{{"T", Json::array({plain})}}), "item"));
  return ParseJson(parsed.front().items.front());
}

// All that decides what `given` makes of a user.
std::string KeyOf(const scenario::UserSpec& user) {
  return DumpJson(Json{user.name, user.username, user.email, user.phone, user.password,
                       user.attributes, user.groups, user.enabled, user.pool, user.client}) +
         "\n";
}

std::string KeyOf(const templates::SsmParameters& parameters) {
  if (parameters.empty()) return {};
  Json json = Json::object();
  for (const auto& [name, parameter] : parameters)
    json[name] = Json{parameter.type, parameter.value};
  return DumpJson(json) + "\n";
}

Result<Json> Plain(const Json& typed) {
  return ParseJson(ToPlainJson(DumpJson(typed)));
}

}  // namespace

void Recorder::Record(Span span) {
  const MutexLock lock(mutex_);
  record_.spans.push_back(std::move(span));
}

void Recorder::Write(const HandlerLine& line) {
  const MutexLock lock(mutex_);
  record_.lines.push_back({.function = std::string(line.function),
                           .request_id = std::string(line.request_id),
                           .text = std::string(line.text),
                           .platform = line.origin == HandlerLine::Origin::kPlatform});
}

scenario::Record Recorder::Take() {
  const MutexLock lock(mutex_);
  return std::exchange(record_, {});
}

Result<std::unique_ptr<LocalTarget>> LocalTarget::Start(templates::Stack stack,
                                                        DeploymentOptions options, Log& log,
                                                        StackSource source) {
  std::unique_ptr<LocalTarget> target(new LocalTarget(log));
  target->source_ = std::move(source);
  target->plain_stack_ = stack;
  target->stack_ = std::move(stack);
  target->options_ = std::move(options);
  target->options_.aws_port = 0;
  target->options_.api_port = 0;
  target->options_.faults = &target->faults_;
  OFFSTAGE_TRY_VOID(target->StartDeployment());
  return target;
}

LocalTarget::~LocalTarget() = default;

Status LocalTarget::StartDeployment() {
  client_.reset();
  saved_.clear();
  {
    const MutexLock lock(deployment_mutex_);
    if (interrupted_) return Fail(Error{"interrupted"});
    deployment_.reset();
  }
  OFFSTAGE_TRY(auto deployment,
               Deployment::Start(stack_, nullptr, options_, {clock_, ids_, log_, recorder_}));
  {
    const MutexLock lock(deployment_mutex_);
    deployment_ = std::move(deployment);
  }
  if (deployment_->api_port() != 0) {
    client_ = std::make_unique<http::Client>("127.0.0.1", deployment_->api_port(),
                                             http::ClientOptions{.read_timeout = kAnswerLimit});
  }
  deployment_->SetParameters(parameters_);
  OFFSTAGE_TRY(saved_[""], deployment_->SaveState());
  return Ok();
}

Status LocalTarget::UseParameters(const templates::SsmParameters& given) {
  const std::string key = KeyOf(given);
  parameters_changed_ = key != parameters_key_;
  parameters_key_ = key;
  parameters_ = given;
  const auto read = [this](const auto& entry) {
    return plain_stack_.ssm_names_read.contains(entry.first);
  };
  const std::string wanted = std::any_of(given.begin(), given.end(), read) ? key : std::string();
  if (wanted == resolved_key_) {
    deployment_->SetParameters(parameters_);
    return Ok();
  }
  if (wanted.empty()) {
    stack_ = plain_stack_;
  } else {
    if (!source_) return Fail(Error{"parameters that the template reads cannot be given here"});
    OFFSTAGE_TRY(stack_, source_(given));
  }
  resolved_key_ = wanted;
  return StartDeployment();
}

void LocalTarget::Interrupt() {
  const MutexLock lock(deployment_mutex_);
  interrupted_ = true;
  if (deployment_ != nullptr) deployment_->StopFunctions();
}

Status LocalTarget::Prepare(const scenario::StartingPoint& start) {
  faults_.Clear();
  OFFSTAGE_TRY_VOID(UseParameters(start.parameters));
  deployment_->PauseEvents();
  clock_.Reset();
  OFFSTAGE_TRY_VOID(RestoreData(start));
  (void)recorder_.Take();
  if (start.clock) clock_.Set(*start.clock);
  for (const scenario::FaultRequest& fault : start.faults)
    OFFSTAGE_TRY_VOID(AddFault(fault));
  // What is given was there before: no stream tells of it.
  return deployment_->ResumeEvents();
}

Status LocalTarget::RestoreData(const scenario::StartingPoint& start) {
  std::string key;
  for (const auto& file : start.files)
    key += file.string() + "\n";
  if (!start.tables.empty()) key += DumpJson(start.tables);
  for (const scenario::UserSpec& user : start.users)
    key += KeyOf(user);
  // Triggers of the users may read them.
  key += parameters_key_;
  const bool known = saved_.contains(key);
  if (!deployment_->RestoreState(*saved_[known ? key : ""], kPatience).ok()) {
    // Something of the last scenario hangs: its processes end with the deployment.
    OFFSTAGE_TRY_VOID(StartDeployment());
    deployment_->PauseEvents();
  } else {
    if (parameters_changed_) ForgetParameters();
    if (known) return Ok();
  }
  std::vector<std::vector<SeedTable>> seeds;
  for (const auto& file : start.files) {
    OFFSTAGE_TRY(auto seed, ReadSeedFile(file));
    seeds.push_back(std::move(seed));
  }
  if (!start.tables.empty()) {
    OFFSTAGE_TRY(auto seed, ParseSeed(DumpJson(start.tables), "given.tables"));
    seeds.push_back(std::move(seed));
  }
  for (const auto& seed : seeds) {
    OFFSTAGE_TRY([[maybe_unused]] const auto counts,
                 ImportTables(deployment_->stack(), deployment_->tables(), seed));
  }
  for (const scenario::UserSpec& user : start.users)
    OFFSTAGE_TRY_VOID(pools_.Create(user));
  if (saved_.size() >= kMaxSaved) return Ok();
  OFFSTAGE_TRY(saved_[key], deployment_->SaveState());
  return Ok();
}

// Processes that have read parameters keep them, as a rule: they start anew.
void LocalTarget::ForgetParameters() {
  for (const std::string& function : deployment_->parameters().TakeReaders())
    deployment_->RetireIdle(function);
}

Result<http::Reply> LocalTarget::Send(const http::Request& request) {
  if (client_ == nullptr) return Fail(Error{"this stack has no API"});
  http::Request wire = request;
  if (wire.headers.Find("Host") == nullptr)
    wire.headers.Add("Host", fmt::format("127.0.0.1:{}", deployment_->api_port()));
  return client_->Send(wire);
}

std::string LocalTarget::PoolOrClientId(const std::string& name) const {
  for (const templates::Resource& resource : deployment_->stack().resources) {
    const bool named = resource.logical_id == name || resource.path == name;
    if (named && resource.type.starts_with("AWS::Cognito::UserPool")) return resource.physical_id;
  }
  return name;
}

Result<std::string> LocalTarget::PathOf(const std::string& api) const {
  const templates::Stack& stack = deployment_->stack();
  if (const templates::Api* found = stack.FindApi(api)) return "/_apis/" + found->api_id;
  const templates::Function* function = stack.FindFunction(api);
  if (function != nullptr && function->url) return "/_apis/" + function->url->url_id;
  return Fail(Error{fmt::format("there is no API {}", api)});
}

std::vector<Json> LocalTarget::ApiDefinitions() const {
  std::vector<Json> definitions;
  for (const templates::Api& api : stack_.apis) {
    if (api.definition.IsMap()) definitions.push_back(templates::ToJson(api.definition));
  }
  return definitions;
}

Result<InvokeResult> LocalTarget::Invoke(const std::string& function, const std::string& payload) {
  return deployment_->Invoke(function, payload);
}

Result<Json> LocalTarget::Run(std::string_view operation, const std::string& table, Json request) {
  OFFSTAGE_TRY(const std::string name,
               ResolveTable(deployment_->stack(), deployment_->tables(), table));
  request["TableName"] = name;
  const auto outcome = deployment_->tables().Run(operation, DumpJson(request));
  if (!outcome.ok()) {
    return Fail(Error{fmt::format("{} {}: {}: {}", operation, table, outcome.error().type,
                                  outcome.error().message)});
  }
  return ParseJson(*outcome);
}

Status LocalTarget::Put(const std::string& table, const Json& item) {
  OFFSTAGE_TRY(Json typed, Typed(item));
  OFFSTAGE_TRY_VOID(Run("PutItem", table, {{"Item", std::move(typed)}}));
  return Ok();
}

Result<std::optional<Json>> LocalTarget::Get(const std::string& table, const Json& key) {
  OFFSTAGE_TRY(Json typed, Typed(key));
  OFFSTAGE_TRY(const Json answer,
               Run("GetItem", table, {{"Key", std::move(typed)}, {"ConsistentRead", true}}));
  if (!answer.contains("Item")) return std::optional<Json>();
  OFFSTAGE_TRY(Json item, Plain(answer.at("Item")));
  return std::optional<Json>(std::move(item));
}

Status LocalTarget::Update(const std::string& table, const Json& key, const Json& change,
                           const std::vector<std::string>& remove) {
  OFFSTAGE_TRY(Json typed_key, Typed(key));
  Json names = Json::object();
  Json values = Json::object();
  std::vector<std::string> sets;
  std::vector<std::string> removals;
  if (change.is_object()) {
    OFFSTAGE_TRY(const Json typed, Typed(change));
    for (const auto& [name, value] : typed.items()) {
      const std::size_t i = names.size();
      names[fmt::format("#n{}", i)] = name;
      values[fmt::format(":v{}", i)] = value;
      sets.push_back(fmt::format("#n{} = :v{}", i, i));
    }
  }
  for (const std::string& name : remove) {
    const std::size_t i = names.size();
    names[fmt::format("#n{}", i)] = name;
    removals.push_back(fmt::format("#n{}", i));
  }
  std::string expression = sets.empty() ? "" : "SET " + Join(sets, ", ");
  if (!removals.empty()) expression += " REMOVE " + Join(removals, ", ");
  Json request = {{"Key", std::move(typed_key)}};
  if (!expression.empty()) request["UpdateExpression"] = expression;
  if (!names.empty()) request["ExpressionAttributeNames"] = std::move(names);
  if (!values.empty()) request["ExpressionAttributeValues"] = std::move(values);
  OFFSTAGE_TRY_VOID(Run("UpdateItem", table, std::move(request)));
  return Ok();
}

Status LocalTarget::Delete(const std::string& table, const Json& key) {
  OFFSTAGE_TRY(Json typed, Typed(key));
  OFFSTAGE_TRY_VOID(Run("DeleteItem", table, {{"Key", std::move(typed)}}));
  return Ok();
}

Result<std::vector<Json>> LocalTarget::ReadAll(std::string_view operation, const std::string& table,
                                               Json request) {
  std::vector<Json> items;
  while (true) {
    OFFSTAGE_TRY(const Json page, Run(operation, table, request));
    for (const Json& typed : page.value("Items", Json::array())) {
      OFFSTAGE_TRY(Json item, Plain(typed));
      items.push_back(std::move(item));
    }
    if (!page.contains("LastEvaluatedKey")) return items;
    request["ExclusiveStartKey"] = page.at("LastEvaluatedKey");
  }
}

Result<std::vector<Json>> LocalTarget::Query(const std::string& table, const std::string& index,
                                             const Json& where) {
  OFFSTAGE_TRY(const Json typed, Typed(where));
  Json request = Json::object();
  std::vector<std::string> conditions;
  for (const auto& [name, value] : typed.items()) {
    const std::size_t i = conditions.size();
    request["ExpressionAttributeNames"][fmt::format("#n{}", i)] = name;
    request["ExpressionAttributeValues"][fmt::format(":v{}", i)] = value;
    conditions.push_back(fmt::format("#n{} = :v{}", i, i));
  }
  request["KeyConditionExpression"] = Join(conditions, " AND ");
  if (!index.empty()) request["IndexName"] = index;
  return ReadAll("Query", table, std::move(request));
}

Result<std::vector<Json>> LocalTarget::Scan(const std::string& table, const std::string& index) {
  Json request = Json::object();
  if (!index.empty()) request["IndexName"] = index;
  return ReadAll("Scan", table, std::move(request));
}

// Nothing is in flight when a look at everything finds nothing, and nothing began meanwhile.
std::vector<std::string> LocalTarget::Settle(std::chrono::milliseconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  events::Service& events = deployment_->events();
  while (true) {
    events.Wake();
    const std::int64_t begun = events.Begun();
    const bool idle = deployment_->CurrentActivity().in_flight == 0;
    std::vector<std::string> pending = events.Pending();
    const lambda::Activity activity = deployment_->CurrentActivity();
    if (idle && pending.empty() && activity.in_flight == 0 && events.Begun() == begun) return {};
    if (std::chrono::steady_clock::now() >= end) return Describe(activity, std::move(pending));
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

std::vector<std::string> LocalTarget::Describe(const lambda::Activity& activity,
                                               std::vector<std::string> pending) const {
  if (activity.in_flight > 0) {
    pending.push_back(fmt::format("{} invocations, {} of them asynchronous", activity.in_flight,
                                  activity.asynchronous));
  }
  if (activity.next_retry) {
    const auto due =
        std::chrono::duration_cast<std::chrono::seconds>(*activity.next_retry - clock_.Now());
    pending.push_back(fmt::format("the next retry is due in {} s (`advance` moves the clock)",
                                  std::max<std::int64_t>(due.count(), 0)));
  }
  return pending;
}

Status LocalTarget::Advance(std::chrono::milliseconds by) {
  clock_.Advance(by);
  OFFSTAGE_TRY_VOID(deployment_->tables().ExpireItems());
  return Ok();
}

Status LocalTarget::ColdStart(const std::vector<std::string>& functions) {
  for (const std::string& name : functions) {
    if (name == "all") {
      deployment_->RetireIdle("");
      continue;
    }
    const templates::Function* function = deployment_->stack().FindFunction(name);
    if (function == nullptr) return Fail(Error{fmt::format("there is no function {}", name)});
    deployment_->RetireIdle(function->name);
  }
  return Ok();
}

Status LocalTarget::AddFault(const scenario::FaultRequest& request) {
  Fault fault;
  if (!request.function.empty()) {
    const templates::Function* function = deployment_->stack().FindFunction(request.function);
    if (function == nullptr)
      return Fail(Error{
          fmt::format("a fault names the function {}, which does not exist", request.function)});
    fault.function = function->name;
  }
  if (!request.table.empty()) {
    OFFSTAGE_TRY(fault.table,
                 ResolveTable(deployment_->stack(), deployment_->tables(), request.table));
  }
  fault.operation = request.operation;
  fault.nth = request.nth;
  fault.times = request.times;
  fault.latency = request.latency;
  fault.error = request.error;
  fault.message = request.message;
  fault.kill = request.kill;
  faults_.Add(std::move(fault));
  return Ok();
}

void LocalTarget::NameForPeople(Span& span) const {
  const templates::Stack& stack = deployment_->stack();
  constexpr std::string_view kLambda = "lambda ";
  if (span.name.starts_with(kLambda)) {
    if (const auto* function = stack.FindFunction(span.name.substr(kLambda.size())))
      span.name = std::string(kLambda) + function->logical_id;
  }
  std::string api;
  for (auto& [name, value] : span.attributes) {
    if (name == "api") api = value;
    if (name == "route" && value != "(no route)") value = RouteKey(stack, api, value);
    if (name == "function") {
      if (const auto* function = stack.FindFunction(value)) value = function->logical_id;
    } else if (name == "table") {
      if (const auto* table = stack.FindTable(value)) value = table->logical_id;
    }
  }
}

scenario::Record LocalTarget::TakeRecord() {
  scenario::Record record = recorder_.Take();
  for (Span& span : record.spans)
    NameForPeople(span);
  return record;
}

}  // namespace offstage::app
