#include "scenario/coordinator.h"

#include "base/text.h"
#include "http/client.h"

namespace offstage::scenario {

namespace {

http::Reply Answer(const Json& json) {
  return {.headers = {{"Content-Type", "application/json"}}, .body = DumpJson(json)};
}

}  // namespace

Coordinator::Coordinator(const std::vector<Scenario>& scenarios,
                         std::vector<Assignment> assignments, const Options& options,
                         std::string token)
    : scenarios_(scenarios),
      options_(options),
      token_(std::move(token)),
      waiting_(assignments.begin(), assignments.end()) {}

Coordinator::~Coordinator() = default;

Result<std::unique_ptr<Coordinator>> Coordinator::Start(const std::vector<Scenario>& scenarios,
                                                        std::vector<Assignment> assignments,
                                                        const Options& options, IdSource& ids) {
  std::unique_ptr<Coordinator> coordinator(new Coordinator(
      scenarios, std::move(assignments), options, ids.Text(32, kLowerAlphanumeric)));
  OFFSTAGE_TRY(coordinator->server_,
               http::Server::Start({}, [self = coordinator.get()](const http::Request& request) {
                 return self->Handle(request);
               }));
  return coordinator;
}

std::string Coordinator::UrlFor(int worker) const {
  return fmt::format("{}/{}/{}", server_->url(), token_, worker);
}

void Coordinator::Take(int worker, ScenarioResult result) {
  running_.erase(worker);
  const bool bad = result.outcome == Outcome::kFailed || result.outcome == Outcome::kError;
  if (bad && options_.at_failure == Options::AtFailure::kStop) waiting_.clear();
  results_.push_back(std::move(result));
  changed_.notify_all();
}

http::Reply Coordinator::Handle(const http::Request& request) {
  const auto parts = Split(request.target, '/');
  if (parts.size() != 3 || parts[1] != token_) return {.status = 404};
  const int worker = std::atoi(std::string(parts[2]).c_str());
  const MutexLock lock(mutex_);
  asked_[worker] = true;
  if (!request.body.empty()) {
    const auto json = ParseJson(request.body);
    auto result = json.ok() ? FromJson(*json) : Result<ScenarioResult>(Fail(json.error()));
    if (!result.ok()) return {.status = 400, .body = result.error().message};
    Take(worker, std::move(result).value());
  }
  if (waiting_.empty()) return Answer({{"done", true}});
  const Assignment next = waiting_.front();
  waiting_.pop_front();
  running_[worker] = next;
  return Answer({{"scenario", next.scenario}, {"run", next.run}});
}

bool Coordinator::WorkerEnded(int worker, const std::string& why) {
  const MutexLock lock(mutex_);
  const bool asked = asked_[worker];
  if (const auto lost = running_.find(worker); lost != running_.end()) {
    const Scenario& scenario = scenarios_[lost->second.scenario];
    ScenarioResult result;
    result.id = scenario.id;
    result.suite = scenario.suite;
    result.name = scenario.name;
    result.file = scenario.file;
    result.line = scenario.line;
    result.tags = scenario.tags;
    result.run = lost->second.run;
    result.outcome = Outcome::kError;
    result.reason = why;
    Take(worker, std::move(result));
  }
  woken_ = true;
  changed_.notify_all();
  return asked;
}

void Coordinator::Stop() {
  const MutexLock lock(mutex_);
  waiting_.clear();
  woken_ = true;
  changed_.notify_all();
}

std::size_t Coordinator::Waiting() const {
  const MutexLock lock(mutex_);
  return waiting_.size();
}

bool Coordinator::Finished() const {
  const MutexLock lock(mutex_);
  return waiting_.empty() && running_.empty() && results_.empty();
}

void Coordinator::Wake() {
  const MutexLock lock(mutex_);
  woken_ = true;
  changed_.notify_all();
}

std::optional<ScenarioResult> Coordinator::NextResult(std::chrono::milliseconds limit) {
  MutexLock lock(mutex_);
  const auto end = std::chrono::steady_clock::now() + limit;
  while (results_.empty() && !woken_) {
    if (changed_.wait_until(lock, end) == std::cv_status::timeout) break;
  }
  woken_ = false;
  if (results_.empty()) return std::nullopt;
  ScenarioResult result = std::move(results_.front());
  results_.pop_front();
  return result;
}

Status Work(const std::string& url,
            const std::function<ScenarioResult(std::size_t scenario, int run)>& run) {
  // "http://127.0.0.1:PORT/TOKEN/WORKER"
  const auto host = url.find("//") + 2;
  const auto colon = url.find(':', host);
  const auto slash = url.find('/', host);
  if (colon == std::string::npos || slash == std::string::npos || colon > slash)
    return Fail(Error{"not a coordinator's address: " + url});
  http::Client client(url.substr(host, colon - host), std::atoi(url.c_str() + colon + 1));
  http::Request question;
  question.method = "POST";
  question.target = url.substr(slash);
  while (true) {
    OFFSTAGE_TRY(const http::Reply reply, client.Send(question));
    OFFSTAGE_TRY(const Json json, ParseJson(reply.body));
    if (reply.status != 200 || json.contains("done")) return Ok();
    const int number = json.value("run", 1);
    ScenarioResult result = run(json.value("scenario", std::size_t{0}), number);
    result.run = number;
    question.body = DumpJson(ToJson(result));
  }
}

}  // namespace offstage::scenario
