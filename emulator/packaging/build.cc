#include "packaging/build.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <map>
#include <thread>

#include "base/text.h"
#include "packaging/files.h"
#include "packaging/methods.h"
#include "packaging/plan.h"
#include "packaging/rewrite.h"

namespace offstage::packaging {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

// Tasks of the same code, made once.
struct Job {
  std::string digest = {};
  std::vector<std::size_t> tasks = {};
  Made made = {};
  bool cached = false;
  std::chrono::milliseconds took{0};
  fs::path artifact = {};
};

// What decides what comes out: the code with its manifest and lock file, and how it is built.
Result<std::string> DigestOf(const Task& task) {
  std::vector<std::string_view> without = NeverBuilt();
  const bool keeps_modules = task.method == Method::kCopy || task.method == Method::kMake;
  if (!keeps_modules) {
    without.emplace_back("node_modules");
  }
  OFFSTAGE_TRY(std::string tree, TreeDigest(task.source, without));
  const bool by_name = task.method == Method::kMake;
  return TextDigest({"1", tree, task.MethodName(), task.architecture, task.inner_folder,
                     by_name ? task.logical_id : "", DumpJson(templates::ToJson(task.metadata))});
}

Result<std::vector<Job>> MakeJobs(const std::vector<Task>& tasks, BuildReport& report) {
  std::vector<Job> jobs;
  std::map<std::string, std::size_t> by_digest;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    report.artifacts.push_back({.path = tasks[i].path, .method = tasks[i].MethodName()});
    if (!tasks[i].refused.empty()) {
      report.artifacts.back().failure = tasks[i].refused;
      continue;
    }
    OFFSTAGE_TRY(std::string digest, DigestOf(tasks[i]));
    const auto [found, fresh] = by_digest.emplace(digest, jobs.size());
    if (fresh) {
      jobs.push_back({.digest = std::move(digest)});
    }
    jobs[found->second].tasks.push_back(i);
  }
  return jobs;
}

void RunJob(const BuildOptions& options, Workshop& workshop, const std::vector<Task>& tasks,
            const fs::path& workplace, Job& job) {
  const auto start = Clock::now();
  const Task& task = tasks[job.tasks.front()];
  std::error_code error;
  const fs::path kept = options.cache.empty() ? fs::path() : options.cache / job.digest;
  if (!kept.empty() && fs::is_directory(kept, error)) {
    job.cached = true;
    job.artifact = kept;
    return;
  }
  job.artifact = workplace / job.digest;
  const fs::path scratch = workplace / (job.digest + ".scratch");
  job.made = Make(workshop, task, job.artifact, scratch);
  fs::remove_all(scratch, error);
  // What was taken from this machine may differ from what an index gives later.
  if (job.made.failure.empty() && job.made.notes.empty() && !kept.empty()) {
    fs::create_directories(options.cache, error);
    fs::rename(job.artifact, kept, error);
    job.artifact = error ? job.artifact : kept;
  }
  job.took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
}

void RunJobs(const BuildOptions& options, Workshop& workshop, const std::vector<Task>& tasks,
             const fs::path& workplace, std::vector<Job>& jobs) {
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < jobs.size(); i = next++) {
      RunJob(options, workshop, tasks, workplace, jobs[i]);
    }
  };
  std::vector<std::jthread> workers;
  const std::size_t count =
      std::min(jobs.size(), static_cast<std::size_t>(std::max(1, options.jobs)));
  for (std::size_t i = 1; i < count; ++i) {
    workers.emplace_back(work);
  }
  work();
}

Status PlaceArtifacts(const std::vector<Task>& tasks, const std::vector<Job>& jobs,
                      const fs::path& staging, BuildReport& report) {
  for (const Job& job : jobs) {
    for (std::size_t i = 0; i < job.tasks.size(); ++i) {
      const std::size_t task = job.tasks[i];
      Artifact& artifact = report.artifacts[task];
      artifact.cached = job.cached;
      artifact.notes = job.made.notes;
      artifact.failure = job.made.failure;
      artifact.took = i == 0 ? job.took : std::chrono::milliseconds(0);
      if (artifact.failure.empty()) {
        OFFSTAGE_TRY_VOID(CopyTree(job.artifact, staging / tasks[task].path, {}));
      }
    }
  }
  return Ok();
}

// The old output goes only when the new one is complete.
Status Replace(const fs::path& staging, const fs::path& output) {
  std::error_code error;
  fs::remove_all(output, error);
  fs::create_directories(output.parent_path(), error);
  fs::rename(staging, output, error);
  if (error) {
    return Fail(Error{fmt::format("cannot write {}: {}", output.string(), error.message())});
  }
  return Ok();
}

// What the output was made from: `start` uses it only while nothing of that is newer.
Status WriteSources(const templates::Stack& stack, const std::vector<Task>& tasks,
                    const fs::path& staging) {
  std::ofstream list(staging / ".offstage-sources");
  for (const fs::path& file : stack.files) {
    list << file.string() << "\n";
  }
  for (const Task& task : tasks) {
    list << task.source.string() << "\n";
  }
  list.close();
  return list ? Ok() : Status(Fail(Error{"cannot write " + staging.string()}));
}

// A folder that goes with the build.
class Workplace {
 public:
  explicit Workplace(fs::path path) : path_(std::move(path)) {
    std::error_code error;
    fs::remove_all(path_, error);
    fs::create_directories(path_, error);
  }
  ~Workplace() {
    std::error_code error;
    fs::remove_all(path_, error);
  }
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

}  // namespace

bool BuildReport::ok() const {
  return std::all_of(artifacts.begin(), artifacts.end(),
                     [](const Artifact& artifact) { return artifact.failure.empty(); });
}

Result<BuildReport> Build(const BuildOptions& options, templates::IdRegistry& ids,
                          process::Host& host) {
  templates::LoadOptions load = options.load;
  load.placeholders = true;
  OFFSTAGE_TRY(const templates::Stack stack, templates::LoadStack(load, ids));
  BuildReport report;
  for (const templates::Note& note : stack.notes) {
    if (note.fate == templates::Fate::kRefused && note.reason == templates::Reason::kWrong) {
      report.notes.push_back(note.Text());
    }
  }
  const std::vector<Task> tasks = PlanTasks(stack);
  OFFSTAGE_TRY(std::vector<Job> jobs, MakeJobs(tasks, report));
  const fs::path output = fs::absolute(options.output).lexically_normal();
  const Workplace workplace(output.parent_path() / fmt::format("build-{}.part", ::getpid()));
  Workshop workshop{.host = host, .offline = options.offline, .step_timeout = options.step_timeout};
  RunJobs(options, workshop, tasks, workplace.path(), jobs);
  const fs::path staging = workplace.path() / "output";
  OFFSTAGE_TRY_VOID(PlaceArtifacts(tasks, jobs, staging, report));
  if (!report.ok()) {
    return report;
  }
  RewriteOptions rewrite{.output = output, .staging = staging};
  for (const Task& task : tasks) {
    rewrite.built.insert(task.path);
  }
  OFFSTAGE_TRY_VOID(RewriteTemplates(stack, rewrite));
  OFFSTAGE_TRY_VOID(WriteSources(stack, tasks, staging));
  OFFSTAGE_TRY_VOID(Replace(staging, output));
  report.template_file = output / "template.yaml";
  return report;
}

}  // namespace offstage::packaging
