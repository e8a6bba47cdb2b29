// What one environment sees of the file system: /tmp of its own, its layers at /opt, no name
// servers. Where the machine allows no private mounts (macOS, some containers) handlers see the
// machine's own files, and the bootstraps stand in for /opt as far as they can.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "lambda/function_config.h"
#include "lambda/options.h"
#include "process/process.h"

namespace offstage::lambda {

// What the machine allows. Found out once.
struct MountSupport {
  bool private_mounts = false;
  bool overlay = false;
  // Connections can be watched (process::ConnectionRules).
  bool watched_connections = false;
  // Why there are no private mounts: "Operation not permitted". Empty: there are.
  std::string reason = {};
};

// Starts short processes to find out. `scratch` is a folder that may be written to.
MountSupport ProbeMounts(process::Host& host, const std::filesystem::path& scratch);

struct Sandbox {
  std::vector<process::Mount> mounts = {};
  // Of this environment alone; to be removed with it. Empty: none.
  std::filesystem::path folder = {};
  // The layers are at /opt.
  bool layers_at_opt = false;
};

struct SandboxNeeds {
  const FunctionConfig& function;
  const std::filesystem::path& interpreter;
  const Options& options;
  // New and unique.
  std::filesystem::path folder;
};

// Makes the folder and says what to mount. Fails when the folder cannot be written.
Result<Sandbox> MakeSandbox(const MountSupport& support, const SandboxNeeds& needs);

}  // namespace offstage::lambda
