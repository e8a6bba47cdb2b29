// Regular expressions of templates and scenarios over texts of clients. With libstdc++ matching
// neither recurses nor backtracks over the text, so hostile texts cost neither stack nor
// exponential time.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace offstage {

// A place where an expression fits; the views live as long as the text searched.
struct RegexMatch {
  std::size_t offset = 0;
  // The whole match first, then its groups; a group that took no part is empty.
  std::vector<std::string_view> groups = {};
};

// Thread-safe; copies share the compiled expression.
class Regex {
 public:
  // ECMAScript syntax, near enough to Java's. Fails for what cannot be compiled.
  static Result<Regex> Compile(const std::string& pattern);

  // The whole text / some part of it.
  bool Matches(std::string_view text) const;
  bool Finds(std::string_view text) const;
  // From left to right, without overlap; at most `limit`.
  std::vector<RegexMatch> FindAll(std::string_view text, std::size_t limit) const;

 private:
  struct Compiled;
  std::shared_ptr<const Compiled> compiled_;  // shared: copies are frequent, it is never changed
};

}  // namespace offstage
