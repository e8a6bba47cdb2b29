// Where Lambda's runtimes would look for a handler, and what is there.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace offstage::validate {

enum class Family { kPython, kNode, kRuby, kProvided, kOther };

// Of a runtime, misspelt ones included: by how the name starts.
Family FamilyOf(std::string_view runtime);

struct HandlerFile {
  // kUnknown: nothing can be said (another language, code that names things at run time).
  enum class State { kUnknown, kFound, kNoFile, kNoName, kMalformed } state = State::kUnknown;
  // The file, when there is one.
  std::filesystem::path file = {};
  // Relative to the code's folder: "index.rb".
  std::string expected = {};
  // What the file must define: "handler".
  std::string name = {};
  // Handlers that are there instead: "function.handler".
  std::vector<std::string> candidates = {};
  // Source files of any language that lie in the folder.
  std::vector<std::string> files = {};
};

HandlerFile FindHandler(const std::filesystem::path& code, Family family,
                        const std::string& handler);

// Whether a file or folder is there and may be looked at.
bool Exists(const std::filesystem::path& path);

// Whether `text` has `word` as a word of its own.
bool HasWord(std::string_view text, std::string_view word);

}  // namespace offstage::validate
