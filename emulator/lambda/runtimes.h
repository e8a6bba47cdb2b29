// The table of Lambda's runtime names.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace offstage::lambda {

enum class Language { kPython, kNode, kRuby, kProvided };

struct Version {
  int major = 0;
  // 0 for Node.js, whose runtimes name only the major version.
  int minor = 0;
  friend auto operator<=>(const Version&, const Version&) = default;
};

struct Runtime {
  // As templates spell it; static storage.
  std::string_view id;
  Language language = Language::kProvided;
  Version version;
};

// Fails for names that do not exist, with the nearest that does, and for runtimes that are not
// emulated, by name.
Result<Runtime> FindRuntime(std::string_view id);

// "Python", "Node.js", "Ruby", "custom runtime".
std::string_view LanguageName(Language language);
// "python", "nodejs", "ruby", "provided": the family's name in options and folders.
std::string_view FamilyName(Language language);

}  // namespace offstage::lambda
