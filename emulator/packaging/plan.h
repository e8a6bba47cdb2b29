// What is to be built, from a resolved stack.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "template/stack.h"

namespace offstage::packaging {

enum class Method { kCopy, kPip, kNpm, kBundler, kMake, kEsbuild, kGo };

struct Task {
  // "APIs/getUsersFunction"
  std::string path = {};
  std::string logical_id = {};
  Method method = Method::kCopy;
  // The folder of the code as written.
  std::filesystem::path source = {};
  // "python3.12"; of layers: the build method.
  std::string runtime = {};
  // "x86_64" or "arm64"
  std::string architecture = "x86_64";
  // Below the artifact's folder, where a layer's packages go: "python", "nodejs", "ruby/lib".
  std::string inner_folder = {};
  // Metadata of the resource.
  templates::Node metadata = {};
  // Not empty: why it cannot be built.
  std::string refused = {};

  std::string MethodName() const;
};

// Functions with a folder of code, and layers with a BuildMethod, of the whole tree.
std::vector<Task> PlanTasks(const templates::Stack& stack);

}  // namespace offstage::packaging
