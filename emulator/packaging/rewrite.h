// Templates that name what was built.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "template/stack.h"

namespace offstage::packaging {

struct RewriteOptions {
  // Where the templates will lie at the end: template.yaml for the root, APIs/template.yaml for the
  // nested stack APIs.
  std::filesystem::path output = {};
  // Where they are written now.
  std::filesystem::path staging = {};
  // Resource paths ("APIs/getUsersFunction") whose artifact lies in the folder of that path.
  std::set<std::string> built = {};
};

// Writes the root's and every nested template. What was built is named by its folder, nested
// templates by theirs, and every other local path leads back to where it was. Returns the number of
// templates written.
Result<int> RewriteTemplates(const templates::Stack& stack, const RewriteOptions& options);

}  // namespace offstage::packaging
