#include "app/deployment.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>
#include <thread>

#include "app/aws_caller.h"
#include "app/control.h"
#include "app/expiry.h"
#include "app/jwks_verifier.h"
#include "app/provision/apis.h"
#include "app/provision/event_sources.h"
#include "app/provision/functions.h"
#include "app/provision/keys.h"
#include "app/provision/parameters.h"
#include "app/stream_reader.h"
#include "app/user_pools.h"
#include "aws/dispatcher.h"
#include "base/text.h"
#include "base/work_folder.h"
#include "http/server.h"
#include "http/tls_front.h"
#include "lambda/lambda.h"
#include "streams/service.h"

namespace offstage::app {

namespace fs = std::filesystem;

namespace {

// API Gateway takes 10 MB; a little more reaches the gateway, so that it can refuse as the service
// does.
constexpr std::size_t kMaxApiBody = 12 * 1024 * 1024;

// Of the Lambda API: each operation's path begins with the date of its version.
constexpr const char* kLambdaPaths[] = {"/2015-03-31/functions",        "/2014-11-13/functions",
                                        "/2016-08-19/account-settings", "/2019-09-25/functions",
                                        "/2019-09-30/functions",        "/2021-11-15/functions"};

std::string NoSuchFunction(const templates::Stack& stack, const std::string& name) {
  std::vector<std::string> names;
  for (const templates::Function& known : stack.functions)
    names.push_back(known.path);
  return fmt::format("there is no function {}; functions here: {}", name,
                     names.empty() ? "none" : Join(names, ", "));
}

// Handler output under the name that people know.
class NamedOutput : public lambda::FunctionOutput {
 public:
  NamedOutput(const templates::Stack& stack, Observer& observer)
      : stack_(stack), observer_(observer) {}

  void Write(const lambda::OutputLine& line) override {
    const templates::Function* function = stack_.FindFunction(line.function);
    const bool handler = line.origin == lambda::OutputLine::Origin::kHandler;
    observer_.Write(
        {.function = function == nullptr ? line.function : std::string_view(function->logical_id),
         .request_id = line.request_id,
         .text = line.text,
         .origin = handler ? HandlerLine::Origin::kHandler : HandlerLine::Origin::kPlatform});
  }

 private:
  const templates::Stack& stack_;
  Observer& observer_;
};

}  // namespace

class Deployment::Impl {
 public:
  Impl(templates::Stack stack, const DeploymentOptions& options, const DeploymentContext& context)
      : stack_(std::move(stack)),
        options_(options),
        context_(context),
        aws_caller_(stack_.region),
        parameters_({.region = stack_.region,
                     .account_id = stack_.account_id,
                     .partition = stack_.partition}),
        output_(stack_, context.requests) {}

  ~Impl() {
    // Handlers first: their ends wake the server threads that wait for them.
    if (events_) events_->RequestStop();
    if (functions_) functions_->Stop();
    events_.reset();
    tls_front_.reset();
    api_server_.reset();
    ready_ = false;
    aws_server_.reset();
  }

