#include "lambda/sandbox.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <string>
#include <system_error>

#include "base/text.h"
#include "lambda/bootstrap_files.h"
#include "lambda/network.h"

namespace offstage::lambda {
namespace {

namespace fs = std::filesystem;
using process::Mount;

constexpr std::chrono::seconds kProbeTimeout{5};
constexpr std::string_view kTmp = "/tmp";
constexpr std::string_view kOpt = "/opt";

bool IsBelow(const fs::path& path, std::string_view folder) {
  return path.string().starts_with(std::string(folder) + "/");
}

// What the process must reach although its folder is replaced: "/tmp/project/src" needs
// "/tmp/project", so that packages beside the code are found too.
std::set<fs::path> Kept(const SandboxNeeds& needs, std::string_view replaced) {
  std::vector<fs::path> wanted = {needs.function.code, needs.options.work_folder,
                                  needs.options.archive_folder, needs.interpreter,
                                  needs.options.network.certificates};
  wanted.insert(wanted.end(), needs.function.layers.begin(), needs.function.layers.end());
  wanted.insert(wanted.end(), needs.options.sdk_paths.begin(), needs.options.sdk_paths.end());
  std::set<fs::path> kept;
  for (const fs::path& path : wanted) {
    std::error_code error;
    // A link's target counts as well: an interpreter's, or a node_modules folder's.
    for (const fs::path& name : {path, fs::weakly_canonical(path, error)}) {
      if (!IsBelow(name, replaced)) continue;
      auto part = name.begin();
      std::advance(part, 2);
      kept.insert(fs::path(replaced) / *part);
    }
  }
  return kept;
}

// `folder` will stand for `replaced`: what must stay is mounted into it first.
void KeepReachable(const SandboxNeeds& needs, std::string_view replaced, const fs::path& folder,
                   Sandbox& sandbox) {
  for (const fs::path& path : Kept(needs, replaced)) {
    std::error_code error;
    if (!fs::is_directory(path, error)) continue;
    const fs::path place = folder / path.filename();
    fs::create_directories(place, error);
    sandbox.mounts.push_back({Mount::Kind::kBind, path.string(), place.string()});
  }
}

// Links to everything in a layer; folders that several layers have are made and filled one by one.
void LinkInto(const fs::path& layer, const fs::path& folder) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(layer, error)) {
    const fs::path place = folder / entry.path().filename();
    std::error_code ignored;
    if (!entry.is_directory(ignored) || !fs::exists(fs::symlink_status(place, ignored))) {
      // A later layer wins.
      fs::remove(place, ignored);
      fs::create_symlink(entry.path(), place, ignored);
      continue;
    }
    if (fs::is_symlink(place, ignored)) {
      const fs::path before = fs::read_symlink(place, ignored);
      fs::remove(place, ignored);
      fs::create_directory(place, ignored);
      LinkInto(before, place);
    }
    LinkInto(entry.path(), place);
  }
}

void MountLayers(const MountSupport& support, const SandboxNeeds& needs, Sandbox& sandbox) {
  std::error_code error;
  const std::vector<fs::path>& layers = needs.function.layers;
  if (layers.empty() || !fs::is_directory(kOpt, error)) return;
  sandbox.layers_at_opt = true;
  const bool others = !Kept(needs, kOpt).empty();
  if (layers.size() == 1 && !others) {
    sandbox.mounts.push_back(
        {Mount::Kind::kReadOnlyBind, layers.front().string(), std::string(kOpt)});
    return;
  }
  // A colon in a name would part it.
  const bool plain = std::ranges::none_of(layers, [](const fs::path& layer) {
    return layer.string().find_first_of(":,\\") != std::string::npos;
  });
  if (support.overlay && !others && plain) {
    std::vector<std::string> upper_first;
    for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer)
      upper_first.push_back(layer->string());
    sandbox.mounts.push_back({Mount::Kind::kOverlay, Join(upper_first, ":"), std::string(kOpt)});
    return;
  }
  const fs::path merged = needs.folder / "opt";
  fs::create_directories(merged, error);
  for (const fs::path& layer : layers)
    LinkInto(layer, merged);
  KeepReachable(needs, kOpt, merged, sandbox);
  sandbox.mounts.push_back({Mount::Kind::kBind, merged.string(), std::string(kOpt)});
}

// Whether this machine looks names up by more than files and name servers (systemd, multicast).
bool AsksOthersForNames() {
  std::ifstream file("/etc/nsswitch.conf");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("hosts:")) continue;
    return line.find("resolve") != std::string::npos || line.find("mdns") != std::string::npos;
  }
  return false;
}

