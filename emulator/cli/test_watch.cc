// offstage test --watch: runs what a change affects: a scenario file's scenarios, and those that
// reached a function whose code has changed; after any other change, all.
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <thread>

#include "cli/test_options.h"
#include "cli/worker_pool.h"
#include "process/process.h"
#include "scenario/loader.h"

extern char** environ;

namespace offstage::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kLookInterval{300};
// Of a function's folder; node_modules and the like hardly change by hand.
constexpr std::size_t kMaxFilesOfFolder = 5000;

struct Watched {
  // When each file was last written.
  std::map<fs::path, fs::file_time_type> files = {};
  // Logical id to the folders (or archives) of its code and layers.
  std::map<std::string, std::vector<fs::path>> code = {};
};

void AddFile(const fs::path& path, Watched& watched) {
  std::error_code failure;
  const auto time = fs::last_write_time(path, failure);
  if (!failure) watched.files[fs::absolute(path).lexically_normal()] = time;
}

void AddFolder(const fs::path& folder, Watched& watched) {
  std::error_code failure;
  if (!fs::is_directory(folder, failure)) return AddFile(folder, watched);
  std::size_t count = 0;
  fs::recursive_directory_iterator end;
  for (fs::recursive_directory_iterator it(folder, failure); !failure && it != end;
       it.increment(failure)) {
    const std::string name = it->path().filename().string();
    const bool skipped = name.starts_with(".") || name == "node_modules" || name == "__pycache__" ||
                         name == "__snapshots__";
    if (it->is_directory(failure) && skipped) {
      it.disable_recursion_pending();
    } else if (it->is_regular_file(failure) && ++count <= kMaxFilesOfFolder) {
      AddFile(it->path(), watched);
    }
  }
}

// The files of the suites, the template and the code as they are now.
Watched Look(const TestOptions& options, const std::vector<fs::path>& paths) {
  Watched watched;
  for (const fs::path& path : paths)
    AddFolder(fs::is_directory(path) ? path : path.parent_path() / ".", watched);
  CommonOptions common = options.common;
  common.in_memory = true;
  RandomIds ids;
  const auto open = Open(common, ids);
  if (!open.ok()) {
    if (!common.project.template_file.empty()) AddFile(common.project.template_file, watched);
    return watched;
  }
  for (const fs::path& file : open->stack.files)
    AddFile(file, watched);
  for (const templates::Function& function : open->stack.functions) {
    std::vector<fs::path>& folders = watched.code[function.logical_id];
    if (!function.code.empty()) folders.push_back(function.code);
    for (const templates::Layer& layer : function.layers) {
      if (!layer.content.empty()) folders.push_back(layer.content);
    }
    for (const fs::path& folder : folders)
      AddFolder(folder, watched);
  }
  return watched;
}

std::set<fs::path> ChangedFiles(const Watched& before, const Watched& now) {
  std::set<fs::path> changed;
  for (const auto& [file, time] : now.files) {
    const auto old = before.files.find(file);
    if (old == before.files.end() || old->second != time) changed.insert(file);
  }
  for (const auto& [file, time] : before.files) {
    if (!now.files.contains(file)) changed.insert(file);
  }
  return changed;
}

bool IsBelow(const fs::path& file, const fs::path& folder) {
  const std::string base = fs::absolute(folder).lexically_normal().string();
  const std::string path = file.string();
  return path == base || path.starts_with(base.ends_with('/') ? base : base + "/");
}

// What the last run of each scenario said.
struct Known {
  fs::path file = {};
  std::set<std::string> functions = {};
  bool failed = false;
};

// The ids that the changes affect; null: all.
std::optional<std::vector<std::string>> Affected(const std::set<fs::path>& changed,
                                                 const Watched& watched,
                                                 const std::map<std::string, Known>& known) {
  std::set<std::string> functions;
  std::set<fs::path> suites;
  for (const fs::path& file : changed) {
    bool is_code = false;
    for (const auto& [function, folders] : watched.code) {
      for (const fs::path& folder : folders) {
        if (!IsBelow(file, folder)) continue;
        functions.insert(function);
        is_code = true;
      }
    }
    const std::string name = file.filename().string();
    const bool suite = name.ends_with(".scenario.yml") || name.ends_with(".scenario.yaml");
    if (suite) suites.insert(file);
    if (!is_code && !suite) return std::nullopt;
  }
  std::vector<std::string> ids;
  // New scenarios of a changed file are known by nobody: the file's name stands for them.
  for (const fs::path& suite : suites)
    ids.push_back("file:" + suite.string());
  for (const auto& entry : known) {
    const Known& scenario = entry.second;
    const bool reached = std::any_of(
        functions.begin(), functions.end(),
        [&](const std::string& function) { return scenario.functions.contains(function); });
    if (reached || scenario.failed) ids.push_back(entry.first);
  }
  return ids;
}

// Prints what the run prints, as it comes.
class PassThrough : public process::Listener {
 public:
  void OnOutput(std::string_view bytes) override {
    std::fwrite(bytes.data(), 1, bytes.size(), stdout);
    std::fflush(stdout);
  }
  void OnExit(const process::ExitStatus& status) override {
    const MutexLock lock(mutex_);
    exit_ = status;
    changed_.notify_all();
  }
  // Null: `stopped` came first.
  std::optional<process::ExitStatus> Wait(const std::atomic<bool>& stopped) {
    MutexLock lock(mutex_);
    while (!exit_ && !stopped)
      changed_.wait_for(lock, kLookInterval);
    return exit_;
  }