  Status Start(Deployment& self, StateFolder* state) {
    OFFSTAGE_TRY(work_folder_, WorkFolder::Make(WorkFolder::Place::kHiddenFromHandlers));
    OFFSTAGE_TRY_VOID(options_.dynamodb_endpoint.empty() ? OpenOwnTables(state)
                                                         : OpenOtherEngine(state));
    OFFSTAGE_TRY_VOID(CreateFunctions(state));
    OFFSTAGE_TRY(keys_, OpenKeys(stack_, state == nullptr ? fs::path() : state->database(),
                                 {context_.clock, context_.ids, context_.log}));
    OFFSTAGE_TRY_VOID(OpenPools(state));
    OFFSTAGE_TRY_VOID(CreateGateway());
    CreateEvents(state);
    dispatcher_ = std::make_unique<aws::Dispatcher>(aws::DispatcherOptions{.region = stack_.region},
                                                    context_.ids, context_.log, context_.requests,
                                                    functions_.get());
    if (options_.faults != nullptr) {
      faulty_tables_ = std::make_unique<FaultyService>(*tables_, *options_.faults, *functions_);
    }
    aws::JsonService& tables = *tables_;
    dispatcher_->AddJsonService("dynamodb", "DynamoDB_20120810",
                                faulty_tables_ != nullptr ? *faulty_tables_ : tables);
    dispatcher_->AddJsonService("dynamodbstreams", "DynamoDBStreams_20120810", *streams_);
    dispatcher_->AddJsonService("cognito-idp", "AWSCognitoIdentityProviderService", *pools_);
    SetParameters({});
    dispatcher_->AddJsonService("ssm", "AmazonSSM", parameters_);
    dispatcher_->AddJsonService("kms", "TrentService", *keys_);
    for (const char* path : kLambdaPaths)
      dispatcher_->AddRestService("lambda", path, *functions_);
    aws_caller_.Attach(*dispatcher_);
    OFFSTAGE_TRY_VOID(StartServers(self));
    OFFSTAGE_TRY_VOID(StartTls());
    functions_->SetAwsEndpoint(aws_server_->url());
    pools_->SetEndpoint(aws_server_->url());
    ready_ = true;
    functions_->StartWarming(options_.warm_up);
    // `invoke` runs one function and ends; the next start goes on with streams and schedules.
    return options_.api_port ? events_->Start() : Status(Ok());
  }

  const templates::Stack& stack() const { return stack_; }
  dynamodb::TableService& tables() { return *tables_; }
  cognito::Service& pools() { return *pools_; }
  const http::Server* api_server() const { return api_server_.get(); }
  const http::Server& aws_server() const { return *aws_server_; }
  // Null when the stack has no API.
  const gateway::Gateway* gateway() const { return gateway_.get(); }
  lambda::Service& functions() { return *functions_; }
  events::Service& events() { return *events_; }
  ssm::Service& parameters() { return parameters_; }
  kms::Service& keys() { return *keys_; }
  void SetParameters(const templates::SsmParameters& given) {
    parameters_.parameters().Replace(
        ToParameters(stack_, given, context_.clock.Now(), context_.log));
  }
  int https_port() const { return tls_front_->port(); }
  const fs::path& certificates() const { return certificates_; }

  // A port in use is named with the option that changes it.
  static Error WithOption(Error error, const char* option) {
    error.message += fmt::format(" (option {})", option);
    return error;
  }

 private:
  Status OpenOwnTables(StateFolder* state) {
    auto streams = std::make_unique<streams::Service>(streams::Options{
        .account = {.region = stack_.region, .id = stack_.account_id}, .clock = &context_.clock});
    streams::Service& sink = *streams;
    streams_ = std::move(streams);
    OFFSTAGE_TRY(auto tables, OpenTables(stack_, state == nullptr ? fs::path() : state->database(),
                                         {context_.clock, context_.ids, context_.log, &sink,
                                          options_.table_modes}));
    OFFSTAGE_TRY_VOID(sink.Attach(*tables));
    stream_reader_ = std::make_unique<StreamReader>(sink, *tables);
    tables_ = std::move(tables);
    expiry_ = std::make_unique<Expiry>(*tables_, context_.log);
    return Ok();
  }

  Status OpenOtherEngine(StateFolder* state) {
    OFFSTAGE_TRY(endpoint_,
                 dynamodb::RemoteEndpoint::Create(options_.dynamodb_endpoint,
                                                  aws::IdentityFromEnvironment(), system_clock_));
    streams_ = std::make_unique<dynamodb::RemoteStreams>(*endpoint_);
    using AtEnd = dynamodb::RemoteOptions::AtEnd;
    OFFSTAGE_TRY(tables_,
                 OpenRemoteTables(stack_, *endpoint_,
                                  state == nullptr ? AtEnd::kDelete : AtEnd::kKeep, context_.log));
    return Ok();
  }

