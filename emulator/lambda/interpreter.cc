#include "lambda/interpreter.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <system_error>
#include <tuple>

#include "base/text.h"

namespace offstage::lambda {
namespace {

namespace fs = std::filesystem;

// An interpreter that cannot tell its version in this time is not used.
constexpr std::chrono::seconds kVersionTimeout{10};

std::string EnvironmentText(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): never set while running
  return value == nullptr ? std::string() : value;
}

bool IsProgram(const fs::path& path) {
  std::error_code error;
  const auto status = fs::status(path, error);
  return !error && fs::is_regular_file(status) &&
         (status.permissions() & fs::perms::owner_exec) != fs::perms::none;
}

// "3.11.7", "v20.20.2" or "ruby 3.1.2p20": the first two numbers.
std::optional<Version> ReadVersion(std::string_view text) {
  const auto start = std::ranges::find_if(text, [](char c) { return c >= '0' && c <= '9'; });
  const char* const end = text.data() + text.size();
  Version version;
  auto parsed = std::from_chars(text.data() + (start - text.begin()), end, version.major);
  if (parsed.ec != std::errc()) return std::nullopt;
  if (parsed.ptr == end || *parsed.ptr != '.') return version;
  std::from_chars(parsed.ptr + 1, end, version.minor);
  return version;
}

std::vector<fs::path> Subfolders(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error))
    found.push_back(entry.path());
  std::ranges::sort(found, std::greater<>());
  return found;
}

// Folders of real interpreters that a version manager's shims stand for.
std::vector<fs::path> ManagedFolders(Language language) {
  const fs::path home = EnvironmentText("HOME");
  if (home.empty()) return {};
  std::vector<fs::path> roots;
  switch (language) {
    case Language::kPython:
      roots = {EnvironmentText("PYENV_ROOT"), home / ".pyenv", home / ".asdf/installs/python"};
      break;
    case Language::kNode:
      roots = {EnvironmentText("NVM_DIR"), home / ".nvm", home / ".asdf/installs/nodejs"};
      break;
    case Language::kRuby:
      roots = {EnvironmentText("RBENV_ROOT"), home / ".rbenv", home / ".asdf/installs/ruby"};
      break;
    case Language::kProvided:
      break;
  }
  std::vector<fs::path> folders;
  for (const fs::path& root : roots) {
    if (root.empty()) continue;
    for (const char* versions : {"versions/node", "versions", "."})
      for (const fs::path& version : Subfolders(root / versions))
        folders.push_back(version / "bin");
  }
  return folders;
}

// PATH with shims replaced by what they stand for, in their place.
std::vector<fs::path> SearchFolders(Language language, const std::string& search_path) {
  std::vector<fs::path> folders;
  const std::vector<fs::path> managed = ManagedFolders(language);
  for (const std::string_view entry : Split(search_path, ':')) {
    if (entry.empty()) continue;
    const fs::path folder(entry);
    if (folder.filename() == "shims") {
      folders.insert(folders.end(), managed.begin(), managed.end());
    } else {
      folders.push_back(folder);
    }
  }
  for (const char* usual : {"/usr/local/bin", "/opt/homebrew/bin", "/usr/bin"})
    folders.emplace_back(usual);
  folders.insert(folders.end(), managed.begin(), managed.end());
  return folders;
}

