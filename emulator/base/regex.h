// Regular expressions of templates and scenarios over texts of clients. With libstdc++ matching
// neither recurses nor backtracks over the text, so hostile texts cost neither stack nor
// exponential time.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace offstage {

// Thread-safe; copies share the compiled expression.
class Regex {
 public:
  // ECMAScript syntax, near enough to Java's. Fails for what cannot be compiled.
  static Result<Regex> Compile(const std::string& pattern);

  // The whole text / some part of it.
  bool Matches(std::string_view text) const;
  bool Finds(std::string_view text) const;

 private:
  struct Compiled;
  std::shared_ptr<const Compiled> compiled_;  // shared: copies are frequent, it is never changed
};

}  // namespace offstage