  Status CreateFunctions(StateFolder* state) {
    lambda::Options options;
    if (state != nullptr) options.archive_folder = state->archives();
    certificates_ = state != nullptr ? state->certificates() : work_folder_->path() / "tls";
    options.network = {.guarded = true,
                       .allowed = options_.allow_egress,
                       .certificates = certificates_,
                       .api_hosts = ApiHosts()};
    OFFSTAGE_TRY(options.debug, DebuggedFunctions());
    options.region = stack_.region;
    options.account_id = stack_.account_id;
    options.work_folder = work_folder_->path();
    for (const auto& [runtime, path] : options_.interpreters)
      options.interpreters[runtime] = path;
    if (options_.runtimes == DeploymentOptions::Runtimes::kStrict)
      options.runtime_match = lambda::RuntimeMatch::kExact;
    OFFSTAGE_TRY(functions_, lambda::Service::Create(std::move(options), ToFunctionConfigs(stack_),
                                                     {context_.clock, context_.ids, context_.log,
                                                      &context_.requests, &output_}));
    return Ok();
  }

  std::vector<std::string> ApiHosts() const {
    std::vector<std::string> hosts;
    for (const templates::Api& api : stack_.apis)
      hosts.push_back(fmt::format("{}.execute-api.{}.amazonaws.com", api.api_id, stack_.region));
    for (const templates::Function& function : stack_.functions) {
      if (function.url)
        hosts.push_back(
            fmt::format("{}.lambda-url.{}.on.aws", function.url->url_id, stack_.region));
    }
    return hosts;
  }

  void CreateEvents(StateFolder* state) {
    EventSources sources = ToEventSources(stack_);
    for (const templates::Note& note : sources.notes)
      context_.log.Warn(note.Text());
    if (stream_reader_ == nullptr && !sources.sources.mappings.empty()) {
      context_.log.Warn(
          "functions are not called by streams of another engine (--dynamodb-endpoint)");
      sources.sources.mappings.clear();
    }
    events_ = std::make_unique<events::Service>(
        std::move(sources.sources),
        events::Dependencies{
            .clock = context_.clock,
            .ids = context_.ids,
            .log = context_.log,
            .invoker = *functions_,
            .invoke_later = [this](InvokeRequest request) { functions_->InvokeAsync(request); },
            .records = stream_reader_.get(),
            .region = stack_.region,
            .account_id = stack_.account_id,
            .checkpoints = state == nullptr ? fs::path() : state->event_sources()});
  }

  Result<std::vector<std::string>> DebuggedFunctions() const {
    std::vector<std::string> names;
    for (const std::string& wanted : options_.debug) {
      const templates::Function* function = stack_.FindFunction(wanted);
      if (function == nullptr) return Fail(Error{NoSuchFunction(stack_, wanted)});
      names.push_back(function->name);
    }
    return names;
  }

  // What handlers ask of AWS by its own names, over https; and the sign-in pages, for whose domain
  // browsers' libraries insist on it.
  Status StartTls() {
    const int aws_port = aws_server_->port();
    const int api_port = api_server_ == nullptr ? 0 : api_server_->port();
    auto front = http::TlsFront::Start(
        certificates_,
        [aws_port, api_port](std::string_view host) {
          const bool api = host.find(".execute-api.") != std::string_view::npos ||
                           host.find(".lambda-url.") != std::string_view::npos;
          return api ? api_port : aws_port;
        },
        options_.https_port);
    if (!front.ok()) return Fail(WithOption(front.error(), "--https-port"));
    tls_front_ = std::move(front).value();
    functions_->SetTlsPorts(tls_front_->port(), api_port);
    return Ok();
  }

  Status CreateGateway() {
    std::vector<gateway::ApiConfig> apis = ToApiConfigs(stack_);
    // A gateway serves at least one API; a stack may have none.
    if (apis.empty()) return Ok();
    OFFSTAGE_TRY(token_verifier_,
                 JwksVerifier::Create(options_.jwks, pools_->verifier(), context_.clock));
    gateway::Dependencies dependencies{*functions_,  context_.clock,       context_.ids,
                                       context_.log, context_.requests,    token_verifier_.get(),
                                       &aws_caller_, options_.allow_egress};
    if (options_.throttling == DeploymentOptions::Throttling::kEnforced)
      dependencies.throttling = gateway::Dependencies::Throttling::kEnforced;
    OFFSTAGE_TRY(gateway_, gateway::Gateway::Create(std::move(apis), dependencies));
    return Ok();
  }

