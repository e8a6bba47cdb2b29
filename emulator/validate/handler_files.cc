#include "validate/handler_files.h"

#include <algorithm>

#include "base/text.h"
#include "validate/checks.h"

namespace offstage::validate {
namespace {

namespace fs = std::filesystem;

struct Language {
  Family family;
  std::vector<std::string_view> extensions;
};

const Language& LanguageOf(Family family) {
  static const Language kPython = {Family::kPython, {".py", ".pyc", ".so"}};
  static const Language kNode = {Family::kNode, {".js", ".mjs", ".cjs"}};
  static const Language kRuby = {Family::kRuby, {".rb"}};
  return family == Family::kPython ? kPython : family == Family::kNode ? kNode : kRuby;
}

bool IsWordPart(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$';
}

// A handler's file without extension, and the name in it.
struct Parts {
  std::string module;
  std::string name;
};

// Python: everything before the last dot is the module (dots and slashes are folders); Node.js and
// Ruby: the file's name ends at its first dot, and what follows may have dots of its own.
Parts SplitHandler(Family family, const std::string& handler) {
  const std::size_t slash = handler.rfind('/');
  const std::size_t from = slash == std::string::npos ? 0 : slash + 1;
  const std::size_t dot = family == Family::kPython ? handler.rfind('.') : handler.find('.', from);
  if (dot == std::string::npos || dot + 1 >= handler.size() || dot == from) {
    return {};
  }
  Parts parts{handler.substr(0, dot), handler.substr(dot + 1)};
  if (family == Family::kPython) {
    std::replace(parts.module.begin(), parts.module.end(), '.', '/');
  }
  return parts;
}

fs::path FindFile(const fs::path& code, const Language& language, const std::string& module) {
  for (const std::string_view extension : language.extensions) {
    const fs::path file = code / (module + std::string(extension));
    if (Exists(file)) {
      return file;
    }
  }
  const fs::path package = code / module / "__init__.py";
  return language.family == Family::kPython && Exists(package) ? package : fs::path();
}

bool Defines(Family family, std::string_view text, std::string_view name) {
  // Names made at run time cannot be seen.
  const bool open =
      text.empty() ||
      (family == Family::kPython && text.find("import *") != std::string_view::npos) ||
      (family == Family::kNode &&
       (text.find("module.exports") != std::string_view::npos ||
        text.find("export *") != std::string_view::npos || text.size() > 100'000));
  const std::size_t dot = name.find_last_of(".:");
  return open || HasWord(text, dot == std::string_view::npos ? name : name.substr(dot + 1));
}

// Files at the top of the folder that define `name`, as handlers.
void LookAround(const fs::path& code, Family family, const std::string& name, HandlerFile& found) {
  std::error_code error;
  std::vector<fs::path> paths;
  for (fs::directory_iterator it(code, error), end; !error && it != end; it.increment(error)) {
    if (paths.size() < 500) {
      paths.push_back(it->path());
    }
  }
  std::sort(paths.begin(), paths.end());
  for (const fs::path& path : paths) {
    const std::string extension = path.extension().string();
    for (const Family other : {Family::kPython, Family::kNode, Family::kRuby}) {
      const auto& extensions = LanguageOf(other).extensions;
      if (std::find(extensions.begin(), extensions.end(), extension) == extensions.end()) {
        continue;
      }
      found.files.push_back(path.filename().string());
      const std::string text = ReadSmallFile(path);
      if (other == family && HasWord(text, name)) {
        found.candidates.push_back(path.stem().string() + "." + name);
      }
    }
  }
}

HandlerFile FindBootstrap(const fs::path& code) {
  HandlerFile found;
  found.expected = "bootstrap";
  std::error_code error;
  if (!fs::is_directory(code, error)) {
    return found;
  }
  found.file = code / "bootstrap";
  found.state = Exists(found.file) ? HandlerFile::State::kFound : HandlerFile::State::kNoFile;
  return found;
}

}  // namespace

bool Exists(const fs::path& path) {
  std::error_code code;
  return fs::exists(path, code);
}

Family FamilyOf(std::string_view runtime) {
  const std::string lower = ToLower(runtime);
  const auto starts = [&](std::string_view start) { return lower.rfind(start, 0) == 0; };
  if (starts("python")) {
    return Family::kPython;
  }
  if (starts("node")) {
    return Family::kNode;
  }
  if (starts("ruby")) {
    return Family::kRuby;
  }
  return starts("provided") ? Family::kProvided : Family::kOther;
}

bool HasWord(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos && !word.empty();
       at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || !IsWordPart(text[at - 1])) && (end == text.size() || !IsWordPart(text[end]))) {
      return true;
    }
  }
  return false;
}

HandlerFile FindHandler(const fs::path& code, Family family, const std::string& handler) {
  std::error_code error;
  if (family == Family::kProvided) {
    return FindBootstrap(code);
  }
  if (family == Family::kOther || !fs::is_directory(code, error)) {
    return {};
  }
  HandlerFile found;
  const Parts parts = SplitHandler(family, handler);
  found.name = parts.name;
  if (parts.module.empty()) {
    found.state = HandlerFile::State::kMalformed;
    LookAround(code, family, handler, found);
    return found;
  }
  const Language& language = LanguageOf(family);
  found.expected = parts.module + std::string(language.extensions.front());
  found.file = FindFile(code, language, parts.module);
  if (found.file.empty()) {
    found.state = HandlerFile::State::kNoFile;
    LookAround(code, family, parts.name, found);
    return found;
  }
  if (Defines(family, ReadSmallFile(found.file), parts.name)) {
    found.state = HandlerFile::State::kFound;
    return found;
  }
  found.state = HandlerFile::State::kNoName;
  LookAround(code, family, parts.name, found);
  return found;
}

}  // namespace offstage::validate