// Names of other machines cannot be looked up: a program that the bootstraps do not reach (a custom
// runtime, a child process) fails at once.
Status HideNameServers(const SandboxNeeds& needs, Sandbox& sandbox) {
  if (!needs.options.network.guarded || !needs.options.network.allowed.empty()) return Ok();
  OFFSTAGE_TRY_VOID(WriteFile(needs.folder / "resolv.conf",
                              "nameserver 127.255.255.254\noptions timeout:1 attempts:1\n"));
  OFFSTAGE_TRY_VOID(
      WriteFile(needs.folder / "nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n"));
  // Each mount costs a cold start some time: this one only where names go another way as well.
  std::vector<std::string> names = {"resolv.conf"};
  if (AsksOthersForNames()) names.emplace_back("nsswitch.conf");
  for (const std::string& name : names) {
    const fs::path target = fs::path("/etc") / name;
    std::error_code error;
    if (!fs::exists(target, error)) continue;
    sandbox.mounts.push_back({Mount::Kind::kBind, (needs.folder / name).string(), target.string()});
  }
  return Ok();
}

// AWS's host names for programs that the bootstraps do not reach.
Status NameAwsHosts(const MountSupport& support, const SandboxNeeds& needs, Sandbox& sandbox) {
  std::error_code error;
  if (!support.watched_connections || !needs.options.network.guarded ||
      !fs::exists("/etc/hosts", error)) {
    return Ok();
  }
  std::ifstream file("/etc/hosts");
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!text.empty() && text.back() != '\n') text.push_back('\n');
  text += AwsHostLines(needs.options.network, needs.options.region);
  OFFSTAGE_TRY_VOID(WriteFile(needs.folder / "hosts", text));
  sandbox.mounts.push_back({Mount::Kind::kBind, (needs.folder / "hosts").string(), "/etc/hosts"});
  return Ok();
}

}  // namespace

MountSupport ProbeMounts([[maybe_unused]] process::Host& host,
                         [[maybe_unused]] const fs::path& scratch) {
  MountSupport support;
#if defined(__linux__)
  class Silent : public process::Listener {
    void OnOutput(std::string_view) override {}
    void OnExit(const process::ExitStatus&) override {}
  };
  const auto runs = [&](const process::Command& command) -> std::string {
    Silent listener;
    auto child = host.Spawn(command, listener);
    if (!child.ok()) return child.error().message;
    (*child)->WaitForExit(std::chrono::steady_clock::now() + kProbeTimeout);
    return {};
  };
  const auto allowed = [&](Mount mount) {
    return runs({.arguments = {"/bin/true"}, .mounts = {std::move(mount)}});
  };
  support.watched_connections =
      runs({.arguments = {"/bin/true"}, .connections = process::ConnectionRules()}).empty();
  std::error_code error;
  for (const char* name : {"a", "b", "at"})
    fs::create_directories(scratch / name, error);
  support.reason =
      allowed({Mount::Kind::kBind, (scratch / "a").string(), (scratch / "at").string()});
  support.private_mounts = support.reason.empty();
  const std::string both = (scratch / "a").string() + ":" + (scratch / "b").string();
  support.overlay = support.private_mounts &&
                    allowed({Mount::Kind::kOverlay, both, (scratch / "at").string()}).empty();
  fs::remove_all(scratch, error);
#else
  support.reason = "only Linux has them";
#endif
  return support;
}

Result<Sandbox> MakeSandbox(const MountSupport& support, const SandboxNeeds& needs) {
  Sandbox sandbox;
  if (!support.private_mounts) return sandbox;
  sandbox.folder = needs.folder;
  const fs::path tmp = needs.folder / "tmp";
  std::error_code error;
  fs::create_directories(tmp, error);
  if (error) {
    return Fail(Error{fmt::format("cannot make {}: {}", tmp.string(), error.message())});
  }
  OFFSTAGE_TRY_VOID(HideNameServers(needs, sandbox));
  OFFSTAGE_TRY_VOID(NameAwsHosts(support, needs, sandbox));
  // Layers first: their sources may lie below the /tmp that is replaced next.
  MountLayers(support, needs, sandbox);
  KeepReachable(needs, kTmp, tmp, sandbox);
  sandbox.mounts.push_back({Mount::Kind::kBind, tmp.string(), std::string(kTmp)});
  return sandbox;
}

}  // namespace offstage::lambda