  Status OpenPools(StateFolder* state) {
    UserPoolContext context{
        .clock = context_.clock,
        .ids = context_.ids,
        .log = context_.log,
        .invoker = functions_.get(),
        .invoke_later =
            [this](const InvokeRequest& request) { return functions_->InvokeAsync(request); },
        .data_keys = keys_.get(),
        .on_message = {},
        .local_issuer_clients = options_.local_issuer_clients};
    // The mailbox stands in for e-mail and SMS: what was sent is shown where people look.
    context.on_message = [this](const cognito::Message& message) {
      context_.requests.Line(
          fmt::format("{} to {}{}: {}{}", message.medium, message.destination,
                      message.sender.empty() ? "" : fmt::format(" (given to {})", message.sender),
                      message.subject.empty() ? "" : message.subject + ": ", message.body));
    };
    OFFSTAGE_TRY(pools_,
                 OpenUserPools(stack_, state == nullptr ? fs::path() : state->database(), context));
    return Ok();
  }

  Status StartServers(Deployment& self) {
    const auto on_bug = [this](const std::string& what) {
      context_.log.Error("internal bug, please report it", {{"what", what}});
    };
    http::ServerOptions aws_options;
    aws_options.address = options_.bind;
    aws_options.port = options_.aws_port;
    auto aws_server = http::Server::Start(
        aws_options,
        [this, &self](const http::Request& request) { return HandleAws(self, request); }, on_bug);
    if (!aws_server.ok()) return Fail(WithOption(aws_server.error(), "--aws-port"));
    aws_server_ = std::move(aws_server).value();
    if (!options_.api_port || gateway_ == nullptr) return Ok();
    http::ServerOptions api_options;
    api_options.address = options_.bind;
    api_options.port = *options_.api_port;
    api_options.max_body_bytes = kMaxApiBody;
    auto api_server = http::Server::Start(
        api_options, [this](const http::Request& request) { return HandleApi(request); }, on_bug);
    if (!api_server.ok()) return Fail(WithOption(api_server.error(), "--port"));
    api_server_ = std::move(api_server).value();
    return Ok();
  }

  http::Reply HandleApi(const http::Request& request) {
    http::Reply reply = gateway_->Handle(request);
    if (options_.on_exchange) options_.on_exchange(request, reply);
    return reply;
  }

  http::Reply HandleAws(Deployment& self, const http::Request& request) {
    // The port is open a moment before everything behind it is there, and a moment longer.
    if (!ready_) {
      return {.status = 503,
              .headers = {{"x-offstage-explain", "starting or stopping; try again"}}};
    }
    if (auto reply = pools_->HandleHttp(request)) return *std::move(reply);
    if (auto reply = HandleControl(self, request)) return *std::move(reply);
    return dispatcher_->Handle(request);
  }

