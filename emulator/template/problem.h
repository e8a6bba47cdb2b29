// Inside the component: something wrong at a place in a template. Where it ends the load it becomes
// an Error; else it becomes a Note and what it stands in is left out.
#pragma once

#include <string>
#include <utility>

#include "base/result.h"
#include "template/stack.h"

namespace offstage::templates {

struct Problem {
  Position position;
  std::string message;
  Reason reason = Reason::kWrong;

  Error ToError(std::string_view path = {}) const;
};

template <typename T>
using Resolved = Result<T, Problem>;
using Check = Resolved<Unit>;

inline Failure<Problem> FailAt(const Position& position, std::string message,
                               Reason reason = Reason::kWrong) {
  return Fail(Problem{position, std::move(message), reason});
}

// "'Foo' is not ...; did you mean 'Fob'?" or, with few candidates, "; there are: a, b".
std::string Suggest(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace offstage::templates
