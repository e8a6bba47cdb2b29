#include "packaging/methods.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "packaging/commands.h"
#include "packaging/files.h"
#include "packaging/installed.h"

namespace offstage::packaging {
namespace {

namespace fs = std::filesystem;

bool Exists(const fs::path& path) {
  std::error_code error;
  return fs::exists(path, error);
}

// The end of what a command wrote, and how it ended.
std::string Failure(std::string_view command, const CommandResult& result) {
  constexpr std::size_t kShown = 2000;
  const std::string_view output = Trim(result.output);
  return fmt::format("{}: {}{}{}", command, result.failure, output.empty() ? "" : "\n",
                     output.size() > kShown ? output.substr(output.size() - kShown) : output);
}

// Copied from what is installed here, in place of `command`, whose failure is `why`.
Made TakeInstalled(Workshop& workshop, std::vector<std::string> arguments, const fs::path& folder,
                   std::string_view index, const std::string& why,
                   const std::vector<std::string>& environment = {}) {
  const CommandResult taken =
      RunCommand(workshop.host, std::move(arguments), folder, environment, workshop.step_timeout);
  std::vector<std::string> lines;
  for (const std::string_view line : Split(Trim(taken.output), '\n')) {
    if (!line.empty()) {
      lines.emplace_back(line);
    }
  }
  const std::string_view state = why.empty()            ? "is not asked (--offline)"
                                 : SaysUnreachable(why) ? "cannot be reached"
                                                        : "does not have what is asked for";
  if (!taken.ok) {
    return {{},
            fmt::format("{} {}, and what is installed on this machine does not satisfy the "
                        "requirements: {}",
                        index, state, Join(lines, "; "))};
  }
  return {{fmt::format("taken from this machine, as {} {}: {}", index, state,
                       lines.empty() ? "nothing" : Join(lines, ", "))},
          ""};
}

struct Python {
  std::string program;
  std::string note;
};

// "python3.12"
Python FindPython(const std::string& runtime) {
  if (FindProgram(runtime)) {
    const auto path = FindProgram(runtime);
    return {path->string(), ""};
  }
  const auto any = FindProgram("python3");
  return {any ? any->string() : "",
          fmt::format("{} is not installed; built with python3, which fits packages without "
                      "compiled parts only",
                      runtime)};
}

struct Attempt {
  std::string program;
  // Why the index gave nothing; empty: it was not asked.
  std::string why;
};

// From the first interpreter of this machine that has what is required: packages are often
// installed for one of several.
Made TakeFromPythons(Workshop& workshop, const Task& task, const fs::path& requirements,
                     const fs::path& target, const Attempt& attempt) {
  std::vector<std::string> programs = {attempt.program};
  for (const fs::path& path : FindPrograms("python3")) {
    if (std::find(programs.begin(), programs.end(), path.string()) == programs.end()) {
      programs.push_back(path.string());
    }
  }
  std::optional<Made> first;
  for (const std::string& program : programs) {
    Made made = TakeInstalled(workshop,
                              {program, "-c", std::string(InstalledPythonScript()),
                               requirements.string(), target.string()},
                              task.source, "the package index", attempt.why);
    if (made.failure.empty()) {
      return made;
    }
    if (!first) {
      first = std::move(made);
    }
  }
  return *first;
}

Made InstallPip(Workshop& workshop, const Task& task, const fs::path& requirements,
                const fs::path& target) {
  Python python = FindPython(task.runtime);
  // A version manager's stand-in may know no such version.
  if (!python.program.empty() && !RunCommand(workshop.host, {python.program, "--version"},
                                             task.source, {}, workshop.step_timeout)
                                      .ok) {
    python = FindPython("python3");
    python.note = fmt::format("{} does not start; built with python3", task.runtime);
  }
  if (python.program.empty()) {
    return {{}, "there is no python3 in PATH, which installs requirements.txt"};
  }
  Made made;
  std::string why = workshop.pip_unreachable ? "Connection refused a moment ago" : "";
  if (!workshop.offline && !workshop.pip_unreachable) {
    const CommandResult pip =
        RunCommand(workshop.host,
                   {python.program, "-m", "pip", "install", "--disable-pip-version-check",
                    "--no-input", "--quiet", "--retries", "1", "--timeout", "10", "--no-compile",
                    "-r", requirements.string(), "-t", target.string()},
                   task.source, {}, workshop.step_timeout);
    if (pip.ok) {
      if (!python.note.empty()) {
        made.notes.push_back(python.note);
      }
      return made;
    }
    if (pip.output.find("No module named pip") != std::string::npos) {
      return {{},
              fmt::format("{} has no pip, which installs requirements.txt (Debian's package "
                          "python3-pip)",
                          python.program)};
    }
    why = Failure("pip install", pip);
    if (!SaysUnreachable(pip.output) && !SaysNotFound(pip.output)) {
      return {{}, why};
    }
    workshop.pip_unreachable = workshop.pip_unreachable || SaysUnreachable(pip.output);
  }
  made = TakeFromPythons(workshop, task, requirements, target, {python.program, why});
  if (!python.note.empty()) {
    made.notes.push_back(python.note);
  }
  return made;
}

Made MakePython(Workshop& workshop, const Task& task, const fs::path& artifact) {
  const auto copied = CopyTree(task.source, artifact, NeverBuilt());
  if (!copied.ok()) {
    return {{}, copied.error().message};
  }
  const fs::path requirements = task.source / "requirements.txt";
  return Exists(requirements) ? InstallPip(workshop, task, requirements, artifact) : Made();
}

Made InstallNpm(Workshop& workshop, const Task& task, const fs::path& artifact) {
  const auto npm = FindProgram("npm");
  const bool locked =
      Exists(artifact / "package-lock.json") || Exists(artifact / "npm-shrinkwrap.json");
  std::string why = workshop.npm_unreachable ? "Connection refused a moment ago" : "";
  if (!workshop.offline && !workshop.npm_unreachable) {
    if (!npm) {
      return {{}, "there is no npm in PATH, which installs package.json"};
    }
    const CommandResult installed = RunCommand(
        workshop.host,
        {npm->string(), locked ? "ci" : "install", "--omit=dev", "--no-audit", "--no-fund",
         "--loglevel=error", "--fetch-retries=1", "--fetch-timeout=20000", "--prefer-offline"},
        artifact, {}, workshop.step_timeout);
    if (installed.ok) {
      return {};
    }
    why = Failure(locked ? "npm ci" : "npm install", installed);
    if (!SaysUnreachable(installed.output) && !SaysNotFound(installed.output)) {
      return {{}, why};
    }
    workshop.npm_unreachable = workshop.npm_unreachable || SaysUnreachable(installed.output);
    std::error_code error;
    fs::remove_all(artifact / "node_modules", error);
  }
  const auto node = FindProgram("node");
  if (!node) {
    return {{}, "there is no node in PATH"};
  }
  return TakeInstalled(workshop,
                       {node->string(), "-e", std::string(InstalledNodeScript()), "--",
                        (artifact / "package.json").string(), (artifact / "node_modules").string(),
                        task.source.string()},
                       artifact, "the npm registry", why);
}

Made MakeNode(Workshop& workshop, const Task& task, const fs::path& artifact) {
  std::vector<std::string_view> without = NeverBuilt();
  without.emplace_back("node_modules");
  const auto copied = CopyTree(task.source, artifact, without);
  if (!copied.ok()) {
    return {{}, copied.error().message};
  }
  return InstallNpm(workshop, task, artifact);
}

Made MakeRuby(Workshop& workshop, const Task& task, const fs::path& artifact) {
  const auto copied = CopyTree(task.source, artifact, NeverBuilt());
  if (!copied.ok()) {
    return {{}, copied.error().message};
  }
  const auto bundle = FindProgram("bundle");
  if (!bundle) {
    return {{}, "there is no bundle in PATH, which installs the Gemfile; install bundler"};
  }
  const std::string without = "BUNDLE_WITHOUT=development:test";
  std::string why;
  if (!workshop.offline) {
    const CommandResult installed =
        RunCommand(workshop.host, {bundle->string(), "install", "--quiet"}, artifact,
                   {"BUNDLE_PATH=vendor/bundle", without, "BUNDLE_RETRY=1", "BUNDLE_TIMEOUT=10"},
                   workshop.step_timeout);
    if (installed.ok) {
      return {};
    }
    why = Failure("bundle install", installed);
    if (!SaysUnreachable(installed.output)) {
      return {{}, why};
    }
  }
  const auto ruby = FindProgram("ruby");
  if (!ruby) {
    return {{}, "there is no ruby in PATH"};
  }
  return TakeInstalled(workshop, {ruby->string(), "-e", std::string(InstalledRubyScript())},
                       artifact, "rubygems.org", why, {without});
}

// The Makefile's target build-LogicalId, as SAM calls it: in a copy of the source.
Made MakeWithMake(Workshop& workshop, const Task& task, const fs::path& artifact,
                  const fs::path& scratch) {
  const auto make = FindProgram("make");
  if (!make) {
    return {{}, "there is no make in PATH"};
  }
  const auto copied = CopyTree(task.source, scratch, {".aws-sam", ".offstage", ".git"});
  if (!copied.ok()) {
    return {{}, copied.error().message};
  }
  if (!Exists(scratch / "Makefile")) {
    return {{},
            fmt::format("BuildMethod is makefile, but {} has no Makefile", task.source.string())};
  }
  const fs::path folder =
      (scratch / task.metadata.TextOf("WorkingDirectory", ".")).lexically_normal();
  const CommandResult made = RunCommand(
      workshop.host,
      {make->string(), "--makefile", (scratch / "Makefile").string(), "build-" + task.logical_id},
      folder, {"ARTIFACTS_DIR=" + artifact.string()}, workshop.step_timeout);
  return made.ok ? Made() : Made{{}, Failure("make build-" + task.logical_id, made)};
}

std::vector<std::string> Texts(const templates::Node* node) {
  std::vector<std::string> texts;
  if (node != nullptr && node->IsString()) {
    for (const std::string_view part : Split(node->text(), ',')) {
      texts.emplace_back(Trim(part));
    }
  }
  if (node != nullptr) {
    for (const templates::Node& item : node->items()) {
      texts.push_back(item.text());
    }
  }
  return texts;
}

// docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-using-build-typescript.html
Made MakeEsbuild(Workshop& workshop, const Task& task, const fs::path& artifact,
                 const fs::path& scratch) {
  const fs::path local = task.source / "node_modules/.bin/esbuild";
  const auto global = FindProgram("esbuild");
  const fs::path esbuild = Exists(local) ? local : global.value_or(fs::path());
  if (esbuild.empty()) {
    return {{},
            "there is no esbuild in PATH or in node_modules; install it with npm install esbuild"};
  }
  std::vector<std::string_view> without = NeverBuilt();
  without.emplace_back("node_modules");
  const auto copied = CopyTree(task.source, scratch, without);
  if (!copied.ok()) {
    return {{}, copied.error().message};
  }
  std::error_code error;
  const bool installed = Exists(task.source / "node_modules");
  Made made;
  if (installed) {
    fs::create_directory_symlink(task.source / "node_modules", scratch / "node_modules", error);
  } else if (Exists(scratch / "package.json")) {
    made = InstallNpm(workshop, task, scratch);
    if (!made.failure.empty()) {
      return made;
    }
  }
  const templates::Node* properties = task.metadata.Find("BuildProperties");
  const auto property = [&](std::string_view name) {
    return properties == nullptr ? nullptr : properties->Find(name);
  };
  const auto flag = [&](std::string_view name, bool fallback) {
    const templates::Node* node = property(name);
    return node == nullptr ? fallback : node->AsBool().value_or(fallback);
  };
  std::vector<std::string> command = {esbuild.string()};
  for (std::string& entry : Texts(property("EntryPoints"))) {
    command.push_back(std::move(entry));
  }
  command.insert(command.end(), {"--bundle", "--platform=node", "--outdir=" + artifact.string()});
  const auto text = [&](std::string_view name, std::string_view fallback) {
    return properties == nullptr ? std::string(fallback) : properties->TextOf(name, fallback);
  };
  command.push_back("--format=" + text("Format", "cjs"));
  command.push_back("--target=" + text("Target", "es2020"));
  if (flag("Minify", true)) {
    command.emplace_back("--minify");
  }
  if (flag("Sourcemap", false)) {
    command.emplace_back("--sourcemap");
  }
  for (const std::string& external : Texts(property("External"))) {
    command.push_back("--external:" + external);
  }
  for (const std::string& loader : Texts(property("Loader"))) {
    command.push_back("--loader:" + loader);
  }
  for (const std::string& extension : Texts(property("OutExtension"))) {
    command.push_back("--out-extension:" + extension);
  }
  const CommandResult result =
      RunCommand(workshop.host, std::move(command), scratch, {}, workshop.step_timeout);
  if (!result.ok) {
    made.failure = Failure("esbuild", result);
  }
  return made;
}

Made MakeGo(Workshop& workshop, const Task& task, const fs::path& artifact) {
  const auto go = FindProgram("go");
  if (!go) {
    return {{}, "there is no go in PATH"};
  }
  const CommandResult built =
      RunCommand(workshop.host,
                 {go->string(), "build", "-tags", "lambda.norpc", "-o",
                  (artifact / "bootstrap").string(), "."},
                 task.source,
                 {"GOOS=linux", "CGO_ENABLED=0",
                  task.architecture == "arm64" ? "GOARCH=arm64" : "GOARCH=amd64"},
                 workshop.step_timeout);
  return built.ok ? Made() : Made{{}, Failure("go build", built)};
}

}  // namespace

Made Make(Workshop& workshop, const Task& task, const fs::path& artifact, const fs::path& scratch) {
  const fs::path target = artifact / task.inner_folder;
  std::error_code error;
  fs::create_directories(target, error);
  if (error) {
    return {{}, fmt::format("cannot make {}: {}", target.string(), error.message())};
  }
  switch (task.method) {
    case Method::kCopy: {
      const auto copied = CopyTree(task.source, target, NeverBuilt());
      return copied.ok() ? Made() : Made{{}, copied.error().message};
    }
    case Method::kPip:
      return MakePython(workshop, task, target);
    case Method::kNpm:
      return MakeNode(workshop, task, target);
    case Method::kBundler:
      return MakeRuby(workshop, task, target);
    case Method::kMake:
      return MakeWithMake(workshop, task, artifact, scratch);
    case Method::kEsbuild:
      return MakeEsbuild(workshop, task, artifact, scratch);
    case Method::kGo:
      break;
  }
  return MakeGo(workshop, task, artifact);
}

}  // namespace offstage::packaging