  // In the order of construction; torn down in reverse.
  const templates::Stack stack_;
  const DeploymentOptions options_;
  const DeploymentContext context_;
  DispatcherCaller aws_caller_;
  ssm::Service parameters_;
  NamedOutput output_;
  // For bootstraps and bytecode caches.
  std::unique_ptr<WorkFolder> work_folder_;
  // Before the tables, which tell it of changes.
  std::unique_ptr<aws::JsonService> streams_;
  // Another engine's, with the machine's own time for its signatures; null: ours.
  const SystemClock system_clock_;
  std::unique_ptr<dynamodb::RemoteEndpoint> endpoint_;
  std::unique_ptr<dynamodb::TableService> tables_;
  // Null: another engine's streams are not read.
  std::unique_ptr<StreamReader> stream_reader_;
  std::unique_ptr<lambda::Service> functions_;
  std::unique_ptr<events::Service> events_;
  std::unique_ptr<Expiry> expiry_;
  std::unique_ptr<FaultyService> faulty_tables_;
  std::unique_ptr<kms::Service> keys_;
  std::unique_ptr<cognito::Service> pools_;
  std::unique_ptr<JwksVerifier> token_verifier_;
  std::unique_ptr<gateway::Gateway> gateway_;
  std::unique_ptr<aws::Dispatcher> dispatcher_;
  std::atomic<bool> ready_{false};
  std::unique_ptr<http::Server> aws_server_;
  std::unique_ptr<http::Server> api_server_;
  fs::path certificates_;
  std::unique_ptr<http::TlsFront> tls_front_;
};

Deployment::Deployment(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Deployment::~Deployment() = default;

Result<std::unique_ptr<Deployment>> Deployment::Start(templates::Stack stack, StateFolder* state,
                                                      const DeploymentOptions& options,
                                                      const DeploymentContext& context) {
  std::unique_ptr<Deployment> deployment(
      new Deployment(std::make_unique<Impl>(std::move(stack), options, context)));
  OFFSTAGE_TRY_VOID(deployment->impl_->Start(*deployment, state));
  return deployment;
}

const templates::Stack& Deployment::stack() const {
  return impl_->stack();
}
dynamodb::TableService& Deployment::tables() {
  return impl_->tables();
}
cognito::Service& Deployment::pools() {
  return impl_->pools();
}

Result<InvokeResult> Deployment::Invoke(const std::string& function, const std::string& payload) {
  const templates::Function* found = stack().FindFunction(function);
  if (found == nullptr) {
    return Fail(Error{NoSuchFunction(stack(), function)});
  }
  return impl_->functions().Invoke({.function = found->name, .payload = payload});
}

Result<std::unique_ptr<SavedState>> Deployment::SaveState() {
  auto saved = std::make_unique<SavedState>();
  OFFSTAGE_TRY(saved->tables, tables().Save());
  OFFSTAGE_TRY(saved->pools, pools().Save());
  saved->keys = impl_->keys().Save();
  return saved;
}

Status Deployment::RestoreState(const SavedState& saved, std::chrono::milliseconds patience) {
  lambda::Service& functions = impl_->functions();
  functions.DropQueued();
  const auto deadline = std::chrono::steady_clock::now() + patience;
  int running = functions.CurrentActivity().in_flight;
  while ((running > 0 || !events().Parked()) && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    running = functions.CurrentActivity().in_flight;
  }
  if (running > 0) return Fail(Error{fmt::format("{} invocations are still running", running)});
  OFFSTAGE_TRY_VOID(tables().Restore(*saved.tables));
  OFFSTAGE_TRY_VOID(impl_->keys().Restore(saved.keys));
  return pools().Restore(*saved.pools);
}

void Deployment::PauseEvents() {
  impl_->events().Pause();
}
Status Deployment::ResumeEvents() {
  return impl_->events().Resume();
}
events::Service& Deployment::events() {
  return impl_->events();
}

void Deployment::SetParameters(const templates::SsmParameters& given) {
  impl_->SetParameters(given);
}
ssm::Service& Deployment::parameters() {
  return impl_->parameters();
}

void Deployment::StopFunctions() {
  impl_->functions().Stop();
}

lambda::Activity Deployment::CurrentActivity() const {
  return impl_->functions().CurrentActivity();
}

void Deployment::RetireIdle(const std::string& function) {
  impl_->functions().RetireIdle(function);
}

std::string Deployment::api_url() const {
  return impl_->api_server() == nullptr ? "" : impl_->api_server()->url();
}
std::string Deployment::aws_url() const {
  return impl_->aws_server().url();
}
int Deployment::api_port() const {
  return impl_->api_server() == nullptr ? 0 : impl_->api_server()->port();
}
int Deployment::aws_port() const {
  return impl_->aws_server().port();
}
std::string Deployment::https_url() const {
  return fmt::format("https://localhost:{}", impl_->https_port());
}
fs::path Deployment::authority_file() const {
  return impl_->certificates() / "ca.pem";
}
std::vector<gateway::RouteListing> Deployment::Routes() const {
  const gateway::Gateway* gateway = impl_->gateway();
  return gateway == nullptr ? std::vector<gateway::RouteListing>() : gateway->Routes();
}

std::vector<FunctionNote> Deployment::FunctionNotes() const {
  std::vector<FunctionNote> notes;
  for (const lambda::FunctionSummary& function : impl_->functions().Functions()) {
    if (!function.note.empty())
      notes.push_back({.function = function.config.logical_id, .text = function.note});
    if (!function.debugging.empty()) {
      notes.push_back({.function = function.config.logical_id,
                       .text = function.debugging,
                       .about = FunctionNote::About::kDebugging});
    }
  }
  return notes;
}

}  // namespace offstage::app
