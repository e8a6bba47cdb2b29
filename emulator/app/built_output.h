// What `offstage build` or `sam build` left in .aws-sam/build.
#pragma once

#include <filesystem>
#include <string>

namespace offstage::app {

struct BuiltOutput {
  // The built template; empty: there is none, or it is older than what it was made from.
  std::filesystem::path template_file = {};
  // For people: what is used, or why it is not; empty when there is none.
  std::string note = {};
};

// Of the project of this template. What it was made from is listed in the output's
// .offstage-sources (templates and folders of code, one a line); without it, all files beside the
// template count.
BuiltOutput FindBuiltOutput(const std::filesystem::path& template_file);

}  // namespace offstage::app
