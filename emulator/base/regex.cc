#include "base/regex.h"

#include <fmt/format.h>

#include <regex>

namespace offstage {

struct Regex::Compiled {
  std::regex expression;
};

Result<Regex> Regex::Compile(const std::string& pattern) {
  auto flags = std::regex_constants::ECMAScript | std::regex_constants::optimize;
#if defined(__GLIBCXX__)
  flags |= std::regex_constants::__polynomial;
#endif
  try {
    Regex regex;
    regex.compiled_ = std::make_shared<const Compiled>(Compiled{std::regex(pattern, flags)});
    return regex;
  } catch (const std::regex_error& error) {
    return Fail(Error{fmt::format("the expression {} cannot be used: {}", pattern, error.what())});
  }
}

bool Regex::Matches(std::string_view text) const {
  return compiled_ != nullptr && std::regex_match(text.begin(), text.end(), compiled_->expression);
}

bool Regex::Finds(std::string_view text) const {
  return compiled_ != nullptr && std::regex_search(text.begin(), text.end(), compiled_->expression);
}

std::vector<RegexMatch> Regex::FindAll(std::string_view text, std::size_t limit) const {
  using Iterator = std::regex_iterator<std::string_view::const_iterator>;
  std::vector<RegexMatch> matches;
  if (compiled_ == nullptr) return matches;
  for (Iterator at(text.begin(), text.end(), compiled_->expression), end;
       at != end && matches.size() < limit; ++at) {
    RegexMatch match{.offset = static_cast<std::size_t>(at->position(0))};
    for (std::size_t i = 0; i < at->size(); ++i) {
      match.groups.push_back((*at)[i].matched
                                 ? text.substr(static_cast<std::size_t>(at->position(i)),
                                               static_cast<std::size_t>(at->length(i)))
                                 : std::string_view());
    }
    matches.push_back(std::move(match));
  }
  return matches;
}

}  // namespace offstage