 private:
  Mutex mutex_;
  Condition changed_;
  std::optional<process::ExitStatus> exit_ OFFSTAGE_GUARDED_BY(mutex_);
};

class Watcher {
 public:
  Watcher(const TestOptions& options, std::vector<fs::path> paths, fs::path folder,
          std::string program)
      : options_(options),
        paths_(std::move(paths)),
        folder_(std::move(folder)),
        program_(std::move(program)) {}

  int Run(const std::atomic<bool>& stopped) {
    auto host = process::Host::Start();
    if (!host.ok()) return Complain(host.error(), kCouldNotStart);
    Watched watched = Look(options_, paths_);
    std::optional<std::vector<std::string>> ids;
    while (!stopped) {
      const Status ran = RunOnce(**host, ids, stopped);
      if (!ran.ok()) return Complain(ran.error(), kCouldNotStart);
      if (stopped) break;
      fmt::print("\nWaiting for a change (Ctrl-C ends it).\n");
      std::fflush(stdout);
      std::set<fs::path> changed;
      while (changed.empty() && !stopped) {
        std::this_thread::sleep_for(kLookInterval);
        Watched now = Look(options_, paths_);
        changed = ChangedFiles(watched, now);
        if (now.code.empty()) now.code = watched.code;  // A template that is being written.
        watched = std::move(now);
      }
      if (stopped) break;
      ids = Affected(changed, watched, known_);
      fmt::print("\n{} has changed: {}\n", fs::relative(*changed.begin()).string(),
                 ids ? "running what it affects" : "running everything");
    }
    return kDone;
  }

 private:
  Status RunOnce(process::Host& host, const std::optional<std::vector<std::string>>& ids,
                 const std::atomic<bool>& stopped) {
    const fs::path report = folder_ / "report.json";
    std::error_code ignored;
    fs::remove(report, ignored);
    process::Command command{.arguments = Arguments(report, ids)};
    for (char** entry = environ; *entry != nullptr; ++entry)
      command.environment.emplace_back(*entry);
    PassThrough output;
    auto run = host.Spawn(command, output);
    if (!run.ok()) return Fail(Error{run.error().message});
    if (!output.Wait(stopped)) {
      (*run)->Terminate(std::chrono::seconds(5));
      return Ok();
    }
    ReadReport(report);
    return Ok();
  }

  std::vector<std::string> Arguments(const fs::path& report,
                                     const std::optional<std::vector<std::string>>& ids) const {
    std::vector<std::string> arguments = {program_, "test", "--report", report.string()};
    if (ids) {
      const fs::path only = folder_ / "only.json";
      std::ofstream(only) << DumpJson(Json(*ids));
      arguments.insert(arguments.end(), {"--only", only.string()});
    }
    if (options_.jobs > 0)
      arguments.insert(arguments.end(), {"--jobs", std::to_string(options_.jobs)});
    for (const std::string& filter : options_.filters)
      arguments.insert(arguments.end(), {"--filter", filter});
    for (const std::string& tag : options_.tags)
      arguments.insert(arguments.end(), {"--tag", tag});
    for (const std::string& file : options_.reports)
      arguments.insert(arguments.end(), {"--report", file});
    for (const fs::path& path : paths_)
      arguments.push_back(path.string());
    const std::vector<std::string> common = ToArguments(options_.common);
    arguments.insert(arguments.end(), common.begin(), common.end());
    return arguments;
  }

  void ReadReport(const fs::path& report) {
    std::ifstream in(report, std::ios::binary);
    const auto json = ParseJson(std::string{std::istreambuf_iterator<char>(in), {}});
    if (!json.ok() || !json->is_object()) return;
    for (const Json& result : json->value("results", Json::array())) {
      Known& known = known_[result.value("id", "")];
      known = {.file = result.value("file", "")};
      const std::string outcome = result.value("outcome", "");
      known.failed = outcome != "passed" && outcome != "skipped";
      for (const Json& reached : result.value("reached", Json::array()))
        known.functions.insert(reached.value("function", ""));
    }
  }

  const TestOptions& options_;
  const std::vector<fs::path> paths_;
  const fs::path folder_;
  const std::string program_;
  std::map<std::string, Known> known_;
};

}  // namespace

int RunTestWatch(const TestOptions& options, const std::vector<std::filesystem::path>& paths,
                 StopSignal& signal) {
  const auto program = OwnProgram();
  if (!program.ok()) return Complain(program.error(), kCouldNotStart);
  const auto folder = WorkFolder::Make();
  if (!folder.ok()) return Complain(folder.error(), kCouldNotStart);
  std::atomic<bool> stopped{false};
  int number = 0;
  std::thread waiting([&] {
    number = signal.Wait();
    stopped = true;
  });
  const int code = Watcher(options, paths, (*folder)->path(), *program).Run(stopped);
  signal.Cancel();
  waiting.join();
  return number != 0 ? 128 + number : code;
}

}  // namespace offstage::cli