// "python3", "python3.11" but not "python3-config"; "node"; "ruby", "ruby3.1".
bool IsInterpreterName(Language language, std::string_view name) {
  const auto only_version = [](std::string_view rest) {
    return std::ranges::all_of(rest, [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
  };
  switch (language) {
    case Language::kPython:
      return name.starts_with("python3") && only_version(name.substr(7));
    case Language::kNode:
      return name == "node" || name == "nodejs";
    case Language::kRuby:
      return name.starts_with("ruby") && only_version(name.substr(4));
    case Language::kProvided:
      break;
  }
  return false;
}

std::vector<fs::path> PythonPackageFolders(const fs::path& program, Version version) {
  const std::string name = fmt::format("python{}.{}", version.major, version.minor);
  const fs::path prefix = program.parent_path().parent_path();
  std::vector<fs::path> folders = {prefix / "lib" / name / "site-packages"};
  if (prefix == "/usr") {
    folders = {fs::path("/usr/local/lib") / name / "dist-packages",
               fs::path("/usr/lib/python3/dist-packages"),
               fs::path("/usr/lib") / name / "site-packages"};
  }
  const std::string home = EnvironmentText("HOME");
  if (!home.empty()) folders.push_back(fs::path(home) / ".local/lib" / name / "site-packages");
  return folders;
}

bool HasPackage(const std::vector<fs::path>& folders, const std::string& package) {
  std::error_code error;
  return std::ranges::any_of(folders, [&](const fs::path& folder) {
    return fs::exists(folder / package, error) || fs::exists(folder / (package + ".py"), error);
  });
}

std::string ReadText(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

// Packages that the function needs and does not bring along.
std::vector<std::string> NeededPackages(const Runtime& runtime, const FunctionConfig& function) {
  if (runtime.language != Language::kPython) return {};
  std::vector<fs::path> own = {function.code};
  for (const fs::path& layer : function.layers)
    own.push_back(layer / "python");
  std::vector<std::string> needed = {"boto3"};
  for (const std::string& name : RequiredPackages(ReadText(function.code / "requirements.txt"))) {
    if (std::ranges::find(needed, name) == needed.end()) needed.push_back(name);
  }
  std::erase_if(needed, [&](const std::string& name) { return HasPackage(own, name); });
  return needed;
}

int VersionDistance(Version wanted, Version there) {
  const int distance = (there.major - wanted.major) * 1000 + (there.minor - wanted.minor);
  // A newer one runs old code more often than the other way round.
  return distance >= 0 ? distance * 2 : -distance * 2 + 1;
}

std::string VersionText(Language language, Version version) {
  return language == Language::kNode ? std::to_string(version.major)
                                     : fmt::format("{}.{}", version.major, version.minor);
}

std::string HowToInstall(const Runtime& runtime) {
  const std::string_view family = FamilyName(runtime.language);
  return fmt::format("install {} {} or name one with --interpreter {}=PATH",
                     LanguageName(runtime.language), VersionText(runtime.language, runtime.version),
                     family);
}

}  // namespace

std::vector<std::string> RequiredPackages(const std::string& requirements) {
  std::vector<std::string> names;
  for (std::string_view line : Split(requirements, '\n')) {
    line = Trim(line.substr(0, line.find('#')));
    if (line.empty() || line.front() == '-' || line.find("://") != std::string_view::npos) continue;
    std::string name = ToLower(line.substr(0, line.find_first_of("=<>!~[; @")));
    std::ranges::replace(name, '-', '_');
    names.push_back(std::move(name));
  }
  return names;
}

InterpreterFinder::InterpreterFinder(const Options& options, process::Host& host,
                                     std::string search_path)
    : options_(options),
      host_(host),
      search_path_(search_path.empty() ? EnvironmentText("PATH") : std::move(search_path)) {}

std::optional<Interpreter> InterpreterFinder::Inspect(Language language,
                                                      const fs::path& path) const {
  if (!IsProgram(path)) return std::nullopt;
  Interpreter found;
  found.path = path;
  std::error_code error;
  // The name behind a link tells the version for nothing: python3 -> python3.11.
  fs::path target = path;
  if (fs::is_symlink(path, error)) target = fs::read_symlink(path, error);
  std::optional<Version> version;
  const std::string name = target.filename().string();
  if (language != Language::kNode && name.find('.') != std::string::npos) {
    version = ReadVersion(std::string_view(name).substr(name.find_first_of("0123456789")));
  }
  if (!version.has_value()) {
    const auto text = process::Capture(
        host_, {.arguments = {path.string(), "--version"}, .environment = {"PATH=/usr/bin:/bin"}},
        kVersionTimeout);
    if (!text.has_value()) return std::nullopt;
    version = ReadVersion(*text);
  }
  if (!version.has_value()) return std::nullopt;
  found.version = *version;
  if (language == Language::kNode) found.version.minor = 0;
  if (language == Language::kPython) {
    found.package_folders = PythonPackageFolders(path, found.version);
  }
  return found;
}

std::vector<Interpreter> InterpreterFinder::Search(Language language) const {
  std::vector<Interpreter> found;
  std::set<fs::path> seen;
  for (const fs::path& folder : SearchFolders(language, search_path_)) {
    std::error_code error;
    std::vector<fs::path> programs;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
      if (IsInterpreterName(language, entry.path().filename().string())) {
        programs.push_back(entry.path());
      }
    }
    std::ranges::sort(programs);
    for (const fs::path& program : programs) {
      // One file may have several names; a virtual environment's link must stay what it is.
      const fs::path real = fs::canonical(program, error);
      const bool virtual_environment = fs::exists(folder.parent_path() / "pyvenv.cfg", error);
      if (!seen.insert(virtual_environment ? program : real).second) continue;
      if (auto interpreter = Inspect(language, program)) found.push_back(std::move(*interpreter));
    }
  }
  return found;
}

const std::vector<Interpreter>& InterpreterFinder::Installed(Language language) {
  const MutexLock lock(mutex_);
  auto& list = language == Language::kPython ? python_
               : language == Language::kNode ? node_
                                             : ruby_;
  if (!list.has_value()) list = Search(language);
  return *list;
}

Result<std::optional<InterpreterChoice>> InterpreterFinder::Override(const Runtime& runtime) const {
  auto named = options_.interpreters.find(std::string(runtime.id));
  if (named == options_.interpreters.end()) {
    named = options_.interpreters.find(std::string(FamilyName(runtime.language)));
  }
  if (named == options_.interpreters.end()) return std::optional<InterpreterChoice>();
  auto interpreter = Inspect(runtime.language, named->second);
  if (!interpreter.has_value()) {
    return Fail(
        Error{fmt::format("the interpreter given for {}, {}, is not a program that tells its "
                          "version",
                          named->first, named->second)});
  }
  InterpreterChoice choice{.interpreter = std::move(*interpreter)};
  if (choice.interpreter.version != runtime.version) {
    choice.note = fmt::format(
        "{} runs on {} {} as asked for ({})", runtime.id, LanguageName(runtime.language),
        VersionText(runtime.language, choice.interpreter.version), named->second);
  }
  return std::optional<InterpreterChoice>(std::move(choice));
}

Result<InterpreterChoice> InterpreterFinder::Choose(const Runtime& runtime,
                                                    const FunctionConfig& function) {
  OFFSTAGE_TRY(const auto named, Override(runtime));
  if (named.has_value()) return *named;
  const std::vector<Interpreter>& installed = Installed(runtime.language);
  const std::vector<std::string> needed = NeededPackages(runtime, function);
  const bool exact_only = options_.runtime_match == RuntimeMatch::kExact;
  const Interpreter* best = nullptr;
  std::tuple<std::ptrdiff_t, int> best_rank;
  const Interpreter* exact = nullptr;
  for (const Interpreter& candidate : installed) {
    const bool is_exact = candidate.version == runtime.version;
    if (is_exact && exact == nullptr) exact = &candidate;
    if (exact_only && !is_exact) continue;
    std::vector<fs::path> folders = candidate.package_folders;
    folders.insert(folders.end(), options_.sdk_paths.begin(), options_.sdk_paths.end());
    const auto missing = std::ranges::count_if(
        needed, [&](const std::string& name) { return !HasPackage(folders, name); });
    const std::tuple rank(missing, VersionDistance(runtime.version, candidate.version));
    if (best != nullptr && best_rank <= rank) continue;
    best = &candidate;
    best_rank = rank;
  }
  const std::string_view language = LanguageName(runtime.language);
  if (best == nullptr) {
    return Fail(Error{fmt::format(
        "{}: {} is not installed: {}", runtime.id,
        installed.empty() ? std::string(language) : "that version of " + std::string(language),
        HowToInstall(runtime))});
  }
  InterpreterChoice choice{.interpreter = *best};
  if (best->version == runtime.version) return choice;
  const std::string there = VersionText(runtime.language, best->version);
  choice.note = exact == nullptr
                    ? fmt::format("{} is not installed: running on {} {} ({})", runtime.id,
                                  language, there, best->path.string())
                    : fmt::format(
                          "{} ({}) lacks packages that the function needs ({}): running on "
                          "{} {} ({})",
                          runtime.id, exact->path.string(), Join(needed, ", "), language, there,
                          best->path.string());
  return choice;
}

}  // namespace offstage::lambda
