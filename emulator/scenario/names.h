// CheckNames: whether the template has what scenario files speak of. Asked before anything runs;
// the loader, which knows no template, has checked everything else.
#pragma once

#include <string>
#include <vector>

#include "scenario/model.h"

namespace offstage::scenario {

// Names of one kind.
struct NameSet {
  // As people write them: logical ids.
  std::vector<std::string> shown = {};
  // What is taken besides: physical names, paths in the stack.
  std::vector<std::string> others = {};
};

struct KnownNames {
  NameSet tables = {};
  NameSet functions = {};
  // APIs, and functions that have an URL.
  NameSet apis = {};
  NameSet pools = {};
  NameSet clients = {};
  // How many APIs are made from an OpenAPI document.
  std::size_t definitions = 0;
};

// What is wrong, one "file:line:column: text" a line, each once. Names with variables in them are
// looked up when the step runs.
std::vector<std::string> CheckNames(const std::vector<Scenario>& scenarios,
                                    const KnownNames& known);
std::vector<std::string> CheckNames(const std::vector<Bench>& benches, const KnownNames& known);

}  // namespace offstage::scenario
